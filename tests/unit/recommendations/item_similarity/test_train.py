"""From likes to item similarity, through the product's SQL text on DuckDB and the stores on moto."""

import csv
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import duckdb
import msgspec
import pytest

from chalicelib.feedback.model import Interaction
from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity
from chalicelib.recommendations.item_similarity.sql import (
    CountedFilm,
    counted_films,
    neighbours_sql,
    together_sql,
    viewers_sql,
)
from chalicelib.recommendations.item_similarity.train import NothingLearnedError, TrainDependencies, learn
from chalicelib.recommendations.site_model import Similarities
from tests.factories import NOW, film_id
from tests.tables import table


class DuckEngine:
    """The engine of the tests: the same text, the same CSV."""

    def __init__(self, interactions: Sequence[Interaction]) -> None:
        self.interactions = interactions
        self.begun: list[str] = []

    def begin(self, sqls: Sequence[str]) -> None:
        self.begun = list(sqls)

    def rows(self, sql: str) -> Iterator[Mapping[str, str]]:
        with duckdb.connect() as db:
            db.execute("CREATE TABLE interactions (user_id varchar, film_id varchar, liked integer, rated_at bigint)")
            rows = [(one.user_id, one.film_id, one.said, one.rated_at) for one in self.interactions]
            if rows:
                db.executemany("INSERT INTO interactions VALUES (?, ?, ?, ?)", rows)
            found = db.execute(sql)
            names = [column[0] for column in found.description or []]
            text = io.StringIO()
            writer = csv.writer(text)
            writer.writerows([names, *found.fetchall()])
        text.seek(0)
        return csv.DictReader(text)


def history(user: str, *titles: str, dislikes: tuple[str, ...] = ()) -> list[Interaction]:
    """Likes in this order, then dislikes."""
    liked = [Interaction(user, film_id(title), True, place) for place, title in enumerate(titles)]
    return liked + [Interaction(user, film_id(title), False, len(titles)) for title in dislikes]


@pytest.fixture
def store() -> Iterator[DynamoItemSimilarity]:
    with table("NeighboursTable") as name:
        yield DynamoItemSimilarity(name)


def parts(store: DynamoItemSimilarity, rows: list[Interaction]) -> TrainDependencies:
    return TrainDependencies(DuckEngine(rows), store, lambda *_: None)


def near(store: DynamoItemSimilarity, title: str) -> dict[str, float]:
    found = store.similarities([film_id(title)]).near.get(film_id(title), {})
    names = {film_id(name): name for name in ("A", "B", "C", "D", "E")}
    return {names[known]: score for known, score in found.items()}


def test_close_likes_are_nearer_when_all_were_liked_once(store: DynamoItemSimilarity) -> None:
    learn(parts(store, history("u", "A", "B", "C", "D", "E")), "interactions", NOW)
    scores = near(store, "A")
    assert list(scores) == ["B", "C", "D", "E"]
    assert scores["B"] > scores["E"] > 0


def test_what_follows_is_nearer_than_what_came_before_when_a_film_stands_between(store: DynamoItemSimilarity) -> None:
    learn(parts(store, history("u", "A", "B", "C")), "interactions", NOW)
    assert near(store, "B")["C"] > near(store, "B")["A"]


def test_a_dislike_counts_against_when_others_like_both(store: DynamoItemSimilarity) -> None:
    liked = history("u", "A", "B") + history("v", "A", "B") + history("w", "A", "C") + history("x", "A", "C")
    learn(parts(store, liked), "interactions", NOW)
    assert near(store, "A")["B"] == pytest.approx(near(store, "A")["C"], abs=1e-4)
    learn(parts(store, liked + history("y", "A", dislikes=("B",))), "interactions", NOW + timedelta(days=1))
    assert near(store, "A")["B"] < near(store, "A")["C"]


def test_readers_follow_to_the_new_model_when_it_is_whole(store: DynamoItemSimilarity) -> None:
    learn(parts(store, history("u", "A", "B")), "interactions", NOW)
    assert list(near(store, "A")) == ["B"]
    learn(parts(store, history("u", "A", "C")), "interactions", NOW + timedelta(days=1))
    assert list(near(store, "A")) == ["C"]
    assert near(store, "B") == {}


def test_a_films_likes_are_read_as_they_were_counted(store: DynamoItemSimilarity) -> None:
    liked = [*history("u", "A", "B", "C", dislikes=("D",)), *history("v", "A", "B"), *history("w", "A")]
    learn(parts(store, liked), "interactions", NOW)
    likes_of = store.similarities([film_id("A")]).likes_of
    assert likes_of is not None
    assert [likes_of(film_id(title)) for title in "ABCDE"] == [3, 2, 1, 0, 0]


def test_likes_are_not_known_when_the_model_was_stored_before_they_were_counted(store: DynamoItemSimilarity) -> None:
    learn(parts(store, history("u", "A", "B")), "interactions", NOW)
    pointer = store.items.get("current")
    site = msgspec.json.decode(zlib.decompress(pointer.site))
    del site["liked_by"]
    pointer.site = zlib.compress(msgspec.json.encode(site))
    pointer.save()
    assert store.similarities([film_id("A")]).likes_of is None


