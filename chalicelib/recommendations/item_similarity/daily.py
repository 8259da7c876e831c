"""The daily learning, one step each time it is woken: an export is started, waited for, and learned from.

An export takes from minutes to more than an hour, what the engine makes of it the longer the more likes there are, and
a function lives 15 minutes: so the schedule wakes it hourly, and what is known of the run that is on its way lies
beside the model. A step that is repeated, late or killed does no harm: one step at a time holds the run, for no longer
than a function lives.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, NamedTuple, Protocol

import msgspec

from chalicelib.errors import UnavailableError
from chalicelib.recommendations.item_similarity.train import Learned, NothingLearnedError

log = logging.getLogger(__name__)

REST = timedelta(hours=23)  # woken hourly, so a run begins every 23 to 24 hours
HELD = timedelta(minutes=16)  # a function lives 15
USELESS_AFTER = timedelta(hours=36)  # the bucket keeps an export for two days
GATHERING_SECONDS = (
    300.0  # of a step, which then leaves it to the next: learning itself needs the rest of its 15 minutes
)

PAST_KEPT = 30  # a month of them are 3 KB of the one item that a step writes anyway

type Outcome = Literal["off", "busy", "resting", "exporting", "gathering", "learned", "nothing to learn from"]


class NoExportError(UnavailableError):
    """DynamoDB could not export the table; the next run is a day later."""


class RunTakenError(UnavailableError):
    """Another step has taken the run meanwhile."""


class Making(msgspec.Struct, frozen=True, kw_only=True):
    """How far the engine's tables are: how many are made, and what names the statement that makes the next one, ""
    before it is started."""

    made: int = 0
    query: str = ""
    is_ready: bool = False


class PastRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run that published a model: of how many likes, and HR@10 on likes that it had not learned from, beside that of
    plain popularity on the same."""

    learned_at: datetime
    likes: int
    hit_rate: float
    popularity_hit_rate: float


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of the runs. `begun` names what the present one waits for or learns from, "" without one. `past`:
    the last `PAST_KEPT` that published a model, the latest last."""

    version: int = 0
    began_at: datetime | None = None
    begun: str = ""
    held_until: datetime | None = None
    making: Making = Making()
    past: tuple[PastRun, ...] = ()


class Runs(Protocol):
    """Where that is kept."""

    def run(self) -> Run:
        """Read consistently; an empty one before the first."""

    def put_run(self, new: Run, replaces: Run) -> bool:
        """Stores it one version on, in place of the one that was read; False when another stands there."""


class Likes(Protocol):
    """Everybody's likes, on their way to where the engine reads them. `table`: where they lie then, row by row; None:
    in tables of the engine's own that are made of them."""

    table: str | None

    def begin(self) -> str:
        """Has them made ready. Returns what names that later on."""

    def progress(self, begun: str) -> Literal["running", "done", "failed"]:
        """How far it has come."""

    def gather(self, begun: str, so_far: Making, now: datetime, until: float) -> Making:
        """Goes on with putting those of proven viewers there, in place of what was there, and waits no longer than
        until then (`time.monotonic`). Returns how far it is: the same again when it has to be waited for."""


class DailyDependencies(NamedTuple):
    """What a step works with. `learn` learns from the table of that name, or the engine's own; None where the stage has
    no engine."""

    runs: Runs
    likes: Likes
    learn: Callable[[str | None, datetime], Learned | None] | None


def take_step(parts: DailyDependencies, now: datetime, *, at_once: bool = False) -> Outcome:
    """One step. `at_once` begins a run without waiting for the day to be over.

    Raises:
        NoExportError, QueryFailedError: the model in use stays. After a failed query the same export is learned from
            at the next step.
        NothingLearnedError: the model in use stays, until tomorrow's run.
    """
    if parts.learn is None:
        log.warning("learn: no engine on this stage; the model in use stays as it is")
        return "off"
    run = parts.runs.run()
    if run.held_until and now < run.held_until:
        return "busy"
    is_begun = run.begun and run.began_at and now - run.began_at < USELESS_AFTER
    if not is_begun and not at_once and run.began_at and now - run.began_at < REST:
        return "resting"
    try:
        run = _put(parts.runs, run, held_until=now + HELD)
        if not is_begun:
            run = _begin(parts, run, now)
    except RunTakenError:
        return "busy"
    return _go_on(parts, parts.learn, run, now)


def _begin(parts: DailyDependencies, run: Run, now: datetime) -> Run:
    """A run that cannot be begun does not cost its day."""
    try:
        begun = parts.likes.begin()
    except Exception:
        _put(parts.runs, run, held_until=None)
        raise
    return _put(parts.runs, run, began_at=now, begun=begun)


def _go_on(
    parts: DailyDependencies, learn: Callable[[str | None, datetime], Learned | None], run: Run, now: datetime
) -> Outcome:
    """Looks at what was begun, and learns from it when it is there. Lets go of the run, whatever happens; after a
    failure the engine's tables are made anew."""
    begun, making, past, until = run.begun, Making(), run.past, time.monotonic() + GATHERING_SECONDS
    try:
        progress = parts.likes.progress(begun)
        if progress == "running":
            return "exporting"
        if progress == "failed":
            begun = ""
            raise NoExportError("The feedback table could not be exported.")
        while not run.making.is_ready:
            so_far = parts.likes.gather(begun, run.making, now, until)
            if so_far == run.making:
                making = so_far
                return "gathering"
            run = _put(parts.runs, run, making=so_far)
        try:
            learned = learn(parts.likes.table, now)
        except NothingLearnedError:
            begun = ""
            raise
        begun = ""
        past = (*past, *([_past(learned, now)] if learned else ()))[-PAST_KEPT:]
        return "learned" if learned else "nothing to learn from"
    finally:
        _put(parts.runs, run, begun=begun, held_until=None, making=making, past=past)


def _past(learned: Learned, now: datetime) -> PastRun:
    site = learned.site
    return PastRun(
        learned_at=now,
        likes=site.likes,
        hit_rate=site.reached.hit_rate,
        popularity_hit_rate=site.reached.popularity_hit_rate,
    )


def _put(runs: Runs, run: Run, **changes: object) -> Run:
    """Raises `RunTakenError` when another step was quicker."""
    new = msgspec.structs.replace(run, **changes)
    if not runs.put_run(new, run):
        raise RunTakenError("Another step of the learning runs.")
    return msgspec.structs.replace(new, version=run.version + 1)
