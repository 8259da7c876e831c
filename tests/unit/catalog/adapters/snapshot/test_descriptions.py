"""Descriptions in a file of their own: found by row number, and refused when they are not what was written."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.descriptions import (
    BLOCK_BYTES,
    BLOCKS_AT_ONCE,
    SCHEMA,
    all_descriptions,
    block_with,
    opened_block,
    write_descriptions,
)
from chalicelib.catalog.model import CatalogUnavailableError

TOLD = {number: f"{number} " * 900 for number in range(1, 3_000) if number % 3}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as db:
        db.executescript(SCHEMA)
        db.executemany("INSERT INTO blocks VALUES (?, ?, ?, ?, ?)", write_descriptions(TOLD.items(), tmp_path / "told"))
        yield db


def read(folder: Path, start: int, size: int) -> bytes:
    return (folder / "told").read_bytes()[start : start + size]


def test_each_is_found_in_a_block_of_little_more_than_its_size(db: sqlite3.Connection, tmp_path: Path) -> None:
    for number in (1, 2, 100, 1_499, 2_999, 3, 1_500):
        block = block_with(db, number)
        told = opened_block(block, read(tmp_path, block.start, block.size)) if block else {}
        assert told.get(number) == TOLD.get(number)
        assert sum(map(len, told.values())) < BLOCK_BYTES + 900 * 5
    assert block_with(db, 0) is block_with(db, 3_000) is None, "a film that came since is in no block"


def test_all_come_in_order_and_in_few_requests(db: sqlite3.Connection, tmp_path: Path) -> None:
    db.execute("INSERT INTO told VALUES (5000, 'Anew')")
    requests: list[int] = []

    def noted(start: int, size: int) -> bytes:
        requests.append(size)
        return read(tmp_path, start, size)

    assert list(all_descriptions(db, noted)) == [*TOLD.items(), (5_000, "Anew")]
    (blocks,) = db.execute("SELECT count(*) FROM blocks").fetchone()
    assert len(requests) == -(-blocks // BLOCKS_AT_ONCE) == 3
    assert sum(requests) == (tmp_path / "told").stat().st_size


def test_nothing_is_told_when_a_byte_is_another_one(db: sqlite3.Connection, tmp_path: Path) -> None:
    block = block_with(db, 1)
    assert block
    packed = bytearray(read(tmp_path, block.start, block.size))
    packed[len(packed) // 2] ^= 1
    for damaged in (bytes(packed), b"", bytes(packed[:-1])):
        with pytest.raises(CatalogUnavailableError):
            opened_block(block, damaged)
