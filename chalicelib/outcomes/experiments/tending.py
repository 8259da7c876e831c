"""Starting and stopping: by the operator an experiment, by the guardrail an arm. Each is a change of a stored state."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import msgspec

from chalicelib.compare_and_swap import swapped
from chalicelib.errors import ConflictError
from chalicelib.outcomes.experiments.declared import fingerprint
from chalicelib.outcomes.experiments.model import Experiment, ExperimentStates, State

ATTEMPTS = 5


def start(states: ExperimentStates, experiment: Experiment, now: datetime) -> State:
    """Has it run from now on, all arms, counted from today. What it came to before is forgotten.

    Raises:
        ConflictError: others kept changing its state.
    """
    begun = State(on=True, since=now.astimezone(UTC).date(), declared=fingerprint(experiment))
    return change(states, experiment.name, lambda _: begun)


def stop(states: ExperimentStates, experiment: Experiment) -> State:
    """Has nobody assigned to it any more. What it came to stays to be read.

    Raises:
        ConflictError: others kept changing its state.
    """
    return change(states, experiment.name, lambda state: msgspec.structs.replace(state, on=False))


def change(states: ExperimentStates, name: str, changed: Callable[[State], State]) -> State:
    """Stores what becomes of the state that stands there now, and returns it.

    Raises:
        ConflictError: others kept changing it.
    """
    return swapped(
        lambda: states.find_states([name])[0].get(name, State()),
        partial(states.put_state, name),
        changed,
        ATTEMPTS,
        ConflictError(f"How the experiment {name} stands was changed meanwhile. Try again."),
    )
