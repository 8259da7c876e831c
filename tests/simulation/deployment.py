"""The whole deployment on fakes: what the code is wired to, and what wakes it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from copy import replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Any
from unittest import mock

import msgspec

import chalicelib.auth.events as auth_events
import chalicelib.catalog.shown as shown
import chalicelib.recommendations.llm.prompt as prompt_module
import chalicelib.recommendations.rebuild as rebuild_module
from chalicelib import metrics, resources
from chalicelib.auth.dependencies import Dependencies as AuthDependencies
from chalicelib.auth.keys import KeyRing
from chalicelib.auth.leaving.erasure import Erasers
from chalicelib.auth.model import Account
from chalicelib.auth.passwords import hash_of
from chalicelib.catalog.model import Showing
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations import events
from chalicelib.recommendations.ask import AskDependencies
from chalicelib.recommendations.llm import token_estimate
from chalicelib.recommendations.llm.allowance import common_tokens_most
from chalicelib.recommendations.model import FilmQuestions, RankedFilm, RawReply, StoredReply, Taste, UserRecord
from chalicelib.recommendations.premieres.ask_about import FilmDependencies
from chalicelib.recommendations.questions.admission import Gate, shares_of
from chalicelib.recommendations.ranking.candidates import Candidates
from chalicelib.recommendations.ranking.scoring import Ranking
from chalicelib.recommendations.rebuild import Dependencies
from chalicelib.settings import Settings
from infra.deploy.declaration import Queue, Stream
from infra.deploy.functions import FUNCTIONS
from tests.auth_world import CHEAP, PASSWORD, key_set
from tests.factories import NOW
from tests.fake_accounts import FakeAccountStore, FakeAttemptStore, FakeSessionStore
from tests.fake_lanes import FakeFilmQuestions, FakeItemSimilarity, FakeRecommendationStore
from tests.fake_model import FakeBudget
from tests.simulation.evidence import Evidence
from tests.simulation.model import SimModel
from tests.simulation.queues import Message, SimErasureQueue, SimOutbox, SimQueue, SimStream
from tests.simulation.schedule import Schedule
from tests.simulation.stores import FILMS, SimCatalog, SimFeedbackStore
from tests.simulation.tasks import Guard, Task

TIMEOUTS = {one.name: one.timeout_seconds for one in FUNCTIONS}
_SOURCES = {one.name: one.source for one in FUNCTIONS}
HANDLERS: dict[str, Callable[[Any, Any], Any]] = {
    "plan": events.plan, "rebuild": events.rebuild, "ask": events.ask, "sweep": events.sweep,
    "note_premieres": events.note_premieres,
    "erase": auth_events.erase, "purge_again": auth_events.purge_again,
}  # fmt: skip
SWEEP_SECONDS = 60  # the stack's default
LOOK_SECONDS = 300  # for new films


class Deployment:
    """Stores, queues, streams, the model, and the handlers on them."""

    def __init__(
        self,
        seed: int,
        users: int,
        settings: Settings | None = None,
        verbose: bool = False,
        unconfirmed: Collection[int] = (),
    ) -> None:
        self.schedule = Schedule(seed, verbose)
        self.evidence = Evidence()
        self.settings = replace(settings or Settings(), **CHEAP)
        self.users = [f"00000000-0000-4000-8000-{number:012}" for number in range(1, users + 1)]
        self.unconfirmed = {user_id for place, user_id in enumerate(self.users) if place in unconfirmed}
        self._make_stores()
        self._make_queues()
        at = self.schedule
        question = lambda user_id: ((state := self.truth(user_id).state).question_key, state.question_hash)  # noqa: E731
        is_unproven = lambda user_id: self.truth(user_id).state.unproven  # noqa: E731
        self.model = SimModel(at, self.evidence, self.settings.llm_timeout_seconds, question, is_unproven)
        self.outbox = SimOutbox(at, self.queues, self.settings.llm_parallel)
        self.gate = Gate(self.store, self.outbox, self.budget, self.settings)
        self.dependencies = Dependencies(
            self.store, self.feedback, self.catalog, FakeItemSimilarity(), self.outbox, self.settings, self.gate
        )
        self.ask_dependencies = AskDependencies(self.dependencies, self._opened_model, self.budget, at.clock)
        self.film_dependencies = FilmDependencies(
            self.store, self.film_questions, self.catalog, self._opened_model, self.budget, self.settings, at.clock
        )

    def _make_stores(self) -> None:
        at = self.schedule
        self.catalog_truth = SimCatalog(FILMS)
        self.store_truth, self.film_questions_truth = FakeRecommendationStore(), FakeFilmQuestions()
        self.film_questions_truth.held = FilmQuestions(since=NOW - timedelta(days=1))  # the first look is long over
        per_day = self.settings.budget_tokens_per_day
        self.budget_truth = FakeBudget(per_day, common_tokens_most(per_day, shares_of(self.settings)))
        self.feedback_truth = SimFeedbackStore(at, self._feedback_changed)
        self.accounts_truth = FakeAccountStore()
        self.sessions_truth = FakeSessionStore(self.accounts_truth, lambda: at.now)
        first_hash = hash_of(PASSWORD, self.settings)
        for number, user_id in enumerate(self.users):
            address = f"viewer{number}@example.com"
            self.accounts_truth.add(Account(user_id=user_id, email=address, password_hash=first_hash, created_at=NOW))
        effects: dict[str, Callable[..., Any]] = {
            "put_raw": self._raw_kept,
            "put_reply": self._reply_kept,
            "erase": lambda user_id, _: self.evidence.erased.add(user_id),
        }
        effects |= dict.fromkeys(("publish", "put_state", "mark_due"), self._marker_stands)
        self.store = Guard(at, "store", self.store_truth, effects)
        self.film_questions = Guard(at, "store", self.film_questions_truth)
        self.feedback = Guard(at, "feedback", self.feedback_truth, free=("delete_all",))
        self.catalog = shown.ShownCatalog(Guard(at, "catalog", self.catalog_truth), self._showing)
        self.budget = Guard(at, "budget", self.budget_truth)
        self.accounts = Guard(at, "accounts", self.accounts_truth, {"erase": self._account_erased})
        self.sessions = Guard(at, "sessions", self.sessions_truth)
        self.keys = KeyRing(lambda: key_set("one"))
        attempts = Guard(at, "sessions", FakeAttemptStore())
        self.auth = AuthDependencies(self.accounts, self.sessions, attempts, self.keys, self.settings)

    def _make_queues(self) -> None:
        self.queues: dict[str, SimQueue] = {}
        self.streams: dict[str, SimStream] = {}
        for name, source in _SOURCES.items():
            if isinstance(source, Queue):
                self.queues[source.name] = SimQueue(self.schedule, source, TIMEOUTS[name])
            elif isinstance(source, Stream):
                self.streams[name] = SimStream(self.schedule, name, source)
        self.function_of = {one.name: name for name, one in _SOURCES.items() if isinstance(one, Queue)}

    # What the code is wired to.

    @contextmanager
    def wired(self) -> Iterator[None]:
        """The handlers run on this deployment."""
        deployment = self

        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:  # noqa: ARG003
                return deployment.schedule.clock()

        erasers = Erasers(
            sessions=self.sessions.revoke_all,
            lists=lambda user_id: self.store.erase(user_id, self.schedule.clock()),
            feedback=self.feedback.delete_all,
            outcomes=lambda _: None,
        )
        given: dict[tuple[Any, str], Any] = {
            (events, "datetime"): Clock,
            (auth_events, "datetime"): Clock,
            (shown, "datetime"): Clock,
            (auth_events, "settings"): lambda: self.settings,
            (events, "settings"): lambda: self.settings,
            (events, "queue_url"): lambda name: name,
            (metrics, "_write"): lambda *_: None,
            (resources, "rebuild_dependencies"): lambda: self.dependencies,
            (resources, "ask_dependencies"): lambda: self.ask_dependencies,
            (resources, "film_dependencies"): lambda: self.film_dependencies,
            (resources, "film_questions"): lambda: self.film_questions,
            (resources, "catalog"): lambda: self.catalog,
            (resources, "outbox"): lambda: self.outbox,
            (resources, "gate"): lambda: self.gate,
            (resources, "recommendation_store"): lambda: self.store,
            (resources, "feedback_store"): lambda: self.feedback,
            (resources, "account_store"): lambda: self.accounts,
            (resources, "erasure_queue"): lambda: SimErasureQueue(self.schedule, self.queues["erasure"]),
            (resources, "erasers"): lambda: erasers,
            (resources, "tally_question"): lambda _: None,
            **cheap_engines(),
        }
        with ExitStack() as stack:
            for (place, name), value in given.items():
                stack.enter_context(mock.patch.object(place, name, value))
            try:
                yield
            finally:
                self.schedule.close()

    def _opened_model(self) -> SimModel:
        self.schedule.at("secret.read", lambda: None)
        return self.model

    def _showing(self) -> Showing:
        return Showing(at=self.schedule.clock())

    # What the tables tell.

    def truth(self, user_id: str) -> UserRecord:
        """What is stored of a viewer's recommendations, read without a call."""
        return self.store_truth.read(user_id)

    def _feedback_changed(self, user_id: str, film_id: str, item: Feedback | None) -> None:
        self.schedule.say(f"  TABLE {user_id[-2:]} {film_id[:6]} {f'{item.rating} {item.steer}' if item else 'gone'}")
        if item:
            self.evidence.present.setdefault((user_id, film_id), self.schedule.steps)
        else:
            self.evidence.present.pop((user_id, film_id), None)
        self.streams["plan"].add(f"{user_id} {film_id}")

    def _marker_stands(self, user_id: str, *_: Any, **__: Any) -> None:
        if user_id in self.evidence.erased:  # or else the write had been refused
            self.evidence.violations.append(("deleted viewer remains", f"{user_id[-2:]}: written past the marker"))

    def _raw_kept(self, user_id: str, raw: RawReply) -> None:
        self._marker_stands(user_id)
        self.evidence.raws.add(raw.question_key)

    def _reply_kept(self, user_id: str, reply: StoredReply) -> None:
        self._marker_stands(user_id)
        self.evidence.replies.add(reply.question_key)

    def _account_erased(self, account: Account, *_: Any) -> None:
        if account.user_id not in self.evidence.deleted:
            self.evidence.deleted[account.user_id] = self.schedule.now
            self.streams["erase"].add(f"erased#{account.user_id}")

    # What wakes the functions.

    def deliver_stream(self, name: str, most: int = 100, skew: float = 0.0) -> Task | None:
        """The stream's next batch to its function."""
        stream = self.streams[name]
        keys = stream.take(most)
        if not keys:
            return None
        names = ("user_id", "film_id") if name == "plan" else ("pk",)
        records = [
            _stream_record(number, dict(zip(names, key.split(" "), strict=True))) for number, key in enumerate(keys)
        ]

        def ended(result: Any, error: BaseException | None) -> None:
            failures = [] if error else result["batchItemFailures"]
            first = 0 if error else (int(failures[0]["itemIdentifier"]) if failures else None)
            stream.end(first)

        told = sorted({key.split(" ")[0][-2:] for key in keys})
        return self._invoke(name, f"{name} {' '.join(told)}", {"Records": records}, ended, skew)

    def deliver(
        self, name: str, messages: Sequence[Message], skew: float = 0.0, deletion_lost: bool = False
    ) -> Task | None:
        """These ready messages of a queue to its function, as one batch."""
        queue, function = self.queues[name], self.function_of[name]
        taken = queue.receive(messages[: queue.declared.batch])
        if not taken:
            return None

        def ended(result: Any, error: BaseException | None) -> None:
            if error or deletion_lost:
                return
            failed = {one["itemIdentifier"] for one in result["batchItemFailures"]}
            for message in taken:
                if str(message.number) not in failed:
                    queue.delete(message)

        users = [str(_user_of(one.body)) for one in taken]
        label = f"{function} {' '.join(user[-2:] for user in users)}"
        user_id = users[0] if len(users) == 1 else ""
        return self._invoke(function, label, {"Records": [_queue_record(one) for one in taken]}, ended, skew, user_id)

    def sweep(self, skew: float = 0.0) -> Task:
        """The look at who waits."""
        return self._woken_by_the_clock("sweep", skew)

    def look_for_new_films(self, skew: float = 0.0) -> Task:
        """Each is put to the model once."""
        return self._woken_by_the_clock("note_premieres", skew)

    def _woken_by_the_clock(self, name: str, skew: float) -> Task:
        event = {"source": "aws.events", "detail-type": "", "detail": {}, "resources": [], "version": "0", "id": "x",
                 "account": "1", "time": "", "region": "x"}  # fmt: skip
        return self._invoke(name, name, event, lambda *_: None, skew)

    def _invoke(self, name: str, label: str, event: Any, ended: Any, skew: float, user_id: str = "") -> Task:
        context = Context(self.schedule, TIMEOUTS[name])
        run = partial(HANDLERS[name], event, context)
        return self.schedule.start(name, label, run, ended, timeout_seconds=TIMEOUTS[name], skew=skew, user_id=user_id)


