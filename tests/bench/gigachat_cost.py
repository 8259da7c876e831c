"""What GigaChat costs: MovieLens likes replayed by their real timestamps on a simulated clock.

The real planner, rebuild, ask and sweep run; table, queues, model and catalogue are fakes. Last line: one JSON object.

    python -m tests.bench.gigachat_cost [--events N]
"""

import argparse
import contextlib
import heapq
import io
import json
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import replace
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count, islice, zip_longest

from chalicelib.catalog.model import Film
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.ask import AskDependencies, ask
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.llm.prompt import build_prompt
from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.rebuild import Dependencies, ranked_list, rebuild
from chalicelib.recommendations.sweep import sweep
from chalicelib.settings import Settings
from infra.catalog.sources.demo import demo_films, demo_ratings
from tests.factories import feedback_with
from tests.fake_lanes import FakeItemSimilarity, FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget, FakeModel
from tests.fakes import FakeCatalog, FakeFeedbackStore

LIKED_STARS = 4.0
STREAM_SECONDS, QUEUE_SECONDS, CALL_SECONDS = 0.5, 0.2, 5.0
SWEEP_SECONDS = 3_600
QUIET_DAYS = 3
REBUILD_POOL, QUESTION_POOL = 6, 150


class GenreCatalog(FakeCatalog):
    """The fake catalogue with a `similar` quick enough for fifty thousand lists: the most rated of the seeds' genres.

    `pool` is how many films it knows at once. A rebuild gets a few, because what is ranked has no influence on when the
    model is asked; a question gets as many as in earnest."""

    def __init__(self, films: Sequence[Film]) -> None:
        super().__init__(films)
        self.pool = REBUILD_POOL
        self._top = super().top(QUESTION_POOL)
        self._by_genre: dict[str, list[Film]] = defaultdict(list)
        for film in films:
            for genre in film.genres:
                self._by_genre[genre].append(film)

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        return super().get_many(film_ids) if self.pool > REBUILD_POOL else {}

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        genres = sorted({genre for film_id in film_ids for genre in self.films[film_id].genres})
        rows = zip_longest(*(self._by_genre[genre][: 3 * self.pool] for genre in genres))
        found = {film.film_id: film for row in rows for film in row if film and film.film_id not in film_ids}
        return list(found.values())[: min(limit, self.pool)]

    def top(self, limit: int = 100) -> list[Film]:
        return self._top[: min(limit, self.pool)]


@dataclass
class World:
    """Everything on one simulated clock. `calls` are the moments at which each user's taste was put to the model."""

    settings: Settings
    films: Sequence[Film]
    now: datetime = datetime(1990, 1, 1, tzinfo=UTC)
    calls: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    prompts: list[Prompt] = field(default_factory=list)
    sweeps: int = 0

    def __post_init__(self) -> None:
        self.store, self.outbox, self.feedback = FakeRecommendationStore(), FakeOutbox(), FakeFeedbackStore()
        self.catalog = GenreCatalog(self.films)
        budget = FakeBudget(10**12)
        self.gate = Gate(self.store, self.outbox, budget, self.settings)
        self.dependencies = Dependencies(
            self.store, self.feedback, self.catalog, FakeItemSimilarity(), self.outbox, self.settings, self.gate
        )
        model = FakeModel()
        self.asking = ""

        def note(prompt: Prompt) -> ModelReply:
            self.calls[self.asking].append(self.now)
            self.prompts.append(prompt)
            return replies.ask(prompt, 0)

        replies = FakeModel()
        model.replies = note
        self.ask_dependencies = AskDependencies(self.dependencies, lambda: model, budget, lambda: self.now)
        self._agenda: list[tuple[datetime, int, Rebuild | Ask | Feedback | None, str]] = []
        self._ticket = count()
        self._lane_free: dict[str, datetime] = {}

    def at(self, moment: datetime, what: Rebuild | Ask | Feedback | None, user_id: str = "") -> None:
        """Puts something on the agenda; None is the hourly sweep."""
        heapq.heappush(self._agenda, (moment, next(self._ticket), what, user_id))

    def run(self, until: datetime | None = None) -> None:
        """Works off the agenda up to a moment."""
        while self._agenda and (until is None or self._agenda[0][0] <= until):
            self.now, _, what, user_id = heapq.heappop(self._agenda)
            if isinstance(what, Feedback):
                self.feedback.put(user_id, what, self.feedback.find(user_id, what.film_id))
                plan(self.store, self.outbox, [user_id], self.now)
            elif isinstance(what, Rebuild):
                rebuild(self.dependencies, what.user_id, self.now)
            elif isinstance(what, Ask):
                self.asking, self.catalog.pool = what.user_id, QUESTION_POOL
                ask(self.ask_dependencies, what.user_id, 60)
                self.catalog.pool = REBUILD_POOL
            else:
                self.sweeps += 1
                sweep(self.gate, self.now)
            self._deliver()

    def _deliver(self) -> None:
        for message in self.outbox.rebuilds:
            self.at(self.now + timedelta(seconds=STREAM_SECONDS + QUEUE_SECONDS), message)
        for question in self.outbox.asks:
            lane = question.lane(self.settings.llm_parallel)
            starts = max(self._lane_free.get(lane, self.now), self.now + timedelta(seconds=QUEUE_SECONDS))
            self._lane_free[lane] = starts + timedelta(seconds=CALL_SECONDS)
            self.at(starts, question)
        self.outbox.rebuilds.clear()
        self.outbox.asks.clear()


