"""How the site is doing right now: what was asked and what it cost, who waits, what is held and what was learned."""

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.catalog.model import CatalogFacts, CatalogUnavailableError
from chalicelib.outcomes.model import Tallies
from chalicelib.outcomes.tallies import lists_of, questions_of
from chalicelib.recommendations.item_similarity.daily import PastRun, Run
from chalicelib.recommendations.llm.budget import DayLedger
from chalicelib.recommendations.site_model import SiteModel
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

COUNTED_MAX = 1_000  # of those who wait, in each part of their index: some ten read units at the most


class Questions(msgspec.Struct, frozen=True, kw_only=True):
    """Questions to the model on this UTC day, by how they ended; how many are queued or running, and how many viewers
    wait for one, now or when their rest is over."""

    today: int
    by_outcome: Mapping[str, int]
    open: int
    waiting: int


class Money(msgspec.Struct, frozen=True, kw_only=True):
    """What the day's answers cost, by the price that was stated when deploying and the service's own count of tokens.
    Calls that brought nothing may cost up to `lost` tokens more."""

    amount: float
    currency: str


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Of this UTC day. `reserved`: for questions that have not ended; `lost`: of those used, the reservations of calls
    that brought nothing, of which nobody knows what they cost."""

    used: int
    lost: int
    reserved: int
    budget: int
    money: Money


class Lists(msgspec.Struct, frozen=True, kw_only=True):
    """How many viewers' lists are by each source."""

    by_source: Mapping[str, int]


class QueueState(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting`: messages, those in somebody's hands included. `oldest_seconds`: null where nobody measures it. `dead`:
    what could not be done."""

    waiting: int
    oldest_seconds: int | None
    dead: int


class Catalogue(msgspec.Struct, frozen=True, kw_only=True):
    """All null while the catalogue does not answer. `withdrawn`: one by one, since it was loaded."""

    films: int | None
    loaded_at: datetime | None
    withdrawn: int | None


class Learning(msgspec.Struct, frozen=True, kw_only=True):
    """The model of item similarity in use: when it was made, and of how many likes. Null before the first."""

    learned_at: datetime | None
    likes: int | None
    hit_rate: float | None  # HR@10 on likes that were not learned from
    popularity_hit_rate: float | None  # of plain popularity on the same
    runs: tuple[PastRun, ...]  # of the last month, the latest last


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The operator's first screen."""

    at: datetime
    questions: Questions
    tokens: Tokens
    lists: Lists
    queues: Mapping[str, QueueState]
    catalogue: Catalogue
    learning: Learning


class Queues(Protocol):
    """All queues of the stack."""

    def states(self, now: datetime) -> Mapping[str, QueueState]:
        """By name."""


class Waiting(Protocol):
    """Who waits for a question (of `RecommendationStore`)."""

    def count_open(self, now: datetime, limit: int) -> int:
        """How many questions are queued or running."""

    def count_waiting(self, limit: int) -> int:
        """How many viewers wait for one."""


class Parts(NamedTuple):
    """What a status is made of."""

    ledger: Callable[[datetime], DayLedger]
    tallies: Tallies
    queues: Queues
    catalog_facts: Callable[[], CatalogFacts]
    learned: Callable[[], tuple[datetime, SiteModel] | None]
    runs: Callable[[], Run]
    waiting: Waiting
    settings: Settings


def status(parts: Parts, now: datetime) -> Status:
    """All of it. Some 25 read units, two requests for each queue and one for their ages."""
    by_outcome = questions_of(parts.tallies, now.astimezone(UTC).date())
    return Status(
        at=now,
        questions=Questions(
            today=sum(by_outcome.values()),
            by_outcome=by_outcome,
            open=parts.waiting.count_open(now, COUNTED_MAX),
            waiting=parts.waiting.count_waiting(COUNTED_MAX),
        ),
        tokens=_tokens(parts.ledger(now), parts.settings),
        lists=Lists(by_source=lists_of(parts.tallies)),
        queues=parts.queues.states(now),
        catalogue=_catalogue(parts.catalog_facts),
        learning=_learning(parts.learned(), parts.runs().past),
    )


def _tokens(ledger: DayLedger, settings: Settings) -> Tokens:
    amount = round(ledger.answered_tokens * settings.roubles_per_million_tokens / 1e6, 2)
    return Tokens(
        used=ledger.tokens - ledger.reserved_tokens,
        lost=ledger.lost_tokens,
        reserved=ledger.reserved_tokens,
        budget=settings.budget_tokens_per_day,
        money=Money(amount=amount, currency="RUB"),
    )


def _catalogue(facts: Callable[[], CatalogFacts]) -> Catalogue:
    """An operator looks when something is wrong: one part that is away does not hide the others."""
    try:
        found = facts()
    except CatalogUnavailableError:
        log.warning("the catalogue does not answer; the status is told without it")
        return Catalogue(films=None, loaded_at=None, withdrawn=None)
    return Catalogue(films=found.films, loaded_at=found.loaded_at, withdrawn=found.withdrawn)


def _learning(learned: tuple[datetime, SiteModel] | None, runs: tuple[PastRun, ...]) -> Learning:
    if learned is None:
        return Learning(learned_at=None, likes=None, hit_rate=None, popularity_hit_rate=None, runs=runs)
    at, site = learned
    return Learning(
        learned_at=at,
        likes=site.likes,
        hit_rate=site.reached.hit_rate,
        popularity_hit_rate=site.reached.popularity_hit_rate,
        runs=runs,
    )
