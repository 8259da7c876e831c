"""A virtual clock and the tasks on it: who goes next, and what becomes of each call."""

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from greenlet import getcurrent

from chalicelib.catalog.model import CatalogUnavailableError
from tests.factories import NOW
from tests.simulation.tasks import Decision, Ended, KilledError, ServiceAwayError, Task

KILLS = (Decision.KILLED_BEFORE, Decision.KILLED_AFTER)
CALL_SECONDS = (0.002, 0.04)  # from a warm worker to a table, a queue or the catalogue

type Policy = Callable[[Task], object]
"""What becomes of the call that the task stands before: a `Decision`, or for the model anything it understands."""


class Schedule:
    """The clock, the tasks, the faults and the story. All randomness is the seed's."""

    def __init__(self, seed: int, verbose: bool = False) -> None:
        self.hub = getcurrent()
        self.random = random.Random(f"schedule {seed}")
        self.verbose = verbose
        self.now = NOW
        self.steps = 0
        self.current: Task | None = None
        self.last_point = ""  # the call that the last step was about
        self.tasks: list[Task] = []
        self.faults: Counter[str] = Counter()
        self.outages: dict[str, datetime] = {}  # by component: until when it is away
        self.policy: Policy = lambda _: Decision.DONE
        self.seconds_of: Callable[[Task, str], float] = lambda _, __: self.random.uniform(*CALL_SECONDS)
        self.after_step: Callable[[], None] = lambda: None
        self._story: list[str] = []

    def clock(self) -> datetime:
        """What the host that asks takes for the time."""
        return self.now + timedelta(seconds=self.current.skew) if self.current else self.now

    def say(self, text: str) -> None:
        """Goes on with the story."""
        if self.verbose:
            self._story.append(f"{(self.now - NOW).total_seconds():>10.2f} s  {text}")

    @property
    def story(self) -> list[str]:
        """What happened, line by line."""
        return self._story

    def start(self, kind: str, label: str, run: Callable[[], Any], ended: Ended, *, timeout_seconds: float,
              skew: float = 0.0, user_id: str = "") -> Task:  # fmt: skip
        """Begins a task and brings it to its first call."""
        task = Task(self, kind, label, run, ended, skew, timeout_seconds, user_id)
        self.say(f"start {label}")
        self.tasks.append(task)
        task.resume(None)
        self._forget_done(task)
        return task

    def at(self, point: str, effect: Callable[[], Any]) -> Any:
        """A call: what it stands for happens, or fails, when the schedule goes on with the task."""
        task = self.current
        if task is None:  # a check of ours
            return effect()
        decision = self.decide(point)
        component = point.split(".", maxsplit=1)[0]
        if decision is Decision.DONE and self.outages and self.outages.get(component, self.now) > self.now:
            decision = Decision.REFUSED
            task.away.add(component)
        if decision is Decision.DONE:
            return effect()
        self.fault(f"{component} {decision.value if isinstance(decision, Decision) else decision}", point)
        if decision is Decision.KILLED_BEFORE:
            raise KilledError
        if decision in (Decision.UNANSWERED, Decision.KILLED_AFTER):
            effect()
        if decision is Decision.KILLED_AFTER:
            raise KilledError
        task.failed.add(component)
        raise CatalogUnavailableError("away") if component == "catalog" else ServiceAwayError(point)

    def decide(self, point: str, seconds: float | None = None) -> object:
        """Stands before a call, which takes that long, until the schedule goes on."""
        task = self.current
        assert task is not None
        task.point = point
        task.ready_at = self.now + timedelta(seconds=self.seconds_of(task, point) if seconds is None else seconds)
        return self.hub.switch()

    def fault(self, kind: str, where: str = "") -> None:
        """Counts a fault."""
        self.faults[kind] += 1
        if self.verbose:
            self.say(f"  ✗ {self.current.label if self.current else ''}: {kind} {f'at {where}' if where else ''}")

    def step(self, task: Task, decision: object = None) -> None:
        """One call further, or to the end that Lambda makes."""
        if task.done:
            return
        self.steps += 1
        self.last_point = task.point
        if self.now >= task.deadline:
            self.say(f"  ✗ {task.label} timed out at {task.point}")
            self.faults[f"time-out {task.kind}"] += 1
            self.kill(task)
        else:
            decision = self.policy(task) if decision is None else decision
            task.killed = task.killed or decision in KILLS
            task.resume(decision)
            if task.killed:
                self.kill(task)
        self.after_step()
        self._forget_done(task)

    def kill(self, task: Task) -> None:
        """The worker is gone."""
        task.killed = True
        while not task.done:  # a handler must not survive its own death
            task.resume(Decision.KILLED_BEFORE)
        self._forget_done(task)

    def _forget_done(self, task: Task) -> None:
        if task.done and task in self.tasks:
            self.tasks.remove(task)

    def next_task(self) -> Task | None:
        """Whose call is through first."""
        return min(self.tasks, key=lambda task: task.resumes_at, default=None)

    def advance(self, seconds: float) -> None:
        """Time passes and tasks go on, each when its call is through."""
        self.advance_to(self.now + timedelta(seconds=seconds))

    def advance_to(self, until: datetime) -> None:
        """As `advance`, to a moment."""
        while (task := self.next_task()) and task.resumes_at <= until:
            self.now = max(self.now, task.resumes_at)
            self.step(task)
        self.now = max(self.now, until)

    def finish(self, task: Task) -> None:
        """This task goes on to its end while the others stand still."""
        while not task.done:
            self.now = max(self.now, task.resumes_at)
            self.step(task)

    def finish_all(self) -> None:
        """Every task comes to its end."""
        while task := self.next_task():
            self.now = max(self.now, task.resumes_at)
            self.step(task)

    def close(self) -> None:
        """Ends what still stands somewhere."""
        for task in self.tasks:
            task.close()
        self.tasks.clear()
