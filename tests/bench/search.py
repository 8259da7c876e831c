"""Search quality over the judged queries, both engines side by side; of each set apart, the one looked at and the one
written blind.

python -m tests.bench.search [--engine embedded|opensearch|both] [--half looked_at|blind|both] [--show-misses]
"""

import argparse
import json
import sys
import time

from chalicelib.catalog.model import FilmQuery
from chalicelib.catalog.port import Catalog
from infra.catalog.sources.demo import demo_films
from tests.bench._engines import loaded
from tests.search.judging import HALVES, Half, Verdict, judge, judged_queries

ROUNDS = 3  # of the same queries; a machine's hiccup is in one of them


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["embedded", "opensearch", "both"], default="both")
    parser.add_argument("--half", choices=[*HALVES, "both"], default="both")
    parser.add_argument("--show-misses", action="store_true")
    given = parser.parse_args(arguments)
    films = demo_films()
    results: dict[str, object] = {}
    halves = list(HALVES) if given.half == "both" else [half for half in HALVES if half == given.half]
    for engine in ("embedded", "opensearch") if given.engine == "both" else (given.engine,):
        with loaded(engine, films) as catalog:
            of_halves: dict[str, object] = {}
            for half in halves:
                verdict = judge(catalog, half)
                of_halves[half] = verdict.overall | {"by_kind": verdict.by_kind}
                _print(engine, half, verdict, show_misses=given.show_misses)
            times = _times(catalog, halves)
            print(f"{engine} {times}")
            results[engine] = of_halves | times
    print(json.dumps(results))
    return 0


def _times(catalog: Catalog, halves: list[Half]) -> dict[str, float]:
    """Milliseconds a query, the best of some rounds each."""
    best = []
    for judged in (judged for half in halves for judged in judged_queries(half)):
        seconds = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            catalog.search(FilmQuery(text=judged.query))
            seconds.append(time.perf_counter() - began)
        best.append(min(seconds))
    best.sort()
    return {f"ms_p{part}": round(1000 * best[len(best) * part // 100], 2) for part in (50, 95)}


def _print(engine: str, half: Half, verdict: Verdict, *, show_misses: bool) -> None:
    print(f"{engine:11} {half:10} {verdict.overall}")
    for kind, shares in verdict.by_kind.items():
        print(f"  {kind:15} {shares}")
    for miss in verdict.misses if show_misses else ():
        judged = miss.judged
        meant = judged.title or " ".join((judged.person, *judged.genres)) or "nothing"
        print(f"  {judged.query!r} meant {meant} ({judged.year or ''}), {miss.match}: {'; '.join(miss.got)}")


if __name__ == "__main__":
    sys.exit(main())
