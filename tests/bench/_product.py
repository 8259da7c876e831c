"""The product's own way from ratings to lists: its SQL text, its packed model, its taste, candidates and ranking."""

import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from chalicelib.feedback.model import Feedback, Rating
from chalicelib.recommendations.fit_site import fit_site
from chalicelib.recommendations.item_similarity.learned_site import DAY, LearnedSite, held_out_viewers
from chalicelib.recommendations.item_similarity.sql import (
    INTERACTIONS,
    counted_films,
    learned_films,
    neighbours_sql,
    together_sql,
    viewers_sql,
)
from chalicelib.recommendations.model import RankedFilm, Taste
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.diversity import spread
from chalicelib.recommendations.ranking.premieres import with_drawn
from chalicelib.recommendations.ranking.scoring import Ranking, rank_both
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.site_model import RIDGE, Similarities, SiteModel
from chalicelib.settings import Settings
from tests.bench._movielens import Asked, Ratings, Split
from tests.factories import feedback_with

LATER = datetime(2100, 1, 1, tzinfo=UTC)


type Row = tuple[str, str, int, int]
"""User, film id, 1 for a like, 0 for a dislike or 2 for a film only seen, microseconds."""


class DuckEngine:
    """The learning job's queries on DuckDB, as CSV would give their answers."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def rows(self, sql: str) -> Iterator[Mapping[str, str]]:
        """Row by row: as a whole the answer would outweigh the work itself."""
        found = self.connection.execute(sql)
        names = [column[0] for column in found.description]
        while batch := found.fetchmany(500):
            for row in batch:
                yield {name: "" if value is None else str(value) for name, value in zip(names, row, strict=True)}


class Model:
    """A site learned as the nightly job learns it, its weights chosen by its own viewers; lists are made from it as
    the product makes them."""

    def __init__(self, site: LearnedSite, chosen: SiteModel | None) -> None:
        self.site, self.chosen = site, chosen or SiteModel()
        self.days_ago = -1.0
        self.newest = 0
        self.counts_likes = True  # without that, no film is known to have few likes
        self.for_lovers_of: Mapping[str, Sequence[str]] = {}  # what a model has said of new films

    def lately_liked(self) -> Sequence[str]:
        """As the table would have it."""
        return msgspec.structs.replace(self.chosen, recent=self.site.recent(self.days_ago)).lately_liked

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        """At the moment that `at` has set; before any, now."""
        found = self.site.similarities(film_ids, self.chosen.weights, self.days_ago, self.chosen.few)
        found = msgspec.structs.replace(found, for_lovers_of=self.for_lovers_of)
        return found if self.counts_likes else msgspec.structs.replace(found, likes_of=None)

    def at(self, moment: datetime) -> None:
        """The next questions are asked at that moment: later likes of others do not count as recent."""
        self.days_ago = max(-1.0, (self.newest - moment.timestamp() * 1e6) / DAY)


def learn(rows: Sequence[Row], catalog: Catalog | None = None, memory_limit: str = "2GB") -> Model:
    """From interactions to the model. With a catalogue the weights are chosen too, else they are the start's."""
    import duckdb
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["user_id", "film_id", "liked", "rated_at"])
    with tempfile.TemporaryDirectory() as spill:
        connection: Any = duckdb.connect(config={"threads": 2, "memory_limit": memory_limit, "temp_directory": spill})
        connection.register("given_rows", frame)
        connection.execute("CREATE TABLE interactions AS SELECT * FROM given_rows")
        engine = DuckEngine(connection)
        chosen = None
        if catalog is not None:
            viewers = list(held_out_viewers(engine.rows(viewers_sql())))
            chosen = fit_site(learned_site(engine), viewers, SiteModel(), catalog) if viewers else None
        model = Model(learned_site(engine, held_out=False, ridge=chosen.ridge if chosen else RIDGE), chosen)
        model.newest = max((rated_at for _, _, liked, rated_at in rows if liked == 1), default=0)
        connection.close()
    return model


