"""Chooses what happens next: viewers' requests, deliveries, faults, and how much time passes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.feedback.give_feedback import Change
from tests.simulation.deployment import Deployment
from tests.simulation.living import live
from tests.simulation.model import FAULTS, USELESS
from tests.simulation.queues import Message
from tests.simulation.schedule import CALL_SECONDS
from tests.simulation.stores import FILMS, JUDGED
from tests.simulation.tasks import Decision, Task
from tests.simulation.viewers import Viewers

SKEW_SECONDS = 2.5  # either way: two hosts are at most 5 s apart
SLOW_CATALOGUE_SECONDS = 1.4
TASKS_MOST = 8
HINTS = ("rebuild", "ask")  # queues of which every message may be lost


@dataclass(frozen=True)
class Regime:
    """What goes wrong, and how often. Shares are of calls."""

    failing: float = 0.0
    killed: float = 0.0
    model: float = 0.0
    stalled: float = 0.03  # the network, or the host, takes its time
    outages: bool = False
    losses: bool = False
    slow: bool = False


REGIMES = {
    "clean": Regime(),
    "slow": Regime(model=0.05, slow=True),
    "stores": Regime(failing=0.04, model=0.2),
    "kills": Regime(killed=0.03, model=0.2),
    "outages": Regime(model=0.1, outages=True),
    "lost": Regime(model=0.1, losses=True),
    "all": Regime(failing=0.02, killed=0.02, model=0.2, outages=True, losses=True, slow=True),
}


class Driver:
    """A random schedule in one regime."""

    def __init__(self, deployment: Deployment, regime: Regime) -> None:
        self.deployment, self.regime = deployment, regime
        self.schedule, self.random = deployment.schedule, deployment.schedule.random
        self.viewers = Viewers(deployment)
        self.schedule.policy = self._decision
        self.schedule.seconds_of = self._seconds

    def run(self, actions: int) -> None:
        """Most viewers have said something before; then anything happens."""
        for user_id in self.deployment.users:
            for film in self.random.sample(JUDGED, self.random.choice((0, 2, 3, 4))):
                self.schedule.finish(self.viewers.change(user_id, film, Change(rating="like")))
        for _ in range(actions):
            self._act()
        if self.regime.losses and self.random.random() < 0.5:  # nothing that comes later hints at what is lost here
            for name in HINTS:
                self._lose(name)

    def heal(self) -> None:
        """Nothing goes wrong from here on."""
        self.schedule.say("EVERYTHING HEALS")
        self.schedule.outages.clear()
        self.schedule.policy = lambda _: Decision.DONE
        self.schedule.seconds_of = lambda _, __: CALL_SECONDS[1]

    # What becomes of a call.

    def _seconds(self, task: Task, point: str) -> float:
        seconds = self.random.uniform(*CALL_SECONDS)
        if self.regime.slow and point.startswith("catalog"):
            seconds += SLOW_CATALOGUE_SECONDS
        if self.random.random() < self.regime.stalled:
            left = (task.deadline - self.schedule.now).total_seconds()
            seconds += self.random.uniform(0, left * (1.2 if self.regime.killed else 0.3))
        return seconds

    def _decision(self, task: Task) -> object:
        regime, chance = self.regime, self.random.random()
        if task.point == "model.ask":
            if self.schedule.outages.get("model", self.schedule.now) > self.schedule.now:
                return FAULTS[1]()
            if chance >= regime.model:
                return Decision.DONE
            kills = [Decision.KILLED_BEFORE, Decision.KILLED_AFTER] if regime.killed else []
            found = self.random.choice([*FAULTS, USELESS, *kills])
            return found() if callable(found) else found
        if chance < regime.failing:
            return self.random.choice((Decision.REFUSED, Decision.UNANSWERED))
        if chance < regime.failing + regime.killed:
            return self.random.choice((Decision.KILLED_BEFORE, Decision.KILLED_AFTER))
        return Decision.DONE

    # What happens next.

    def _act(self) -> None:
        weights = [*self._time(), *self._troubles()]
        if len(self.schedule.tasks) < TASKS_MOST:
            weights += [*self._requests(), *self._deliveries()]
        actions = [action for _, action in weights]
        self.random.choices(actions, [weight for weight, _ in weights])[0]()

    def _skew(self) -> float:
        return self.random.uniform(-SKEW_SECONDS, SKEW_SECONDS)

    def _time(self) -> list[tuple[float, Callable[[], Any]]]:
        pick, schedule = self.random.uniform, self.schedule
        return [
            (14, lambda: schedule.advance(pick(0, 0.06))),
            (8, lambda: schedule.advance(pick(0, 3))),
            (2, lambda: schedule.advance(pick(4, 30))),
            (1, lambda: schedule.advance(pick(60, 1_200))),  # a backlog: nothing is delivered meanwhile
            (2, lambda: live(self.deployment, pick(1, 120), self._skew)),
            (0.8, lambda: live(self.deployment, pick(600, 7_200), self._skew)),
        ]

    def _requests(self) -> list[tuple[float, Callable[[], Any]]]:
        user_id = self.random.choice(self.deployment.users)
        viewers, skew = self.viewers, self._skew()
        logins = self.deployment.evidence.logins
        found: list[tuple[float, Callable[[], Any]]] = [
            (0.3, lambda: viewers.withdraw(self.random.choice(FILMS))),
            (0.3, lambda: viewers.bring_back(self.random.choice(FILMS))),
            (0.3, viewers.bring_out),
            (0.1, lambda: viewers.confirm(user_id)),
            (0.5, lambda: viewers.come_back(self.random.choice(logins), skew) if logins else None),
        ]
        if not viewers.may_call(user_id):
            return found
        return [
            *found,
            (9, lambda: self._say(user_id, skew)),
            (3, lambda: viewers.take_back(user_id, self._film(user_id), skew)),
            (1, lambda: self._bring(user_id, skew)),
            (1.5, lambda: viewers.wish(user_id, skew)),
            (4, lambda: viewers.look(user_id, skew)),
            (0.15, lambda: viewers.leave(user_id, skew)),
            (0.3, lambda: viewers.sign_in(user_id, skew)),
            (0.15, lambda: viewers.change_password(user_id, skew)),
            (3, lambda: self._overtake(user_id)),
            (1.5, lambda: self._late(user_id)),
            (1.5, lambda: self._both(user_id)),
        ]

    def _deliveries(self) -> list[tuple[float, Callable[[], Any]]]:
        found: list[tuple[float, Callable[[], Any]]] = [
            (0.8, lambda: self.deployment.sweep(self._skew())),
            (0.5, lambda: self.deployment.look_for_new_films(self._skew())),
        ]
        for name, stream in self.deployment.streams.items():
            if stream.next_at():
                found.append((6, partial(self._deliver_stream, name)))
        for name, queue in self.deployment.queues.items():
            if queue.ready():
                found.append((7, partial(self._deliver, name)))
            if not queue.declared.fifo:
                found.append((0.3, queue.deliver_again))
        return found

    def _troubles(self) -> list[tuple[float, Callable[[], Any]]]:
        found: list[tuple[float, Callable[[], Any]]] = []
        if self.regime.outages:
            away = any(until > self.schedule.now for until in self.schedule.outages.values())
            found.append(
                (6, lambda: live(self.deployment, self.random.uniform(3, 60), self._skew))
                if away
                else (1.2, self._outage)
            )
        if self.regime.losses:
            found.append((0.8, lambda: self._lose(self.random.choice(HINTS))))
        return found

    def _deliver_stream(self, name: str) -> None:
        self.deployment.deliver_stream(name, self.random.randint(1, 5), self._skew())

    def _deliver(self, name: str) -> None:
        queue = self.deployment.queues[name]
        ready: list[Message] = queue.ready()
        some = self.random.sample(ready, self.random.randint(1, min(len(ready), queue.declared.batch)))
        self.deployment.deliver(name, some, self._skew(), deletion_lost=self.random.random() < 0.05)

    def _overtake(self, user_id: str) -> None:
        """A word and its whole way to the list, while others stand still in the middle of theirs."""
        before = set(map(id, self.schedule.tasks))

        def finish_new() -> None:
            for task in list(self.schedule.tasks):
                if id(task) not in before:
                    self.schedule.finish(task)

        self._say(user_id, self._skew())
        finish_new()
        self.deployment.deliver_stream("plan", 5, self._skew())
        finish_new()
        if self.regime.losses and self.random.random() < 0.3:
            self._lose("rebuild")
        for name in HINTS[: self.random.choice((1, 2))]:
            if self.deployment.queues[name].ready():
                self._deliver(name)
                finish_new()

    def _late(self, user_id: str) -> None:
        """A request that takes seconds, while another word of the viewer's makes its whole way; then the page."""
        task = self.viewers.change(user_id, self.random.choice(JUDGED), Change(rating="like"), self._skew())
        task.ready_at += timedelta(seconds=self.random.uniform(2, 10))
        self._overtake(user_id)
        self.schedule.finish(task)
        self.schedule.finish(self.viewers.look(user_id, self._skew()))

    def _both(self, user_id: str) -> None:
        """Two requests about one film at once."""
        film = self._film(user_id)
        changes = (Change(rating=None, steer=None), Change(rating=None), Change(steer="exclude"), Change(rating="like"))
        for change in self.random.sample(changes, 2):
            self.viewers.change(user_id, film, change, self._skew())

    def _outage(self) -> None:
        components = (
            "catalog",
            "catalog",
            "sqs",
            "store",
            "feedback",
            "budget",
            "secret",
            "model",
            "accounts",
            "sessions",
        )
        component, seconds = self.random.choice(components), self.random.choice((5, 30, 120, 600, 3_000))
        self.schedule.outages[component] = self.schedule.now + timedelta(seconds=seconds)
        self.schedule.faults[f"outage {component}"] += 1
        self.schedule.say(f"OUTAGE of {component} for {seconds} s")

    def _lose(self, name: str) -> None:
        if lost := self.deployment.queues[name].lose():
            self.schedule.faults[f"lost {name}"] += lost
            self.schedule.say(f"LOST {lost} messages of {name}")

    def _film(self, user_id: str) -> Film:
        held = [film for film in JUDGED if (user_id, film.film_id) in self.deployment.evidence.present]
        return self.random.choice(held if held and self.random.random() < 0.6 else JUDGED)

    def _say(self, user_id: str, skew: float) -> None:
        rating: Any = self.random.choice(("like", "like", "like", "dislike", "seen", msgspec.UNSET, None))
        steer: Any = self.random.choice(
            (msgspec.UNSET, msgspec.UNSET, msgspec.UNSET, "more_like_this", "exclude", None)
        )
        if rating is msgspec.UNSET and steer is msgspec.UNSET:
            rating = "like"
        film = self._film(user_id) if self.random.random() < 0.4 else self.random.choice(JUDGED)
        self.viewers.change(user_id, film, Change(rating=rating, steer=steer), skew)

    def _bring(self, user_id: str, skew: float) -> None:
        rows = [(film, self.random.choice(("like", "dislike"))) for film in self.random.sample(JUDGED, 3)]
        self.viewers.bring(user_id, rows, skew)
