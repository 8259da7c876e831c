"""The learning job's SQL text gives the same rows on a real Trino as on DuckDB, to the last bit."""

import json
import os
import re
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

import duckdb
import pytest

from chalicelib.feedback.adapters.bulk_read import interactions_of
from chalicelib.recommendations.item_similarity.sql import (
    MADE_OF,
    kept_sql,
    neighbours_sql,
    together_sql,
    viewers_sql,
)
from infra.deploy.template.learning import FEEDBACK_ATTRIBUTES, KEPT_COLUMNS
from infra.local.trino.node import running_node
from infra.operator.train import demo_interactions
from tests.exported import NOW, PROOF, exported_items

ROWS_AT_ONCE = 4_000  # a statement of about 400 KB; Trino takes a million characters
QUERY_SECONDS_MAX = 600

type Row = tuple[str, str, int, int]


@pytest.fixture(scope="module")
def trino() -> Iterator[str]:
    if given := os.environ.get("TRINO_URL"):
        yield given
        return
    with running_node(int(os.environ.get("TRINO_PORT", "9260"))) as url:
        yield url


@pytest.fixture(scope="module")
def interactions() -> list[Row]:
    """MovieLens' likes and dislikes, and one film in forty played by somebody else, too."""
    said = [(one.user_id, one.film_id, one.said, one.rated_at) for one in demo_interactions()]
    return [
        *said,
        *((said[-place][0], film, 3 + place % 2, at) for place, (_, film, _, at) in enumerate(said[::40], 1)),
    ]


def inserts(rows: Sequence[Row]) -> Iterator[str]:
    """Our own rows as statements: neither engine's bulk load is what is tested."""
    for some in batched(rows, ROWS_AT_ONCE, strict=False):
        values = ",".join(f"('{user}','{film}',{liked},{at})" for user, film, liked, at in some)
        yield f"INSERT INTO interactions VALUES {values}"  # noqa: S608


def ask(url: str, sql: str, schema: str = "default") -> list[list[Any]]:
    """All rows of a statement, by Trino's own protocol."""
    headers = {"X-Trino-User": "test", "X-Trino-Catalog": "memory", "X-Trino-Schema": schema}
    request = urllib.request.Request(f"{url}/v1/statement", data=sql.encode(), headers=headers)  # noqa: S310
    rows: list[list[Any]] = []
    deadline = time.monotonic() + QUERY_SECONDS_MAX
    while True:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            page = json.load(answer)
        if "error" in page:
            raise AssertionError(f"{page['error']['errorName']}: {page['error']['message']}")
        rows += page.get("data", [])
        if "nextUri" not in page:
            return rows
        assert time.monotonic() < deadline, "the query takes too long"
        request = urllib.request.Request(page["nextUri"], headers=headers)  # noqa: S310


TABLE = "CREATE TABLE interactions (user_id varchar, film_id varchar, liked integer, rated_at bigint)"


def kept_tables() -> Iterator[str]:
    """The tables that the template declares, in the words of both engines' own types."""
    kinds = {"string": "varchar", "int": "integer", "bigint": "bigint"}
    for name, columns in KEPT_COLUMNS.items():
        declared = []
        for column, kind in columns.items():
            inner = kinds[kind.removeprefix("array<").removesuffix(">")]
            declared.append(f"{column} {f'{inner} ARRAY' if '<' in kind else inner}")
        yield f"CREATE TABLE {name} ({', '.join(declared)})"


