"""The look at experiments, once a day: what each arm came to is counted, and an arm that does harm is stopped.

Harm is fewer likes by film shown than in the default arm, by more than any day's look would show by chance
(`comparison.py`). Its viewers then get what everybody gets, and are counted nowhere.
"""

import logging
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import msgspec

from chalicelib.outcomes.experiments.comparison import difference
from chalicelib.outcomes.experiments.declared import fingerprint
from chalicelib.outcomes.experiments.model import DEFAULT, ArmSums, Experiment, ExperimentStates, State, Stop
from chalicelib.outcomes.experiments.treatments import is_running
from chalicelib.outcomes.model import Counting
from chalicelib.outcomes.sql import DAY, statement

log = logging.getLogger(__name__)

DAYS_MOST = 28  # that are counted at once; events are kept for a week more


def look_at_experiments(
    experiments: Iterable[Experiment],
    states: ExperimentStates,
    counting: Counting,
    now: datetime,
    *,
    at_once: bool = False,
) -> dict[str, tuple[str, ...]]:
    """Counts each experiment that runs unless that was done today (UTC), and stops what does harm. Returns the arms
    that were stopped now, by experiment that was counted. One query each, over at most four weeks of events.

    Raises:
        UnavailableError: the engine does not answer; what was counted before stays, and the next hour tries again.
    """
    held, today = list(experiments), now.astimezone(UTC).date()
    known, _ = states.find_states([one.name for one in held])
    looked: dict[str, tuple[str, ...]] = {}
    for one in held:
        state = known.get(one.name, State())
        if not is_running(one, state) or (state.looked_on == today and not at_once):
            continue
        state = _as_declared(one, state, today)
        first = max(state.since or today, today - DAY * (DAYS_MOST - 1))
        sums = {row["arm"]: _sums(row) for row in counting.rows(trial_sql(one.name, first, today))}
        stops = _harmful(one, state, sums, now)
        seen = msgspec.structs.replace(
            state, looked_on=today, looked_at=now, counted_from=first, sums=sums, stopped=state.stopped | stops
        )
        looked[one.name] = _kept(states, one, known.get(one.name, State()), seen)
    return looked


def trial_sql(name: str, first: date, last: date) -> str:
    """What an experiment's arms came to over these days."""
    return statement("experiments/trial", first, last, name=name)


def _as_declared(experiment: Experiment, state: State, today: date) -> State:
    """The state with its first day; a new one where the arms have been declared anew, for they are other arms."""
    declared = fingerprint(experiment)
    if state.since is None:  # nobody was assigned before the first look's day, or the one before it
        return msgspec.structs.replace(state, since=today - DAY, declared=declared)
    if state.declared != declared:
        return msgspec.structs.replace(state, since=today, declared=declared)
    return state


def _harmful(experiment: Experiment, state: State, sums: Mapping[str, ArmSums], now: datetime) -> dict[str, Stop]:
    stops: dict[str, Stop] = {}
    for arm in experiment.arms if experiment.guarded else ():
        found = difference(sums.get(arm.name, ArmSums()), sums.get(DEFAULT, ArmSums()), len(experiment.arms))
        if arm.name in state.stopped or found is None or found.always_high is None or found.always_high >= 0:
            continue
        why = (
            f"{100 * -found.value:.2f} likes fewer by 100 films shown, at least {100 * -found.always_high:.2f} "
            f"however often one looks; {sums[arm.name].viewers} viewers"
        )
        stops[arm.name] = Stop(at=now, by="guardrail", why=why)
    return stops


def _kept(states: ExperimentStates, experiment: Experiment, before: State, seen: State) -> tuple[str, ...]:
    """Stores the look. A state that has changed meanwhile, by the operator's word, stays; the next hour looks again."""
    if not states.put_state(experiment.name, seen, replaces=before):
        log.warning("experiment %s was changed while it was looked at", experiment.name)
        return ()
    stopped = tuple(sorted(set(seen.stopped) - set(before.stopped)))
    for arm in stopped:
        log.warning("experiment %s: arm %s is stopped: %s", experiment.name, arm, seen.stopped[arm].why)
    log.info("experiment %s from %s: %s", experiment.name, seen.counted_from, seen.sums)
    return stopped


def _sums(row: Mapping[str, str]) -> ArmSums:
    return ArmSums(*(int(row[name]) for name in ArmSums.__struct_fields__))
