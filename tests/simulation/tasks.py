"""One invocation of one function, stopped before each of its calls."""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any

from greenlet import GreenletExit, greenlet

if TYPE_CHECKING:
    from tests.simulation.schedule import Schedule


class KilledError(BaseException):
    """The process is gone: nothing after this line runs."""


class ServiceAwayError(Exception):
    """DynamoDB, SQS or Secrets Manager did not do it, after the client's own retries."""


class Decision(Enum):
    """What becomes of a call."""

    DONE = "done"
    REFUSED = "refused"  # it fails and had no effect
    UNANSWERED = "unanswered"  # it had its effect, and the answer was lost
    KILLED_BEFORE = "killed before"
    KILLED_AFTER = "killed after"


type Ended = Callable[[Any, BaseException | None], None]
type Effects = Mapping[str, Callable[..., Any]]
"""What is noted when a method took effect: called with its arguments, in the same step."""


class Task:
    """A handler or a request, as a greenlet. `skew` is how far its host's clock is from the true one, in seconds."""

    def __init__(self, schedule: "Schedule", kind: str, label: str, run: Callable[[], Any], ended: Ended,
                 skew: float, timeout_seconds: float, user_id: str = "") -> None:  # fmt: skip
        self.schedule, self.kind, self.label, self.skew, self.user_id = schedule, kind, label, skew, user_id
        self.began = self.ready_at = schedule.now
        self.deadline: datetime = schedule.now + timedelta(seconds=timeout_seconds)
        self.point = "start"
        self.failed: set[str] = set()  # components of which a call failed
        self.away: set[str] = set()  # and of these because the component was away
        self.done = False
        self.killed = False
        self._run_, self._ended = run, ended
        self._greenlet = greenlet(self._run, parent=schedule.hub)

    @property
    def resumes_at(self) -> datetime:
        """When the call it stands before is through, or Lambda ends it."""
        return min(self.ready_at, self.deadline)

    def _run(self) -> None:
        result, error = None, None
        try:
            result = self._run_()
        except GreenletExit:
            self.done = True
            return
        except BaseException as failure:  # noqa: BLE001 - Lambda too goes on living
            error = failure
        self.done = True
        if self.schedule.verbose:
            told = result if isinstance(result, dict | str | None) else type(result).__name__
            self.schedule.say(f"  {self.label}: {f'ended by {error!r}' if error else f'done {told}'}")
        self._ended(result, error)

    def resume(self, decision: object) -> None:
        """Goes on to the next call; `decision` is what becomes of the one it stands before."""
        before, self.schedule.current = self.schedule.current, self
        try:
            self._greenlet.switch() if self.point == "start" else self._greenlet.switch(decision)
        finally:
            self.schedule.current = before

    def close(self) -> None:
        """Lets go of the greenlet when the run is over."""
        if not self.done and self._greenlet:
            self._greenlet.throw(GreenletExit)


class Guard:
    """A store of which each call is a point of the schedule."""

    def __init__(self, schedule: "Schedule", name: str, inner: Any, effects: Effects | None = None,
                 free: Collection[str] = ()) -> None:  # fmt: skip
        self._schedule, self._name, self._inner = schedule, name, inner
        self._effects, self._free = effects or {}, free  # free: makes its own points

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._inner, method)
        if not callable(found) or method in self._free:
            return found
        point, after = f"{self._name}.{method}", self._effects.get(method)

        def call(*args: Any, **named: Any) -> Any:
            def effect() -> Any:
                result = found(*args, **named)
                if isinstance(result, Iterator):
                    result = iter(list(result))
                if after:
                    after(*args, **named)
                return result

            return self._schedule.at(point, effect)

        self.__dict__[method] = call
        return call
