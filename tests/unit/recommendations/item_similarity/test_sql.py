"""The learning job's texts: their answers are those of the former texts to the last bit, and read the likes once."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import duckdb
import pandas as pd
import pytest

from chalicelib.recommendations.item_similarity.sql import (
    MADE_OF,
    kept_sql,
    neighbours_sql,
    together_sql,
    viewers_sql,
)
from infra.deploy.template.learning import FEEDBACK_ATTRIBUTES, KEPT_COLUMNS
from infra.operator.train import demo_interactions
from tests.exported import NOW, PROOF

FORMER = {
    neighbours_sql: {False: "7f0b4a20a72ad3cc", True: "18e1888976949df3"},
    together_sql: {False: "1ff3850c47ad629c", True: "0bda41c69c43bb16"},
}
"""The beginnings of SHA-256 over what the texts of 0.2, which joined the likes with themselves, gave for the demo's
100,004 likes, by whether the held-out likes were left out."""
FORMER_VIEWERS = "757dd3ebbd4f8de3"
JUDGED = "user_id varchar, film_id varchar, liked integer, rated_at bigint"


@pytest.fixture(scope="module")
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    """With the demo's likes, and an export that says nothing."""
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(f"CREATE TABLE interactions ({JUDGED})")
        rows = pd.DataFrame([(one.user_id, one.film_id, one.said, one.rated_at) for one in demo_interactions()])
        connection.register("demo", rows)
        connection.execute("INSERT INTO interactions SELECT * FROM demo")
        kind = "STRUCT(" + ", ".join(f"{name} STRUCT(S VARCHAR)" for name in FEEDBACK_ATTRIBUTES) + ")"
        connection.execute(f"CREATE TABLE exported (item {kind}, export varchar)")
        # A plan leaves out what is known to be empty.
        connection.execute("INSERT INTO exported VALUES (NULL, '01695-abc')")
        for name, columns in KEPT_COLUMNS.items():
            declared = [f"{column} {_kind(kind)}" for column, kind in columns.items()]
            connection.execute(f"CREATE TABLE {name} ({', '.join(declared)})")
        yield connection


def _kind(kind: str) -> str:
    name = kind.removeprefix("array<").removesuffix(">")
    return {"string": "varchar", "int": "integer", "bigint": "bigint"}[name] + ("[]" if "<" in kind else "")


def test_the_template_declares_the_tables_that_are_made() -> None:
    assert list(KEPT_COLUMNS) == list(MADE_OF)


