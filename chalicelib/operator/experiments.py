"""How the experiments stand: who gets what, what each arm came to, what was stopped, and whether the model pays."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Literal, NamedTuple

import msgspec

from chalicelib.outcomes.experiments.comparison import Difference, Estimate, difference, extra_likes, rate
from chalicelib.outcomes.experiments.model import (
    DEFAULT,
    ArmSums,
    Differs,
    Experiment,
    ExperimentStates,
    State,
    Stop,
)
from chalicelib.outcomes.experiments.treatments import is_running
from chalicelib.recommendations.llm.budget import DayLedger
from chalicelib.settings import Settings

type Standing = Literal["running", "stopped", "off"]
"""`off`: it has not been started; `stopped`: by the operator, or an arm by the guardrail."""


class ArmRow(msgspec.Struct, frozen=True, kw_only=True):
    """What an arm came to since `counted_from`. `rate`: likes by film shown, with its 95 % interval; null while nothing
    was shown. `difference`: that less the default arm's, null for the default arm itself. `differs`: what is otherwise
    for its viewers."""

    name: str
    share: float
    differs: tuple[str, ...]
    state: Standing
    stopped: Stop | None
    viewers: int
    shown: int
    liked: int
    rate: Estimate | None
    difference: Difference | None


class Pays(msgspec.Struct, frozen=True, kw_only=True):
    """What the model brought the default arm's viewers beyond an arm without it, and what all questions of those days
    cost. Null while it is not known, or nothing was spent."""

    extra_likes: Estimate | None
    roubles: float
    extra_likes_per_rouble: Estimate | None


class ExperimentRow(msgspec.Struct, frozen=True, kw_only=True):
    """One experiment, the default arm first. `counted_at`: when its arms were counted last, once a day."""

    name: str
    about: str
    state: Standing
    since: date | None
    counted_from: date | None
    counted_at: datetime | None
    arms: tuple[ArmRow, ...]
    pays: Pays | None


class ExperimentsReport(msgspec.Struct, frozen=True, kw_only=True):
    """All that are declared, and how much the model's votes count by what came of them: 1 as they began."""

    experiments: tuple[ExperimentRow, ...]
    vote_weight: float


class Parts(NamedTuple):
    """What it is made of."""

    declared: Sequence[Experiment]
    states: ExperimentStates
    ledger: Callable[[datetime], DayLedger]
    settings: Settings


def experiments(parts: Parts) -> ExperimentsReport:
    """All of them. Half a read unit each, and 1 for each day whose cost is asked for: at most four weeks."""
    states, votes = parts.states.find_states([one.name for one in parts.declared])
    rows = [_row(one, states.get(one.name, State()), parts) for one in parts.declared]
    return ExperimentsReport(experiments=tuple(rows), vote_weight=votes.weight)


def _row(experiment: Experiment, state: State, parts: Parts) -> ExperimentRow:
    standing: Standing = "running" if is_running(experiment, state) else "stopped" if state.on is False else "off"
    default = state.sums.get(DEFAULT, ArmSums())
    left = round(1 - sum(arm.share for arm in experiment.arms), 6)
    arms = [_arm(DEFAULT, left, Differs(), state, standing, None)]
    for arm in experiment.arms:
        found = difference(state.sums.get(arm.name, ArmSums()), default, len(experiment.arms))
        arms.append(_arm(arm.name, arm.share, arm.differs, state, standing, found))
    without = next((arm.name for arm in experiment.arms if not arm.differs.model), None)
    return ExperimentRow(
        name=experiment.name,
        about=experiment.about,
        state=standing,
        since=state.since,
        counted_from=state.counted_from,
        counted_at=state.looked_at,
        arms=tuple(arms),
        pays=_pays(state, without, parts) if without else None,
    )


def _arm(
    name: str, share: float, differs: Differs, state: State, standing: Standing, found: Difference | None
) -> ArmRow:
    sums, stop = state.sums.get(name, ArmSums()), state.stopped.get(name)
    return ArmRow(
        name=name,
        share=share,
        differs=tuple(sorted(differs.what())),
        state="stopped" if stop else standing,
        stopped=stop,
        viewers=sums.viewers,
        shown=sums.shown,
        liked=sums.liked,
        rate=rate(sums),
        difference=found,
    )


def _pays(state: State, without: str, parts: Parts) -> Pays:
    roubles = _roubles(state, parts)
    extra = extra_likes(state.sums.get(without, ArmSums()), state.sums.get(DEFAULT, ArmSums()))
    by_rouble = _by(extra, roubles) if extra and roubles else None
    return Pays(extra_likes=extra, roubles=round(roubles, 2), extra_likes_per_rouble=by_rouble)


def _roubles(state: State, parts: Parts) -> float:
    """What answers cost on the days that were counted, by the price that was stated when deploying."""
    if state.counted_from is None or state.looked_at is None:
        return 0.0
    day, last, tokens = state.counted_from, state.looked_at.astimezone(UTC).date(), 0
    while day <= last:
        tokens += parts.ledger(datetime(day.year, day.month, day.day, tzinfo=UTC)).answered_tokens
        day += timedelta(days=1)
    return tokens * parts.settings.roubles_per_million_tokens / 1e6


def _by(extra: Estimate, roubles: float) -> Estimate:
    parts: Mapping[str, float] = msgspec.structs.asdict(extra)
    return Estimate(**{name: round(value / roubles, 3) for name, value in parts.items()})
