"""From everybody's likes to item similarity, swapped in as one new model.

Nothing is changed unless the whole of the new model has been written: whatever fails, yesterday's stays.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.errors import DomainError
from chalicelib.recommendations.item_similarity.learned_site import HeldOutViewer, LearnedSite, held_out_viewers
from chalicelib.recommendations.item_similarity.sql import (
    counted_films,
    learned_films,
    neighbours_sql,
    together_sql,
    viewers_sql,
)
from chalicelib.recommendations.site_model import SiteModel

log = logging.getLogger(__name__)

SHRINK_MOST = 0.5  # a model that knows less than half of yesterday's films is an accident, not a day's change


class NothingLearnedError(DomainError):
    """The new model is empty or much smaller than the one in use, which stays."""


class Engine(Protocol):
    """What runs the queries."""

    def begin(self, sqls: Sequence[str]) -> None:
        """Starts them all, so that they run beside each other: `rows` then waits for each."""

    def rows(self, sql: str) -> Iterable[Mapping[str, str]]:
        """The answer's rows by column name, null as ""."""


type FitWeights = Callable[[LearnedSite, Sequence[HeldOutViewer], SiteModel], SiteModel | None]
"""Chooses the site's weights: what was learned without the held-out likes, those likes, and yesterday's choice. None
with too few viewers to choose by."""


class Learned(NamedTuple):
    """What a run made."""

    version: str
    films: int
    bytes: int
    site: SiteModel


class SimilarityModels(Protocol):
    """The table of item similarity, for the one who writes it."""

    def films_known(self) -> int:
        """How many films the model in use knows; 0 without one."""

    def site(self) -> SiteModel | None:
        """The weights in use and what they reached; None before the first model."""

    def put_model(
        self, films: Iterable[tuple[str, bytes, bytes]], site: SiteModel, films_least: int, now: datetime
    ) -> Learned:
        """Writes a new model beside the one in use, then points the readers to it. Films (id, near scores, whole
        scores, packed) come in the order of their codes. Raises `NothingLearnedError`, the pointer untouched, when
        fewer than `films_least` came."""


class TrainDependencies(NamedTuple):
    """What learning works with."""

    engine: Engine
    store: SimilarityModels
    fit: FitWeights


def learn(parts: TrainDependencies, table: str | None, now: datetime) -> Learned | None:
    """Learns from the engine's table of this name (None: from the tables that it has made of the likes). None on a site
    where nobody has liked anything yet.

    Raises:
        QueryFailedError, NothingLearnedError: nothing was changed.
    """
    queries = [viewers_sql(table)]
    queries += [text(table, held_out=held_out) for held_out in (True, False) for text in (together_sql, neighbours_sql)]
    parts.engine.begin(queries)
    chosen = _weights(parts, table)
    site = _learned_site(parts.engine, table, held_out=False, chosen=chosen)
    known = parts.store.films_known()
    if not known and not site.ids:
        log.info("learn: nobody has liked anything yet")
        return None
    least = max(1, int(known * SHRINK_MOST))
    learned = parts.store.put_model(site.films(), _published(chosen, site), least, now)
    log.info(
        "learn: model %s: %d films, %d bytes; HR@10 of %d viewers' held-out likes %.3f, of plain popularity %.3f; "
        "what was watched counts %.2f",
        learned.version, learned.films, learned.bytes,
        chosen.reached.viewers, chosen.reached.hit_rate, chosen.reached.popularity_hit_rate,
        chosen.watched,
    )  # fmt: skip
    return learned


def _published(chosen: SiteModel, site: LearnedSite) -> SiteModel:
    return msgspec.structs.replace(chosen, recent=site.recent(), liked_by=site.liked_by(), likes=sum(site.likes))


def _weights(parts: TrainDependencies, table: str | None) -> SiteModel:
    """Today's weights, chosen without the likes they are measured by; yesterday's with too few viewers to choose by."""
    yesterday = parts.store.site() or SiteModel()
    viewers = list(held_out_viewers(parts.engine.rows(viewers_sql(table))))
    if not viewers:
        return yesterday
    return (
        parts.fit(_learned_site(parts.engine, table, held_out=True, chosen=yesterday), viewers, yesterday) or yesterday
    )


def _learned_site(engine: Engine, table: str | None, *, held_out: bool, chosen: SiteModel) -> LearnedSite:
    counted = counted_films(engine.rows(together_sql(table, held_out=held_out)))
    near = learned_films(engine.rows(neighbours_sql(table, held_out=held_out)))
    return LearnedSite(near, counted, chosen.ridge, chosen.watched)
