"""The product's own way from ratings to lists: its SQL text, its packed model, its taste, candidates and ranking."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.item_similarity.codec import pack, unpack
from chalicelib.recommendations.item_similarity.sql import neighbours_sql
from chalicelib.recommendations.model import NeighbourScores, RankedFilm, Taste
from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.diversity import spread
from chalicelib.recommendations.ranking.scoring import rank
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from tests.bench._movielens import Asked, Ratings, Split
from tests.factories import feedback_with

LATER = datetime(2100, 1, 1, tzinfo=UTC)


type Row = tuple[str, int, list[int] | None, list[int] | None]


def streamed(found: Any) -> Iterator[Row]:
    """DuckDB's answer row by row: as a whole it would outweigh the work itself."""
    while rows := found.fetchmany(500):
        yield from rows


class Model:
    """Neighbours learned by the product's SQL text on DuckDB, kept as the product keeps them."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self.ids: list[str] = []
        self.packed: dict[str, bytes] = {}
        for film_id, _, codes, scores in rows:
            self.ids.append(film_id)
            self.packed[film_id] = pack(codes or (), [score / 1e6 for score in scores or ()])

    def neighbours(self, film_ids: Sequence[str]) -> Mapping[str, NeighbourScores]:
        found = {}
        for film_id in film_ids:
            if packed := self.packed.get(film_id):
                codes, scores = unpack(packed)
                found[film_id] = dict(zip(map(self.ids.__getitem__, codes), scores, strict=True))
        return found


def learn(rows: Sequence[tuple[str, str, int, int]], memory_limit: str = "2GB") -> Model:
    """From rows (user, film id, 1 for a like or 0 for a dislike, microseconds) to the model."""
    import duckdb
    import pandas as pd

    frame = pd.DataFrame(rows, columns=["user_id", "film_id", "liked", "judged_at"])
    with tempfile.TemporaryDirectory() as spill:
        engine: Any = duckdb.connect(config={"threads": 2, "memory_limit": memory_limit, "temp_directory": spill})
        engine.register("given", frame)
        engine.execute("CREATE TABLE judgements AS SELECT * FROM given")
        model = Model(streamed(engine.execute(neighbours_sql())))
        engine.close()
    return model


def rows_of(ratings: Ratings, parts: Split) -> list[tuple[str, str, int, int]]:
    """The learning job's input of a split."""
    return [
        (str(user), ratings.films[one.film].film_id, int(one.liked), int(one.moment.timestamp() * 1_000_000))
        for user, history in parts.learned.items()
        for one in history
        if one.liked or one.disliked
    ]


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
        self.model = learn(rows_of(ratings, parts))

    def ranked(self, asked: Asked, visible: int | None, limit: int) -> tuple[Taste, list[RankedFilm]]:
        """The list of a user of whom only the newest `visible` likes are known (None: all)."""
        start = 0 if visible is None else max(0, len(asked.likes) - visible)
        feedback = [
            _feedback(self.films[film].film_id, self.films[film].titles.main, moment)
            for film, moment in list(zip(asked.likes, asked.moments, strict=True))[start:]
        ]
        taste = taste_of(feedback, LATER)
        return taste, rank(taste, collect(taste, self.catalog, self.model.neighbours), limit)

    def indices(self, ranked: Sequence[RankedFilm]) -> list[int]:
        """The films' places in `Ratings.films`."""
        return [self.place[film.film.film_id] for film in ranked]


def page_rules(taste: Taste, ranked: Sequence[RankedFilm]) -> list[RankedFilm]:
    """The same list with the home page's diversity rules."""
    rules = Settings()
    return spread(ranked, taste, rules.series_or_director_max, rules.exploration_share)


def _feedback(film_id: str, title: str, moment: datetime) -> Feedback:
    return feedback_with(film_id=film_id, title=title, rating="like", updated_at=moment)
