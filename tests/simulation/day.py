"""A whole day of more viewers, with nothing worse than usual: figures rather than corner cases.

How long a word takes to the list when every call of the catalogue takes 1.4 s, and how far the ledger is from the bill
when one call in a hundred is lost, or none comes through for an hour.
"""

from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from chalicelib.feedback.give_feedback import Change
from chalicelib.feedback.model import Rating
from chalicelib.recommendations.model import StoredList
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.simulation import promises
from tests.simulation.deployment import Deployment
from tests.simulation.driver import SLOW_CATALOGUE_SECONDS
from tests.simulation.living import live
from tests.simulation.model import FAULTS
from tests.simulation.schedule import CALL_SECONDS
from tests.simulation.stores import FILMS
from tests.simulation.tasks import Decision, Task
from tests.simulation.viewers import Viewers

LOST_EVERY = 100  # of the model's calls, one brings nothing and is billed


OUTAGE = FAULTS[:4]  # what a service that is away looks like; nothing of it is billed, and two kinds may be


class Day(NamedTuple):
    """What a day came to. Freshness in seconds, one for each word that was stored."""

    deployment: Deployment
    freshness: list[float]
    ledger_tokens: int
    billed_tokens: int

    @property
    def p50_seconds(self) -> float:
        """From a stored word to the list that knows it."""
        return median(self.freshness)


def a_day(
    seed: int, users: int, words_a_session: int, hours: int = 24, slow: bool = False, away_at_hour: int | None = None
) -> Day:
    """Everybody comes two times a day, says some things seconds apart, and goes. The model may be away for an hour."""
    deployment = Deployment(seed, users, Settings(llm_parallel=2))
    away_from = None if away_at_hour is None else NOW + timedelta(hours=away_at_hour)
    schedule, calls = deployment.schedule, 0

    def decision(task: Task) -> object:
        nonlocal calls
        if task.point == "model.ask":
            calls += 1
            away = away_from is not None and away_from <= schedule.now < away_from + timedelta(hours=1)
            deployment.model.bills_failures = not away
            if away:
                return OUTAGE[calls % len(OUTAGE)]()
            if calls % LOST_EVERY == LOST_EVERY // 2:
                return FAULTS[1]()
        return Decision.DONE

    def seconds(_: Task, point: str) -> float:
        return schedule.random.uniform(*CALL_SECONDS) + (
            SLOW_CATALOGUE_SECONDS if slow and point.startswith("catalog") else 0
        )

    schedule.policy, schedule.seconds_of = decision, seconds
    freshness = _Freshness(deployment)
    with deployment.wired():
        promises.watch(deployment)
        viewers = Viewers(deployment)
        for at, user_id, place in _sessions(deployment, users, words_a_session, hours):
            live(deployment, max(0.0, (at - schedule.now).total_seconds()))
            rating: Rating = "dislike" if schedule.random.random() < 0.25 else "like"
            viewers.change(user_id, FILMS[place % len(FILMS)], Change(rating=rating))
        live(deployment, 4 * 3_600)
        promises.check_end(deployment)
    return Day(deployment, freshness.seconds, promises.spent_tokens(deployment), deployment.evidence.billed_tokens)


def _sessions(deployment: Deployment, users: int, words: int, hours: int) -> list[tuple[datetime, str, int]]:
    """Who says something when: the moment, the viewer, which film."""
    rnd, found = deployment.schedule.random, []
    for user_id in deployment.users[:users]:
        for session in range(2):
            at = NOW + timedelta(hours=rnd.uniform(0, hours / 2) + session * hours / 2)
            for word in range(words):
                at += timedelta(seconds=rnd.uniform(2, 12))
                found.append((at, user_id, session * words + word))
    return sorted(found)


class _Freshness:
    """When each word was stored, and when a list was published that had read it."""

    def __init__(self, deployment: Deployment) -> None:
        self.seconds: list[float] = []
        self._waiting: dict[str, list[datetime]] = {}
        self._deployment = deployment
        changed = deployment.feedback_truth.changed
        publish = deployment.store_truth.publish

        def stored(user_id: str, film_id: str, item: object) -> None:
            changed(user_id, film_id, item)  # type: ignore[arg-type]
            self._waiting.setdefault(user_id, []).append(deployment.schedule.now)

        def published(user_id: str, new: StoredList) -> None:
            publish(user_id, new)
            now = deployment.schedule.now
            known = [at for at in self._waiting.get(user_id, ()) if at <= new.read_at]
            self.seconds += [(now - at).total_seconds() for at in known]
            self._waiting[user_id] = [at for at in self._waiting.get(user_id, ()) if at > new.read_at]

        deployment.feedback_truth.changed = stored
        deployment.store_truth.publish = published  # type: ignore[method-assign]