class Context:
    """Lambda's, as far as handlers look at it."""

    aws_request_id = "request"

    def __init__(self, schedule: Schedule, seconds: float) -> None:
        self._schedule, self._deadline = schedule, schedule.now + timedelta(seconds=seconds)

    def get_remaining_time_in_millis(self) -> int:
        return int((self._deadline - self._schedule.now).total_seconds() * 1_000)


def cheap_engines() -> dict[tuple[Any, str], Any]:
    """Engines, and the dearest part of a run: an order without merit stands in for them. What is ranked has no
    influence on who waits for what."""
    return {
        (rebuild_module, "rank"): _ranked,
        (rebuild_module, "rank_both"): _ranked_both,
        (rebuild_module, "spread"): lambda films, *_: list(films),
        (rebuild_module, "top_spread"): _popular,
        (rebuild_module, "fresh_steers"): lambda *_: (),
        (rebuild_module, "guard_for"): lambda *_: None,
        (rebuild_module, "doubt"): lambda *_: 0.0,
        (prompt_module, "estimate_tokens"): _estimated_once,
        (token_estimate, "estimate_tokens"): _estimated_once,
    }


_estimated_once = cache(token_estimate.estimate_tokens)


def _ranked(taste: Taste, candidates: Candidates, limit: int) -> list[RankedFilm]:
    because = tuple(one.film_id for one in taste.liked[:1])
    found = [film for film in candidates.films.values() if film.film_id not in taste.rated][:limit]
    return [RankedFilm(film=film, score=1 / (place + 1), because=because) for place, film in enumerate(found)]


