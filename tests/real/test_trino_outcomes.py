"""What days came to, counted by the same text on a real Trino as on DuckDB."""

import random
from datetime import timedelta
from itertools import batched

import duckdb
import pytest

from chalicelib.outcomes.count import cells_sql
from infra.deploy.template.learning import EVENT_COLUMNS
from tests.factories import NOW
from tests.real.test_trino_item_similarity import ask, trino

__all__ = ["trino"]

KINDS = ("shown", "shown", "shown", "opened", "started", "finished", "liked", "disliked")
DAY = NOW.date()


def events(count: int) -> list[tuple[object, ...]]:
    """Three days of a busy few, some told twice."""
    draw = random.Random(11)
    rows: list[tuple[object, ...]] = []
    for _ in range(count):
        moment = NOW - timedelta(hours=36) + timedelta(seconds=draw.randrange(72 * 3_600))
        version, film = draw.choice("uvw"), draw.choice("abcdefgh")
        kind = draw.choice(KINDS)
        source = {"u": "gigachat", "v": "personal", "w": ""}[version] if kind == "shown" else ""
        rows.append((f"viewer {draw.randrange(40)}", kind, film, int(moment.timestamp() * 1_000_000), source,
                     ord(film) % 7 * 10, "home", "", version, moment.date().isoformat()))  # fmt: skip
    return [*rows, *rows[::5]]


@pytest.mark.parametrize("back", [0, 1])
def test_cells_are_identical_when_trino_and_duckdb_read_the_same_events(trino: str, back: int) -> None:
    kinds = {"string": "varchar", "int": "integer", "bigint": "bigint"}
    columns = ", ".join(f"{name} {kinds[kind]}" for name, kind in EVENT_COLUMNS.items())
    text = cells_sql(DAY - timedelta(days=back))
    ask(trino, "DROP TABLE IF EXISTS events")
    with duckdb.connect() as db:
        statements = [f"CREATE TABLE events ({columns}, day varchar)"]
        for some in batched(events(4_000), 1_000, strict=False):
            statements.append(f"INSERT INTO events VALUES {', '.join(map(str, some))}")  # noqa: S608 - our own rows
        for statement in statements:
            ask(trino, statement)
            db.execute(statement)
        ours = [list(row) for row in db.execute(text).fetchall()]
        assert len(ours) > 10
        assert sum(row[4] for row in ours) > 300
        assert ask(trino, text) == ours
