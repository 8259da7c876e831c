"""Both lanes on fakes and a clock that a test moves: likes in, home page out."""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.catalog.model import Film
from chalicelib.recommendations.ask import AskDependencies, ask
from chalicelib.recommendations.home import HomePage, home_page
from chalicelib.recommendations.llm.allowance import common_tokens_most
from chalicelib.recommendations.llm.port import Model
from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.recommendations.plan import plan
from chalicelib.recommendations.questions.admission import Gate, shares_of
from chalicelib.recommendations.rebuild import Dependencies, rebuild
from chalicelib.recommendations.sweep import sweep
from chalicelib.settings import Settings
from tests.factories import NOW, feedback, film
from tests.fake_lanes import FakeItemSimilarity, FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget, FakeModel
from tests.fakes import FakeCatalog, FakeFeedbackStore

GENRES = ("Drama", "Comedy", "Horror")


def some_films(count: int = 90) -> list[Film]:
    """Films of three genres, well voted."""
    return [
        film(
            f"{GENRES[place % 3]} no {place}",
            genres=(GENRES[place % 3],),
            year=1950 + place % 60,
            imdb_rating=8.0 - place / 100,
            imdb_votes=100_000 - place,
            directors=(f"Director {place}",),
        )
        for place in range(count)
    ]


class Lanes:
    """Everything between a like and the home page."""

    def __init__(self, films: Sequence[Film] | None = None, model: Model | None = None, **settings: object) -> None:
        self.now = NOW
        self.films = list(films or some_films())
        self.catalog = FakeCatalog(self.films)
        self.store, self.outbox = FakeRecommendationStore(), FakeOutbox()
        self.fake_model = FakeModel()
        self.model: Model | None = model or self.fake_model
        self.settings = replace(Settings(), **({"ask_first_pause_seconds": 0} | settings))  # type: ignore[arg-type]
        per_day = self.settings.budget_tokens_per_day
        self.feedback = FakeFeedbackStore()
        self.budget = FakeBudget(per_day, common_tokens_most(per_day, shares_of(self.settings)))
        self.gate = Gate(self.store, self.outbox, self.budget, self.settings)
        self.dependencies = Dependencies(
            self.store, self.feedback, self.catalog, FakeItemSimilarity(), self.outbox, self.settings, self.gate
        )
        self.ask_dependencies = AskDependencies(self.dependencies, lambda: self.model, self.budget, lambda: self.now)
        self.outcomes: list[str] = []

    def like(self, title: str, user_id: str = "user", **fields: Any) -> None:
        """One word of a viewer, now; a like unless told otherwise."""
        held = next((one for one in self.films if one.titles.main == title), None)
        known: dict[str, Any] = {"year": held.year} if held else {}
        item = feedback(title, **(known | {"updated_at": self.now} | fields))
        self.feedback.put(user_id, item, self.feedback.find(user_id, item.film_id))
        plan(self.store, self.outbox, [user_id], self.now)

    def outdate(self, user_id: str = "user") -> None:
        """The list becomes one from before 0.3, which knows not what it is made of: the next hint makes it anew."""
        held = self.store.read(user_id)
        assert held.list_
        self.store.records[user_id] = replace(held, list_=replace(held.list_, made_of=""))

    def changed(self, user_id: str = "user") -> None:
        """What the stream says when an item changes."""
        plan(self.store, self.outbox, [user_id], self.now)

    def like_some(self, count: int = 3, user_id: str = "user") -> None:
        """The first films of the catalogue."""
        for one in self.films[:count]:
            self.like(one.titles.main, user_id)

    def deliver(self, copies: int = 1, each_ask: Callable[[Ask], None] | None = None) -> list[str]:
        """Works off both queues, each message that often. Returns how this delivery's questions ended."""
        outcomes: list[str] = []
        self.outbox.rebuilds += [one for at, one in self.outbox.delayed if at <= self.now]
        self.outbox.delayed = [(at, one) for at, one in self.outbox.delayed if at > self.now]
        while self.outbox.rebuilds or self.outbox.asks:
            while self.outbox.rebuilds:
                message = self.outbox.rebuilds.pop(0)
                for _ in range(copies):
                    self.rebuild(message)
            if self.outbox.asks:
                question = self.outbox.asks.pop(0)
                if each_ask:
                    each_ask(question)
                outcomes += [ask(self.ask_dependencies, question.user_id, 60) for _ in range(copies)]
        self.outcomes += outcomes
        return outcomes

    def rebuild(self, message: Rebuild) -> None:
        """One delivery of one hint."""
        rebuild(self.dependencies, message.user_id, self.now)

    def fast_lane(self) -> None:
        """Works off the hints alone."""
        while self.outbox.rebuilds:
            self.rebuild(self.outbox.rebuilds.pop(0))

    def sweep(self) -> int:
        """The look each minute at who waits. Returns how many questions it admitted."""
        return sweep(self.gate, self.now).questions

    def wait(self, **time: float) -> None:
        """Moves the clock."""
        self.now += timedelta(**time)

    def page(self, user_id: str = "user") -> HomePage:
        """What the viewer sees."""
        return home_page(self.store, self.feedback, lambda: self.catalog.top(100), user_id, "ru", 100, None, self.now)

    def spent_tokens(self, moment: datetime | None = None) -> int:
        """The ledger of the day."""
        return self.budget.ledger(moment or self.now).tokens