def test_rows_are_identical_when_trino_and_duckdb_read_the_same_likes(trino: str, interactions: list[Row]) -> None:
    """Through all the tables that are made on the way; the big ones are read once each."""
    fills = kept_sql("01695-abc", PROOF, NOW)
    with duckdb.connect() as db:
        for statement in (TABLE, *inserts(interactions), *kept_tables()):
            ask(trino, statement)
            db.execute(statement)
        ask(trino, f"CREATE TABLE exported (item {ITEM}, export varchar)")
        kind = "STRUCT(" + ", ".join(f"{name} STRUCT(s VARCHAR)" for name in FEEDBACK_ATTRIBUTES) + ")"
        db.execute(f"CREATE TABLE exported (item {kind}, export varchar)")
        number = {one: table_number(trino, one) for one in ("interactions", "exported", *MADE_OF)}
        for name, statement in zip(MADE_OF, fills, strict=True):
            plan = "\n".join(str(row[0]) for row in ask(trino, f"EXPLAIN {statement}"))
            # Whose like is held out is read from two columns, where they are not null.
            scans = "\n".join(line for line in plan.splitlines() if "Scan" in line and "asked_at" not in line)
            read = Counter(re.findall(r"table = memory:(\d+)", scans))
            big = {one: read[number[one]] for one in number if one != "films"}
            inputs = {"exported", *MADE_OF[name]} if name == "histories" else {*MADE_OF[name]}
            assert big == {one: int(one in inputs) for one in big}, plan
            ask(trino, statement)
            db.execute(statement)
        for text in (neighbours_sql, together_sql):
            for held_out in (False, True):
                ours = [list(row) for row in db.execute(text(None, held_out=held_out)).fetchall()]
                assert len(ours) > 6_000
                assert text is neighbours_sql or sum(row[9] for row in ours) > 3_000
                assert ask(trino, text(None, held_out=held_out)) == ours
        ours = [list(row) for row in db.execute(viewers_sql(None)).fetchall()]
        assert ask(trino, viewers_sql(None)) == ours
        assert ask(trino, neighbours_sql()) == [list(row) for row in db.execute(neighbours_sql(None)).fetchall()]


def table_number(url: str, table: str) -> str:
    """What the plans of the memory connector call it."""
    plan = str(ask(url, f"EXPLAIN SELECT * FROM {table}"))  # noqa: S608 - ours
    return str(re.findall(r"table = memory:(\d+)", plan)[0])


def exported_row(item: dict[str, Any], export: str) -> str:
    """A line of an export as a row of Athena's table: a structure by attribute, null where it is missing."""
    parts = [f"ROW('{item[name]['S']}')" if name in item else "NULL" for name in FEEDBACK_ATTRIBUTES]
    return f"(CAST(ROW({', '.join(parts)}) AS {ITEM}), '{export}')"


ITEM = "row(" + ", ".join(f"{name} row(s varchar)" for name in FEEDBACK_ATTRIBUTES) + ")"


def test_likes_are_gathered_from_an_export_as_python_reads_its_items(trino: str) -> None:
    """`gather.sql` on the engine behind Athena; the files' format is what remains to Athena's own reader."""
    schema, items = "gathering", exported_items()
    ask(trino, f"CREATE SCHEMA memory.{schema}")
    for statement in (
        TABLE,
        *kept_tables(),
        "INSERT INTO interactions VALUES ('imported-1', 'film-9', 0, 5)",
        f"CREATE TABLE exported (item {ITEM}, export varchar)",
        f"INSERT INTO exported VALUES {', '.join(exported_row(item, '01695-abc') for item in items)}",  # noqa: S608
        f"INSERT INTO exported VALUES {exported_row(items[-1], '01694-old')}",  # noqa: S608
        *kept_sql("01695-abc", PROOF, NOW),
    ):
        ask(trino, statement, schema)
    by_page = interactions_of(items, PROOF, NOW)
    expected = [[one.user_id, one.film_id, one.said, one.rated_at] for one in by_page]
    rows = ask(trino, "SELECT user_id, film_ids, said, moments FROM histories", schema)
    gathered = [[user, *one] for user, *told in rows for one in zip(*told, strict=True)]
    assert sorted(gathered) == sorted([*expected, ["imported-1", "film-9", 0, 5]])
    for text in (viewers_sql, together_sql, neighbours_sql):
        assert ask(trino, text(None), schema)