def _ranked_both(taste: Taste, candidates: Candidates, limit: int) -> Ranking:
    """The last films are those with few likes, too."""
    found = _ranked(taste, candidates, limit)
    return Ranking(found, found[-10:])


def _popular(top: Sequence[Any], rated: Any, limit: int) -> list[RankedFilm]:
    found = [film for film in top if film.film_id not in rated][:limit]
    return [RankedFilm(film=film, score=1 / (place + 1), ground="popular") for place, film in enumerate(found)]


def _user_of(body: str) -> Any:
    return msgspec.json.decode(body)["user_id"]


def _stream_record(number: int, keys: Mapping[str, str]) -> dict[str, Any]:
    data = {"Keys": {name: {"S": value} for name, value in keys.items()}, "SequenceNumber": str(number),
            "StreamViewType": "KEYS_ONLY", "SizeBytes": 1, "ApproximateCreationDateTime": 0}  # fmt: skip
    return {"eventID": str(number), "eventName": "INSERT", "eventVersion": "1.1", "eventSource": "aws:dynamodb",
            "awsRegion": "region", "eventSourceARN": "arn", "dynamodb": data}  # fmt: skip


def _queue_record(message: Message) -> dict[str, Any]:
    return {"messageId": str(message.number), "body": message.body, "receiptHandle": str(message.number),
            "attributes": {"ApproximateReceiveCount": str(message.receives)}, "messageAttributes": {},
            "md5OfBody": "", "eventSource": "aws:sqs", "eventSourceARN": "arn", "awsRegion": "region"}  # fmt: skip
