"""The experiments of a deployed stack: how they stand, and starting and stopping them.

    python -m infra experiments report
    python -m infra experiments report --stack films-test --json
    python -m infra experiments start shorter-pause
    python -m infra experiments stop no-model

They are declared in `experiments/NAME.json` and deployed with the code; this copy of the code has to declare the same.
Each arm's figures are likes by film shown, counted once a day. What is started or stopped takes a minute to be known by
all workers; a list that was made under an arm that is stopped is made anew when its viewer looks at it next.
"""

import argparse
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from chalicelib import resources
from chalicelib.errors import ConflictError
from chalicelib.operator.experiments import ArmRow, ExperimentRow, ExperimentsReport, Parts, experiments
from chalicelib.outcomes.experiments import tending
from chalicelib.outcomes.experiments.comparison import Estimate
from chalicelib.outcomes.experiments.declared import ExperimentError
from chalicelib.settings import Settings
from infra.deploy.change_set import parameters_of
from infra.stack_outputs import add_stack, outputs

PRICE = "RoublesPerMillionTokens"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with which, and in which stack."""
    actions = parser.add_subparsers(dest="action", required=True)
    report = actions.add_parser("report", help="what each arm came to")
    report.add_argument("--json", action="store_true", help="as the API says it, for programs")
    changing = [
        actions.add_parser("start", help="assign viewers from now on, all arms, and count from today"),
        actions.add_parser("stop", help="assign nobody any more"),
    ]
    for one in changing:
        one.add_argument("name", help="the experiment")
    add_stack(parser, report, *changing)


def run(given: argparse.Namespace) -> int:
    """The exit code: 1 when that is no experiment, or its state kept changing."""
    try:
        declared = {one.name: one for one in resources.checked_experiments()}
    except ExperimentError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    stack = outputs(given.stack)
    states = resources.open_outcomes(stack["OutcomesTable"])
    if given.action == "report":
        price = float(parameters_of(given.stack).get(PRICE, Settings().roubles_per_million_tokens))
        values = Settings()._replace(roubles_per_million_tokens=price)
        ledger = resources.open_budget(stack["BudgetTable"]).ledger
        found = experiments(Parts(tuple(declared.values()), states, ledger, values))
        print(msgspec.json.encode(found).decode() if given.json else "\n".join(lines(found)))
        return 0
    if given.name not in declared:
        print(f"✗ there is no experiment {given.name}; there are: {', '.join(declared) or 'none'}", file=sys.stderr)
        return 1
    try:
        if given.action == "start":
            tending.start(states, declared[given.name], datetime.now(UTC))
        else:
            tending.stop(states, declared[given.name])
    except ConflictError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    print(f"✓ {given.name} {'runs' if given.action == 'start' else 'is stopped'}, within a minute")
    return 0


def lines(found: ExperimentsReport) -> Iterator[str]:
    """For a person to read."""
    for one in found.experiments:
        yield f"{one.name}: {one.state}{_counted(one)}. {one.about}"
        yield from (f"  {_arm(arm)}" for arm in one.arms)
        if one.pays is not None:
            extra, by_rouble = one.pays.extra_likes, one.pays.extra_likes_per_rouble
            told = "not known yet" if extra is None else f"{_estimate(extra, 1)} extra likes"
            yield f"  the model: {told} for {one.pays.roubles:,.2f} RUB"
            if by_rouble is not None:
                yield f"  extra likes per rouble: {_estimate(by_rouble, 3)}"
    yield f"the model's votes count {found.vote_weight:.2f} of what they began with"


def _counted(one: ExperimentRow) -> str:
    if one.counted_from is None or one.counted_at is None:
        return ", not counted yet"
    return f", counted from {one.counted_from} to {one.counted_at:%Y-%m-%d %H:%M} UTC"


def _arm(arm: ArmRow) -> str:
    told = f"{arm.name:16} {100 * arm.share:4.1f} %  {arm.viewers:,} viewers, {arm.liked:,} of {arm.shown:,} liked"
    if arm.rate is not None:
        told += f": {_percent(arm.rate)}"
    if arm.difference is not None:
        told += f"; {_percent(arm.difference)} against the default"
    if arm.stopped is not None:
        told += f"; STOPPED {arm.stopped.at:%Y-%m-%d} by the {arm.stopped.by}: {arm.stopped.why}"
    return told


def _percent(one: Estimate) -> str:
    return f"{100 * one.value:.2f} % ({100 * one.low:.2f} to {100 * one.high:.2f})"


def _estimate(one: Estimate, digits: int) -> str:
    return f"{one.value:,.{digits}f} ({one.low:,.{digits}f} to {one.high:,.{digits}f})"