def likes() -> Iterator[tuple[str, Feedback]]:
    """MovieLens likes, oldest first: user and feedback."""
    for one in demo_ratings():
        if one.rating >= LIKED_STARS:
            moment = datetime.fromtimestamp(one.timestamp, UTC)
            yield (
                str(one.user_id),
                feedback_with(film_id=one.film_id, title=one.title, year=one.year, rating="like", updated_at=moment),
            )


def most_in_a_window(moments: Iterable[datetime], seconds: float) -> int:
    """The most calls in any half-open window of that length."""
    ordered = sorted(moments)
    most = start = 0
    for end, moment in enumerate(ordered):
        while (moment - ordered[start]).total_seconds() >= seconds:
            start += 1
        most = max(most, end - start + 1)
    return most


def heavy_question(world: World) -> Prompt:
    """The question about a viewer with 200 likes: the most rated films."""
    rows = enumerate(world.films[:200])
    given = [
        feedback_with(
            film_id=film.film_id,
            title=film.titles.main,
            year=film.year,
            rating="like",
            updated_at=world.now - timedelta(minutes=place),
        )
        for place, film in rows
    ]
    taste = taste_of(given, world.now)
    world.catalog.pool = 10 * QUESTION_POOL
    return build_prompt(taste, ranked_list(world.dependencies, taste), "ru", 1)


def measure(events: int | None) -> dict[str, object]:
    """Replays and counts."""
    # The cooldown alone shall hold; the sweep comes hourly here, so each admits what sixty would.
    settings = replace(Settings(), ask_per_user_and_day=24, ask_lane_depth=720)
    world = World(settings, demo_films())
    replayed = list(islice(likes(), events))
    first, last = replayed[0][1].updated_at, replayed[-1][1].updated_at
    for user_id, feedback in replayed:
        world.at(feedback.updated_at, feedback, user_id)
    settled_at = last + timedelta(seconds=settings.ask_cooldown_seconds + 2 * SWEEP_SECONDS)
    end = settled_at + timedelta(days=QUIET_DAYS)
    moment = first
    while moment < end:
        world.at(moment, None)
        moment += timedelta(seconds=SWEEP_SECONDS)
    world.run(settled_at)
    calls = len(world.prompts)
    for user_id in world.store.records:  # nothing has changed, but messages come twice
        world.at(world.now, Rebuild(user_id=user_id, changed_at=world.now))
        world.at(world.now, Ask(user_id=user_id, taste_hash="", window=0))
    world.run()
    spans: dict[str, list[datetime]] = defaultdict(list)
    for user_id, feedback in replayed:
        spans[user_id].append(feedback.updated_at)
    heavy = heavy_question(world)
    variable = max([heavy.variable_tokens, *(prompt.variable_tokens for prompt in world.prompts)])
    prompts = [prompt.prompt_tokens for prompt in world.prompts]
    return {
        "feedback_events": len(replayed),
        "active_user_hours": len({(user_id, int(one.updated_at.timestamp()) // 3_600) for user_id, one in replayed}),
        "calls": calls,
        "calls_per_100_feedback": round(100 * calls / len(replayed), 2),
        "prompt_tokens_per_call": round(sum(prompts) / max(1, len(prompts)), 1),
        "calls_when_nothing_changed": len(world.prompts) - calls,
        "seed_loop_calls": sum(int((max(m) - min(m)).total_seconds() // 3_600) + 1 for m in spans.values()),
        "max_calls_per_user_and_cooldown": max(
            (most_in_a_window(moments, settings.ask_cooldown_seconds) for moments in world.calls.values()), default=0
        ),
        "variable_prompt_tokens": variable,
        "max_prompt_tokens": max([heavy.prompt_tokens, *prompts]),
        "prompt_tokens_200_likes": heavy.prompt_tokens,
        "sweeps": world.sweeps,
    }


def main() -> None:
    """Prints the figures; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.gigachat_cost")
    parser.add_argument("--events", type=int, help="replay only the first N likes")
    began = time.monotonic()
    with contextlib.redirect_stdout(io.StringIO()):  # the metrics that the steps print
        found = measure(parser.parse_args().events)
    found["seconds"] = round(time.monotonic() - began, 1)
    print(f"{found['calls']} calls for {found['feedback_events']} likes; a naive loop makes {found['seed_loop_calls']}")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