@pytest.fixture(scope="module")
def kept(db: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """The same after a run of the job."""
    for statement in kept_sql("01695-abc", PROOF, NOW):
        db.execute(statement)
    return db


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("text", FORMER)
def test_answers_are_those_of_the_former_texts_to_the_last_bit(
    kept: duckdb.DuckDBPyConnection, text: Any, held_out: bool
) -> None:
    assert digest(kept, text(None, held_out=held_out)) == FORMER[text][held_out]


def plays(rows: list[tuple[str, str, int, int]]) -> list[tuple[str, str, int, int]]:
    """A tenth of what was judged, played by somebody else, too."""
    users = sorted({user for user, *_ in rows})
    next_one = dict(zip(users, users[1:] + users[:1], strict=True))
    ordered = sorted(rows, key=lambda row: (row[3], row[0], row[1]))
    return [(next_one[user], film, 3 + place % 2, at) for place, (user, film, _, at) in enumerate(ordered[::10])]


@pytest.mark.parametrize("held_out", [False, True])
def test_what_was_watched_changes_nothing_but_its_own_columns(held_out: bool) -> None:
    """A fifth of the demo's viewers."""
    said = [(one.user_id, one.film_id, one.said, one.rated_at) for one in demo_interactions()]
    some = set(sorted({user for user, *_ in said})[::5])
    said = [row for row in said if row[0] in some]
    with duckdb.connect(config={"threads": 2}) as db:
        db.execute(f"CREATE TABLE interactions ({JUDGED})")

        def tell(rows: list[tuple[str, str, int, int]]) -> None:
            db.register("rows", pd.DataFrame(rows))
            db.execute("INSERT INTO interactions SELECT * FROM rows")

        def answers() -> tuple[str, str]:
            return digest(db, viewers_sql()), digest(db, neighbours_sql(held_out=held_out))

        tell(said)
        plain, before = db.execute(together_sql(held_out=held_out)).fetchall(), answers()
        tell(plays(said))
        told, after = db.execute(together_sql(held_out=held_out)).fetchall(), answers()
    assert after == before
    assert sum(row[9] for row in told) > 1_000
    assert not any(row[9] or any(row[10] or ()) for row in plain)
    for row, alone in zip(told, plain, strict=True):
        counts = {code: count for code, count in zip(row[4] or (), row[5] or (), strict=True) if count}
        counts_alone = dict(zip(alone[4] or (), alone[5] or (), strict=True))
        assert (row[:4], counts, row[6:9]) == (alone[:4], counts_alone, alone[6:9])


def test_what_was_watched_is_counted_as_what_was_said_beside_it() -> None:
    """Five viewers like a film; of another, two have said nothing and seen it to its end, one began to play it."""
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE interactions ({JUDGED})")
        rows = [(f"u{user}", "liked", 1, user) for user in range(5)]
        rows += [("u9", "played", 1, 9), ("u0", "played", 4, 10), ("u1", "played", 4, 11), ("u2", "played", 3, 12)]
        rows += [("u0", "seen", 2, 13), ("u9", "seen", 1, 14), ("u0", "begun", 3, 15), ("u9", "begun", 1, 16)]
        db.executemany("INSERT INTO interactions VALUES (?, ?, ?, ?)", rows)
        found = {}
        for film, _, _, viewed, others, counts, _, _, _, watched, shared in db.execute(together_sql()).fetchall():
            together = dict(zip(others or (), zip(counts or (), shared or (), strict=True), strict=True))
            found[film] = (viewed, together, watched)
    assert [found[film][0] for film in ("liked", "played", "seen", "begun")] == [20, 4, 5, 4]
    assert [found[film][2] for film in ("liked", "played", "seen", "begun")] == [0, 9, 0, 1]
    code = {film: number for number, film in enumerate(["liked", "begun", "played", "seen"])}
    assert found["played"][1] == {code["liked"]: (0, 4 + 4 + 2), code["begun"]: (4, 2)}
    assert found["seen"][1] == {code["liked"]: (2, 0), code["played"]: (4, 2), code["begun"]: (4, 1)}


def test_viewers_are_those_of_the_former_text(kept: duckdb.DuckDBPyConnection) -> None:
    assert digest(kept, viewers_sql(None)) == FORMER_VIEWERS == digest(kept, viewers_sql())


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("text", FORMER)
def test_answers_are_the_same_when_a_query_makes_its_tables_by_itself(text: Any, held_out: bool) -> None:
    """As where the engine cannot keep any: a site of a few viewers is enough to see it."""
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE interactions ({JUDGED})")
        rows = [
            (f"u{user}", f"f{(user * 7 + place) % 9}", place % 3, place) for user in range(20) for place in range(8)
        ]
        db.executemany("INSERT INTO interactions VALUES (?, ?, ?, ?)", rows)
        by_itself = db.execute(text(held_out=held_out)).fetchall()
        db.execute("CREATE TABLE judged AS SELECT * FROM interactions")
        assert db.execute(text("judged", held_out=held_out)).fetchall() == by_itself
    assert len(by_itself) == 9
    assert any(row[2] for row in by_itself)


def digest(db: duckdb.DuckDBPyConnection, sql: str) -> str:
    columns = 9 if "shared" in sql.rpartition("SELECT")[2] else None  # the later ones are of what was watched
    return sha256(repr([row[:columns] for row in db.execute(sql).fetchall()]).encode()).hexdigest()[:16]


def scans(db: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[str, set[str]]]:
    """The tables that a statement's plan reads, once for each time, with the columns."""
    (_, plan) = db.execute(f"EXPLAIN (FORMAT json) {sql}").fetchall()[0]
    found, left = [], json.loads(plan)
    while left:
        node = left.pop()
        left += node.get("children", [])
        info = node.get("extra_info", {})
        if "Table" in info:
            columns = info.get("Projections", [])
            found.append((info["Table"].rpartition(".")[2], {columns} if isinstance(columns, str) else set(columns)))
    return found


def test_the_likes_are_read_once_and_histories_once_by_each_statement(db: duckdb.DuckDBPyConnection) -> None:
    """The big ones. Whose like is held out is known from two columns of histories, without films or moments."""
    histories, *others = kept_sql("01695-abc", PROOF, NOW)
    assert sorted(table for table, _ in scans(db, histories)) == ["exported", "interactions"]
    for statement in others:
        tables = scans(db, statement)
        assert not {"exported", "interactions"} & {table for table, _ in tables}
        whole = [columns for table, columns in tables if table == "histories" and "film_ids" in columns]
        small = [columns for table, columns in tables if table == "histories" and "film_ids" not in columns]
        assert len(whole) == ("histories" in MADE_OF[statement.split()[2]]), statement
        assert all(columns == {"user_id", "asked_at"} for columns in small)
        assert [table for table, _ in tables].count("pairs") == ("pairs" in MADE_OF[statement.split()[2]])
