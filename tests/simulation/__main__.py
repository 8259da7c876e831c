"""The command: `python -m tests.simulation`."""

import argparse
import json
import sys

from tests.simulation.campaign import campaign, quiet, regime_of, run_once
from tests.simulation.driver import REGIMES


def main() -> int:
    """Returns 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--runs", type=int, default=300)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--regimes", default=",".join(REGIMES), help="of a campaign, by comma")
    parser.add_argument("--seed", type=int, help="one run alone")
    parser.add_argument("--regime", choices=REGIMES, help="of that run; without it the seed's own")
    parser.add_argument("-v", action="store_true", help="with its story")
    given = parser.parse_args()
    if given.seed is None:
        result = campaign(range(given.first_seed, given.first_seed + given.runs), given.regimes.split(","))
        print(json.dumps(result.last_line(), ensure_ascii=False))
        return 1 if result.violations else 0
    regime = given.regime or regime_of(given.seed)
    with quiet():
        deployment = run_once(given.seed, regime, verbose=given.v)
    print(*deployment.schedule.story, sep="\n")
    for promise, detail in deployment.evidence.violations:
        print(f"{promise}: {detail}", file=sys.stderr)
    broken = {promise: 1 for promise, _ in deployment.evidence.violations}
    faults = sum(deployment.schedule.faults.values())
    print(json.dumps({"runs": 1, "faults": faults, "violations": broken}, ensure_ascii=False))
    return 1 if broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
