"""What each viewer gets: their arms of the experiments that run now, and what the model's votes have earned."""

import logging
import time
from collections.abc import Callable, Mapping, Sequence

from chalicelib.outcomes.experiments.assignment import arm_of, arms_in, arms_text
from chalicelib.outcomes.experiments.model import DEFAULT, Arm, Experiment, ExperimentStates, State, Treatment, Votes

log = logging.getLogger(__name__)

REMEMBERED_SECONDS = 60  # how long a worker goes by a state: an arm that is stopped is stopped a minute later


def is_running(experiment: Experiment, state: State | None) -> bool:
    """Whether viewers are assigned to it: by the operator's word, else as it is declared."""
    return experiment.on if state is None or state.on is None else state.on


class Treatments:
    """Treatments by viewer; how experiments stand is read once a minute and worker."""

    def __init__(
        self,
        experiments: Sequence[Experiment],
        states: ExperimentStates,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._experiments, self._states, self._clock = experiments, states, clock
        self._known: tuple[Mapping[str, State], Votes] | None = None
        self._until = 0.0

    def of(self, user_id: str) -> Treatment:
        """What this viewer gets. While the table is away: by what was known last, else what everybody gets, and in no
        arm. Half a read unit for each experiment, once a minute."""
        states, votes = self._look()
        chosen: dict[str, Arm | None] = {}
        for one in self._experiments if self._known else ():
            state = states.get(one.name)
            name = arm_of(one, user_id)
            if is_running(one, state) and not (state and name in state.stopped):
                chosen[one.name] = next((arm for arm in one.arms if arm.name == name), None)
        differs = [arm.differs for arm in chosen.values() if arm]
        weight = votes.weight
        for one_differs in differs:
            weight *= one_differs.vote_weight
        return Treatment(
            arms=arms_text({name: arm.name if arm else DEFAULT for name, arm in chosen.items()}),
            model=all(one_differs.model for one_differs in differs),
            vote_weight=weight,
            prompt_version=next(
                (one_differs.prompt_version for one_differs in differs if one_differs.prompt_version), ""
            ),
            settings={name: value for one_differs in differs for name, value in one_differs.settings.items()},
        )

    def is_stopped(self, arms: str) -> bool:
        """Whether a list with these arms was made under one that has been stopped since, and is not to be shown on."""
        states, _ = self._look()
        named = arms_in(arms)
        return any(
            named.get(one.name, DEFAULT) != DEFAULT
            and (not is_running(one, states.get(one.name)) or named[one.name] in _stopped(states.get(one.name)))
            for one in self._experiments
        )

    def _look(self) -> tuple[Mapping[str, State], Votes]:
        if self._clock() >= self._until:
            try:
                self._known = self._states.find_states([one.name for one in self._experiments])
            except Exception:
                log.exception("how experiments stand cannot be read")
            self._until = self._clock() + REMEMBERED_SECONDS
        return self._known or ({}, Votes())


def _stopped(state: State | None) -> Mapping[str, object]:
    return state.stopped if state else {}
