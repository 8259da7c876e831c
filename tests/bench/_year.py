"""Viewers who come, look and like for a year, on one clock: `population.py` runs it and says what came of it."""

import heapq
import math
import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import msgspec

from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.ask import AskDependencies, ask
from chalicelib.recommendations.home import home_page
from chalicelib.recommendations.llm.port import ModelError, ModelReply, Prompt
from chalicelib.recommendations.messages import Rebuild
from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.recommendations.rebuild import Dependencies, rebuild
from chalicelib.recommendations.sweep import sweep
from chalicelib.settings import Settings
from infra.operator.cost.figures import figures_of, units_of
from tests.bench._many_viewers import ManyFilmsCatalog, ManyQuestionsBudget, ManyViewersStore, many_films
from tests.factories import feedback_with
from tests.fake_lanes import FakeItemSimilarity, FakeOutbox
from tests.fake_model import FakeModel
from tests.fakes import FakeFeedbackStore

START = datetime(2026, 1, 1, tzinfo=UTC)
STREAM_SECONDS, QUEUE_SECONDS = (0.1, 1.0), (0.02, 0.3)  # a stream is looked at once a second
REBUILD_SECONDS = (0.2, 0.35)  # `docs/figures.json`: 93 ms of a processor at 1,024 MB, and seven requests
CALL_SECONDS = (2.0, 8.0)  # what the service takes
LOOKED_EVERY = 4  # visits: the home page changes nothing
LOST_EVERY = 100  # of the model's calls, one brings nothing
VISITS_MEDIAN, VISITS_SIGMA = 8.0, 1.0  # a year, by viewer: many come rarely, few often; the mean is 13
LIKES_A_VISIT = 3.0
HOURS = (2, 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 4, 4, 4, 5, 6, 8, 10, 12, 12, 10, 7, 5, 3)  # UTC; evenings in Moscow
SWEEP = timedelta(minutes=1)


class Like(NamedTuple):
    """One word, and how many follow it in this visit."""

    user_id: str
    left: int


class Visit(NamedTuple):
    """A viewer comes."""

    user_id: str