def learned_site(
    engine: DuckEngine, *, held_out: bool = True, ridge: float = RIDGE, table: str | None = INTERACTIONS
) -> LearnedSite:
    """What the job learns, without or with the likes that its viewers are asked about."""
    counted = counted_films(engine.rows(together_sql(table, held_out=held_out)))
    return LearnedSite(learned_films(engine.rows(neighbours_sql(table, held_out=held_out))), counted, ridge)


def rows_of(ratings: Ratings, parts: Split) -> list[Row]:
    """The learning job's input of a split."""
    return [
        (str(user), ratings.films[one.film].film_id, 1 if one.liked else 0 if one.disliked else 2,
         int(one.moment.timestamp() * 1_000_000))
        for user, history in parts.learned.items()
        for one in history
    ]  # fmt: skip


class RememberingCatalog(EmbeddedCatalog):
    """The embedded catalogue, asked every question once: a bench repeats what a site spreads over weeks."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._similar: dict[tuple[str, ...], list[Film]] = {}
        self._films: dict[str, Film] = {}

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        key = (str(limit), *film_ids)
        if key not in self._similar:
            self._similar[key] = super().similar(film_ids, limit)
        return self._similar[key]

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        missing = [film_id for film_id in film_ids if film_id not in self._films]
        if missing:
            self._films |= super().get_many(missing)
        return {film_id: self._films[film_id] for film_id in film_ids if film_id in self._films}


class Product:
    """Ranks for a user as `rebuild` does, over the embedded catalogue. What a film's viewers are is counted from what
    is learned from alone."""

    def __init__(self, ratings: Ratings, parts: Split, folder: Path) -> None:
        self.films = ratings.films
        self.place = {film.film_id: index for index, film in enumerate(ratings.films)}
        votes = Counter(one.film for history in parts.learned.values() for one in history)
        self.catalog = RememberingCatalog(f"sqlite:///{folder}/catalog.sqlite")
        self.catalog.replace_all(
            msgspec.structs.replace(film, audience_votes=votes[index]) for index, film in enumerate(ratings.films)
        )
        self.model = learn(rows_of(ratings, parts), self.catalog)

    def ranked(self, asked: Asked, visible: int | None, limit: int) -> tuple[Taste, list[RankedFilm]]:
        """The list of a user of whom only the newest `visible` likes are known (None: all that was said)."""
        taste, ranking = self.ranking(asked, visible, limit)
        return taste, ranking.films

    def ranking(self, asked: Asked, visible: int | None, limit: int) -> tuple[Taste, Ranking]:
        """The same with the films that have few likes."""
        said = asked.said if visible is None else [one for one in asked.said if one.liked][-visible:]
        feedback = [
            _feedback(self.films[one.film].film_id, self.films[one.film].titles.main, one.moment,
                      "like" if one.liked else "dislike" if one.disliked else "seen")
            for one in said
        ]  # fmt: skip
        taste = taste_of(feedback, LATER)
        self.model.at(asked.moment)
        return taste, rank_both(taste, collect(taste, self.catalog, self.model.similarities), limit)

    def indices(self, ranked: Sequence[RankedFilm]) -> list[int]:
        """The films' places in `Ratings.films`."""
        return [self.place[film.film.film_id] for film in ranked]


def page_rules(taste: Taste, ranked: Sequence[RankedFilm]) -> list[RankedFilm]:
    """The same list with the home page's diversity rules."""
    rules = Settings()
    return spread(ranked, taste, rules.series_or_director_max, rules.exploration_share)


def published(user: str, taste: Taste, ranking: Ranking) -> list[RankedFilm]:
    """The list as it would be stored for this user, and what is ranked behind it."""
    films, rules = page_rules(taste, ranking.films), Settings()
    page = with_drawn(films[: rules.list_size_max], ranking.premieres, f"{user} 1", rules.series_or_director_max)
    shown = {one.film.film_id for one in page}
    return [*page, *(one for one in films if one.film.film_id not in shown)]


def _feedback(film_id: str, title: str, moment: datetime, rating: Rating) -> Feedback:
    return feedback_with(film_id=film_id, title=title, rating=rating, updated_at=moment)
