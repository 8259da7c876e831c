"""The learning job's SQL text gives the same rows on a real Trino as on DuckDB, to the last bit."""

import json
import os
import time
import urllib.request
from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

import duckdb
import pytest

from chalicelib.recommendations.item_similarity.sql import neighbours_sql
from infra.local.trino.node import running_node
from infra.operator.train import demo_interactions

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
    """MovieLens' likes and dislikes."""
    return [(one.user_id, one.film_id, int(one.liked), one.rated_at) for one in demo_interactions()]


def inserts(rows: Sequence[Row]) -> Iterator[str]:
    """Our own rows as statements: neither engine's bulk load is what is tested."""
    for some in batched(rows, ROWS_AT_ONCE, strict=False):
        values = ",".join(f"('{user}','{film}',{liked},{at})" for user, film, liked, at in some)
        yield f"INSERT INTO interactions VALUES {values}"  # noqa: S608


def ask(url: str, sql: str) -> list[list[Any]]:
    """All rows of a statement, by Trino's own protocol."""
    headers = {"X-Trino-User": "test", "X-Trino-Catalog": "memory", "X-Trino-Schema": "default"}
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


def test_rows_are_identical_when_trino_and_duckdb_read_the_same_likes(trino: str, interactions: list[Row]) -> None:
    with duckdb.connect() as db:
        for statement in (TABLE, *inserts(interactions)):
            ask(trino, statement)
            db.execute(statement)
        ours = [list(row) for row in db.execute(neighbours_sql()).fetchall()]
    theirs = ask(trino, neighbours_sql())
    assert len(ours) > 6_000
    assert theirs == ours
