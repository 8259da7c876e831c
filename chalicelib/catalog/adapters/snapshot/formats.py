"""What a film's row looks like in a snapshot: format 3, which is written, and format 2 of 0.1 and 0.2, which is read.

A row of format 3 has its film's document packed, with what documents have in common left to a dictionary that the
snapshot holds once; ids as 16 bytes; and beside the document what is looked at of many films at once. Descriptions lie
apart (`descriptions.py`). A connection knows its snapshot's format by SQLite's `user_version`.
"""

import re
import sqlite3
import zlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.catalog.flat_fields import document_of, film_of_json
from chalicelib.catalog.model import Film, without_description
from chalicelib.catalog.similarity import told_stems

FORMAT = 3  # part of a snapshot's name: older code never opens what it cannot read
WITHOUT_NUMBER = 2  # what 0.1 and 0.2 wrote said no number

# Weights in bm25 by trial on the judged queries (tests/search).
_WEIGHTS = {"names": 10.0, "stems": 5.0, "sounds": 3.0, "people": 4.0, "description": 0.5, "tags": 1.0}
# FTS5 spends two bytes on each word of a column other than the first, and most words are a description's.
TEXTS = ("description", "names", "stems", "sounds", "people", "tags")
_TEXTS_OF_2 = tuple(_WEIGHTS)

DICTIONARY_FILMS, DICTIONARY_BYTES = 60, 2**15  # deflate looks back no farther
_RAW = -15  # deflate without header and checksum: the snapshot has one of its own
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Restrictions(msgspec.Struct, frozen=True, gc=False):
    """What the rule of `availability.py` looks at."""

    age_rating: int | None = None
    available_from: datetime | None = None
    available_until: datetime | None = None
    regions: tuple[str, ...] = ()


_restrictions, _UNRESTRICTED = msgspec.json.Decoder(Restrictions), Restrictions()


class Format:
    """How one snapshot writes films."""

    def __init__(self, number: int = FORMAT, dictionary: bytes = b"") -> None:
        self.number, self.dictionary = number, dictionary
        self.is_packed = number > WITHOUT_NUMBER
        texts = TEXTS if self.is_packed else _TEXTS_OF_2
        self.bm25 = f"bm25(texts, {', '.join(str(_WEIGHTS[name]) for name in texts)})"
        self.restrictions = "f.restricted" if self.is_packed else "f.doc"
        self.words = "f.words" if self.is_packed else "NULL"

    def key_of(self, film_id: str) -> str | bytes:
        """The id as the rows have it: half as long where it is a UUID, in the same order."""
        return bytes.fromhex(film_id.replace("-", "")) if self.is_packed and _ID.fullmatch(film_id) else film_id

    def film_id_of(self, key: str | bytes) -> str:
        """The id of a row."""
        if isinstance(key, str):
            return key
        digits = key.hex()
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def packed(self, film: Film) -> bytes:
        """The film's document as the rows have it."""
        if not self.is_packed:
            return msgspec.json.encode(document_of(film))
        packer = zlib.compressobj(9, zlib.DEFLATED, _RAW, 9, zlib.Z_DEFAULT_STRATEGY, self.dictionary)
        return packer.compress(_undescribed(film)) + packer.flush()

    def document(self, doc: bytes) -> bytes:
        """A row's document as JSON; 3 µs."""
        return zlib.decompressobj(_RAW, self.dictionary).decompress(doc) if self.is_packed else doc

    def film(self, doc: bytes) -> Film:
        """The film of a row, without its description."""
        return without_description(self.held_film(doc))

    def held_film(self, doc: bytes) -> Film:
        """The film as the row has it: in format 2 with its description."""
        return film_of_json(self.document(doc))


def format_of(db: sqlite3.Connection) -> Format:
    """The format of a snapshot that is open."""
    (number,) = db.execute("PRAGMA user_version").fetchone()
    if number <= WITHOUT_NUMBER:
        return Format(WITHOUT_NUMBER)
    return Format(number, *db.execute("SELECT dictionary FROM packing").fetchone())


def format_for(films: Sequence[Film]) -> Format:
    """The format that is written, with a dictionary from a sample of these films."""
    sample = films[:: max(1, len(films) // DICTIONARY_FILMS)]
    return Format(FORMAT, b"".join(map(_undescribed, sample))[-DICTIONARY_BYTES:])


def restrictions_of(film: Film) -> int | bytes | None:
    """What the rule of `availability.py` looks at: an age alone, JSON when there is more, None if nothing is known."""
    known = {name: getattr(film, name) for name in Restrictions.__struct_fields__}
    given = {name: value for name, value in known.items() if value not in (None, ())}
    if given.keys() <= {"age_rating"}:
        return film.age_rating
    return msgspec.json.encode(given)


def read_restrictions(restricted: int | bytes | None) -> Restrictions:
    """What `restrictions_of` says, or the document of a row of format 2 (2 µs)."""
    if isinstance(restricted, bytes):
        return _restrictions.decode(restricted)
    return _UNRESTRICTED if restricted is None else Restrictions(age_rating=restricted)


def words_of(film: Film) -> bytes | None:
    """The stems of the description, each as two bytes: by these films are compared (`similarity.py`). Of 160 pairs of
    films with twenty words each, one pair seems to have a word in common that it has not. None: no description."""
    if film.description is None:
        return None
    return b"".join(sorted({(zlib.crc32(stem.encode()) & 0xFFFF).to_bytes(2, "little") for stem in told_stems(film)}))


def read_words(words: bytes) -> frozenset[int]:
    """The stems of `words_of`, as numbers."""
    return frozenset(memoryview(words).cast("H"))


def _undescribed(film: Film) -> bytes:
    return msgspec.json.encode({name: value for name, value in document_of(film).items() if name != "description"})