class World:
    """All viewers on one clock. `waits` are seconds by what was waited for.

    `rest`: a lane is taken for so many times the length of a call, where less than a whole lane is played.
    """

    def __init__(self, viewers: int, settings: Settings, seed: int, rest: float = 1.0) -> None:
        self.random, self.settings, self.now = random.Random(seed), settings, START
        self.rest, self.counted = rest, Counter[str]()
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.films, self.tokens = many_films(), units_of(figures_of()).tokens_per_question
        self.store, self.outbox, self.feedback = ManyViewersStore(), FakeOutbox(), FakeFeedbackStore()
        self.budget = ManyQuestionsBudget(
            settings.budget_tokens_per_day, settings.budget_tokens_per_day * settings.common_percent // 100
        )
        self.gate = Gate(self.store, self.outbox, self.budget, settings)
        self.fast = Dependencies(
            self.store,
            self.feedback,
            ManyFilmsCatalog(self.films),
            FakeItemSimilarity(),
            self.outbox,
            settings,
            self.gate,
        )
        model = FakeModel()
        self._replies = FakeModel(picks=1)
        model.replies = self._reply
        self.slow = AskDependencies(self.fast, lambda: model, self.budget, lambda: self.now)
        self._agenda: list[tuple[datetime, int, Any]] = []
        self._ticket = count()
        self._lane_free: dict[str, datetime] = {}
        self._unheard: dict[str, list[datetime]] = defaultdict(list)  # words that no list knows yet
        self._wanted_since: dict[str, datetime] = {}
        self._visits_a_day = {
            f"viewer-{number}": self.random.lognormvariate(math.log(VISITS_MEDIAN), VISITS_SIGMA) / 365
            for number in range(viewers)
        }
        for user_id in self._visits_a_day:
            self._come_again(user_id)

    def run(self, until: datetime) -> None:
        """Works off the agenda and sweeps each minute."""
        next_sweep = self.now + SWEEP
        while self.now < until:
            moment = self._agenda[0][0] if self._agenda else until
            if next_sweep <= moment:
                self.now = next_sweep
                next_sweep += SWEEP
                self.counted["sweep"] += 1
                if self.store.is_anybody_due(self.now):  # or else it finds nobody
                    self.outbox._known.clear()  # SQS forgets after five minutes
                    sweep(self.gate, self.now)
            elif moment >= until:
                self.now = until
            else:
                self.now, _, what = heapq.heappop(self._agenda)
                self._happen(what)
            self._deliver()

    def _happen(self, what: Any) -> None:
        if isinstance(what, Visit):
            self.counted["home"] += 1
            if self.counted["home"] % LOOKED_EVERY == 0:
                self._look(what.user_id)
            likes = 1 + int(self.random.expovariate(1 / (LIKES_A_VISIT - 1)))
            self._at(self.random.uniform(10, 60), Like(what.user_id, likes - 1))
            self._come_again(what.user_id)
        elif isinstance(what, Like):
            self._like(what)
        elif isinstance(what, Rebuild):
            self.counted["rebuild"] += 1
            rebuild(self.fast, what.user_id, self.now)
            self._heard(what.user_id)
        else:
            self._ask(what.user_id)

    def _like(self, what: Like) -> None:
        film = self.random.choice(self.films)
        held = self.feedback.find(what.user_id, film.film_id)
        word: Feedback = feedback_with(
            film_id=film.film_id, title=film.titles.main, year=film.year, updated_at=self.now,
            rating="dislike" if self.random.random() < 0.2 else "like",
        )  # fmt: skip
        self.feedback.put(what.user_id, word, held)
        self.counted["like"] += 1
        self._unheard[what.user_id].append(self.now)
        if len(self.feedback.by_user[what.user_id]) >= self.settings.ask_after_rated:
            self._wanted_since.setdefault(what.user_id, self.now)
        plan(self.store, self.outbox, [what.user_id], self.now + timedelta(seconds=self._seconds(STREAM_SECONDS)))
        if what.left:
            self._at(self.random.uniform(5, 90), Like(what.user_id, what.left - 1))

    def _ask(self, user_id: str) -> None:
        asked_before, since = self.store.read(user_id).reply is not None, self._wanted_since.get(user_id)
        self.counted["ask"] += 1
        outcome = ask(self.slow, user_id, 60)
        self.counted[f"ask {outcome.partition(':')[0]}"] += 1
        self._heard(user_id)
        if outcome == "answered" and since is not None:
            self.waits["later" if asked_before else "first"].append((self.now - since).total_seconds())
            del self._wanted_since[user_id]

    def _reply(self, prompt: Prompt) -> ModelReply:
        self.counted["calls"] += 1
        if self.counted["calls"] % LOST_EVERY == 0:
            raise ModelError("timeout", retryable=True, billed=True)
        reply = self._replies.ask(prompt, 0)
        self.counted["tokens"] += self.tokens
        return msgspec.structs.replace(reply, prompt_tokens=self.tokens - reply.completion_tokens)

    def _look(self, user_id: str) -> None:
        page = home_page(self.store, self.feedback, self.fast.catalog.top, user_id, "ru", 20, None, self.now)
        rated = self.feedback.by_user.get(user_id, {})
        assert not any(film.film_id in rated for film in page.films), "a rated film came back"

    def _heard(self, user_id: str) -> None:
        held = self.store.read(user_id).list_
        if held is None:
            return
        published = self.now + timedelta(seconds=self._seconds(REBUILD_SECONDS))
        known = [at for at in self._unheard[user_id] if at <= held.read_at]
        self.waits["list"] += [(published - at).total_seconds() for at in known]
        self._unheard[user_id] = [at for at in self._unheard[user_id] if at > held.read_at]

    def _come_again(self, user_id: str) -> None:
        days = self.random.expovariate(self._visits_a_day[user_id])
        midnight = (self.now + timedelta(days=days)).replace(hour=0, minute=0, second=0, microsecond=0)
        (hour,) = self.random.choices(range(24), HOURS)
        moment = midnight + timedelta(hours=hour, seconds=self.random.uniform(0, 3_600))
        heapq.heappush(
            self._agenda, (max(moment, self.now + timedelta(minutes=20)), next(self._ticket), Visit(user_id))
        )

    def _at(self, seconds: float, what: Any) -> None:
        heapq.heappush(self._agenda, (self.now + timedelta(seconds=seconds), next(self._ticket), what))

    def _seconds(self, between: tuple[float, float]) -> float:
        return self.random.uniform(*between)

    def _deliver(self) -> None:
        for message in self.outbox.rebuilds:
            after = max(0.0, (message.changed_at - self.now).total_seconds())
            self._at(after + self._seconds(QUEUE_SECONDS), message)
        for moment, delayed in self.outbox.delayed:
            self._at((moment - self.now).total_seconds(), delayed)
        for question in self.outbox.asks:
            lane = question.lane(self.settings.llm_parallel)
            starts = max(
                self._lane_free.get(lane, self.now), self.now + timedelta(seconds=self._seconds(QUEUE_SECONDS))
            )
            seconds = self._seconds(CALL_SECONDS)
            self._lane_free[lane] = starts + timedelta(seconds=self.rest * seconds)
            self._at((starts - self.now).total_seconds() + seconds, question)  # what is asked is known when it ends
        self.outbox.rebuilds.clear()
        self.outbox.delayed.clear()
        self.outbox.asks.clear()

    @property
    def still_waiting(self) -> int:
        """Viewers for whom a question could be asked now."""
        return self.store.waiting_now(self.now)