def test_at_most_two_round_trips_are_made_when_similar_films_are_read(
    store: DynamoItemSimilarity, monkeypatch: pytest.MonkeyPatch
) -> None:
    learn(parts(store, history("u", "A", "B", "C", "D", "E")), "interactions", NOW)
    trips: list[int] = []
    batch_get = store.items.batch_get

    def counted(keys: Any) -> Any:
        trips.append(len(keys))
        return batch_get(keys)

    monkeypatch.setattr(store.items, "batch_get", counted)
    sources = [film_id(name) for name in ("A", "B", "C", "D", "E")]
    assert len(store.similarities(sources).near) == 5
    assert len(trips) == 2
    store.similarities(sources)
    assert len(trips) == 3


def test_yesterdays_model_stays_when_the_new_one_is_empty(store: DynamoItemSimilarity) -> None:
    learn(parts(store, history("u", "A", "B", "C")), "interactions", NOW)
    with pytest.raises(NothingLearnedError):
        learn(parts(store, []), "interactions", NOW + timedelta(days=1))
    assert list(near(store, "A")) == ["B", "C"]


def test_yesterdays_model_stays_when_writing_breaks_off(store: DynamoItemSimilarity) -> None:
    learn(parts(store, history("u", "A", "B")), "interactions", NOW)

    class Broken(DuckEngine):
        def rows(self, sql: str) -> Iterator[Mapping[str, str]]:
            if sql != neighbours_sql():
                yield from super().rows(sql)
                return
            yield next(iter(super().rows(sql)))
            raise ConnectionError

    broken = TrainDependencies(Broken(history("u", "A", "C")), store, lambda *_: None)
    with pytest.raises(ConnectionError):
        learn(broken, "interactions", NOW + timedelta(days=1))
    assert list(near(store, "A")) == ["B"]


def test_a_site_where_nobody_has_liked_anything_yet_is_no_failure(store: DynamoItemSimilarity) -> None:
    assert learn(parts(store, []), "interactions", NOW) is None
    assert learn(parts(store, [Interaction("u", film_id("A"), False, 1)]), "interactions", NOW) is None, "a dislike"
    assert store.films_known() == 0


def test_all_queries_run_beside_each_other(store: DynamoItemSimilarity) -> None:
    """One after the other they would not fit into the function's time; one that is not begun would be waited for."""

    asked: list[str] = []

    class Counting(DuckEngine):
        def rows(self, sql: str) -> Iterator[Mapping[str, str]]:
            asked.append(sql)
            return super().rows(sql)

    engine = Counting(history("u", "A", "B", "C", "D", "E"))
    learn(TrainDependencies(engine, store, lambda *_: None), "interactions", NOW)
    assert sorted(asked) == sorted(engine.begun)
    assert len(set(engine.begun)) == 5


def test_another_table_is_read_when_it_is_named() -> None:
    for text in (
        neighbours_sql("judged"),
        neighbours_sql("judged", held_out=True),
        together_sql("judged", held_out=True),
        viewers_sql("judged"),
    ):
        code = re.sub("--.*", "", text)
        assert "FROM judged" in code
        assert "interactions" not in code


def test_nothing_is_near_when_nothing_was_ever_learned(store: DynamoItemSimilarity) -> None:
    assert store.similarities([film_id("A")]) == Similarities()


def counted(rows: list[Interaction]) -> dict[str, CountedFilm]:
    """`together.sql`'s rows by title."""
    names = {film_id(title): title for title in "ABC"}
    return {names[film.film_id]: film for film in counted_films(DuckEngine(rows).rows(together_sql()))}


def test_a_film_only_seen_counts_half_beside_a_like() -> None:
    rows = history("u", "A", "B", "C")  # likes all
    rows += [*history("v", "A"), Interaction("v", film_id("B"), None, 5), Interaction("v", film_id("C"), False, 6)]
    films = counted(rows)
    shared = {
        frozenset((title, other)): count
        for title, film in films.items()
        for other, count in zip(
            [next(name for name, one in films.items() if one.code == code) for code in film.partner_codes],
            film.partner_counts,
            strict=True,
        )
    }
    assert shared == {frozenset("AB"): 4 + 2, frozenset("AC"): 4 + 2, frozenset("BC"): 4 + 1}
    assert {title: (film.likes, film.viewed) for title, film in films.items()} == {
        "A": (2, 8),
        "B": (1, 5),
        "C": (1, 5),
    }


def test_a_film_only_seen_is_none_in_the_middle_of_likes_that_stand_near_each_other(
    store: DynamoItemSimilarity,
) -> None:
    learn(parts(store, history("u", "A", "B")), "interactions", NOW)
    plain = near(store, "A")
    rows = [Interaction("u", film_id("A"), True, 0), Interaction("u", film_id("B"), True, 9)]
    seen = [Interaction("u", film_id("D"), None, 3), Interaction("u", film_id("E"), None, 5)]
    learn(parts(store, rows + seen), "interactions", NOW + timedelta(days=1))
    assert near(store, "A") == plain, "it neither is a neighbour nor stands between two"
