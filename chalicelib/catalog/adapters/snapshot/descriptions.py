"""Descriptions beside a snapshot, in a file of their own that stays where it lies: one is read when its film is opened.

They are most of a catalogue's text, and no list, no search and no ranking shows them. The file is packed in blocks of
some fifty; the snapshot says where each block lies and what its SHA-256 is, so what is read is checked although the
file is never read as a whole. Films that changed since have theirs in the snapshot's table `told` (`overlay.py`).
"""

import hashlib
import itertools
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError

BLOCK_BYTES = 32 * 2**10  # before it is packed: 10 KB to read, which takes S3 no longer than one byte
BLOCKS_AT_ONCE = 100  # of all, where all are read: 1 MB

SCHEMA = """
CREATE TABLE blocks (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, start INTEGER NOT NULL, size INTEGER NOT NULL,
  sha256 BLOB NOT NULL);
CREATE TABLE told (film INTEGER PRIMARY KEY, description TEXT NOT NULL);
"""

type Read = Callable[[int, int], bytes]
"""So many bytes of the file, from there on."""


class Block(NamedTuple):
    """Where the descriptions of the films with these row numbers lie; a row of `blocks`."""

    first: int
    last: int
    start: int
    size: int
    sha256: bytes


class Built(NamedTuple):
    """The two files of a finished snapshot."""

    snapshot: Path
    descriptions: Path


def beside(snapshot: Path) -> Path:
    """Where the descriptions of a snapshot that is built at that path lie."""
    return snapshot.with_name(f"{snapshot.name}.descriptions")


def write_descriptions(told: Iterable[tuple[int, str]], path: Path) -> Iterator[Block]:
    """Writes descriptions, by row number in order, and says where each block of them came to lie."""
    with path.open("wb") as file:
        for some in _in_blocks(told):
            packed = zlib.compress(msgspec.msgpack.encode(some), 9)
            start = file.tell()
            file.write(packed)
            yield Block(min(some), max(some), start, len(packed), hashlib.sha256(packed).digest())


def _in_blocks(told: Iterable[tuple[int, str]]) -> Iterator[dict[int, str]]:
    some: dict[int, str] = {}
    size = 0
    for number, description in told:
        some[number] = description
        size += len(description.encode())
        if size >= BLOCK_BYTES:
            yield some
            some, size = {}, 0
    if some:
        yield some


def block_with(db: sqlite3.Connection, number: int) -> Block | None:
    """Where the description of the film with that row number lies; None when it has none there."""
    row = db.execute("SELECT * FROM blocks WHERE first <= ? ORDER BY first DESC LIMIT 1", (number,)).fetchone()
    return block if row and number <= (block := Block(*row)).last else None


def opened_block(block: Block, packed: bytes) -> dict[int, str]:
    """The descriptions of a block by row number.

    Raises:
        CatalogUnavailableError: these are not the bytes that were written.
    """
    if hashlib.sha256(packed).digest() != block.sha256:
        raise CatalogUnavailableError("The catalogue's descriptions are missing or damaged.")
    return msgspec.msgpack.decode(zlib.decompress(packed), type=dict[int, str])


def all_descriptions(db: sqlite3.Connection, read: Read) -> Iterator[tuple[int, str]]:
    """Every description by row number, in order: of the file, some blocks at once, then of films that changed since."""
    blocks = map(Block._make, db.execute("SELECT * FROM blocks ORDER BY first").fetchall())
    for some in itertools.batched(blocks, BLOCKS_AT_ONCE, strict=False):
        start = some[0].start
        raw = read(start, some[-1].start + some[-1].size - start)
        for block in some:
            at = block.start - start
            yield from sorted(opened_block(block, raw[at : at + block.size]).items())
    yield from db.execute("SELECT film, description FROM told ORDER BY film").fetchall()
