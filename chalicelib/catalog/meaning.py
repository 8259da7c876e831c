"""Films by meaning: vectors of what is told of them, as an embedding model makes them, and which lie nearest another.

A vector is kept in one signed byte a component, scaled to its own longest one. The nearest are found in two steps: by
the signs of the components about the films' middle, 1 bit each, whose Hamming distance goes with the angle (Charikar,
Similarity Estimation Techniques from Rounding Algorithms, STOC 2002); then the best of these by their cosine. So 10,000
films take some milliseconds without any library of numbers. Pure, and the port.
"""

import hashlib
import heapq
from collections.abc import Iterable, Mapping, Sequence
from operator import mul
from typing import NamedTuple, Protocol

import msgspec

from chalicelib.catalog.model import Film

LONGEST = 127  # of a signed byte
DIGEST_BYTES = 8
LOOKED_AT_CLOSELY = 400  # of the demo's films: half as many, or twice, find as much
DESCRIPTION_CHARACTERS = 400  # models take some 500 tokens, and a description begins with what it is about
FILMS_MAX = 40_000  # of 1,024 components 48 MB, which the function that reads them has room for; the best known first


class Vector(msgspec.Struct, frozen=True):
    """One text's, by the model that made it: vectors of different models have nothing to do with each other."""

    model: str
    values: bytes  # signed, one a component


class FilmVectors(msgspec.Struct, frozen=True, kw_only=True):
    """All films' vectors as they are stored: columns, one entry a film. `digests` tell what was embedded."""

    model: str = ""
    components: int = 0
    films: tuple[str, ...] = ()
    digests: bytes = b""
    vectors: bytes = b""
    signs: bytes = b""  # (components + 7) // 8 a film
    middle: tuple[float, ...] = ()  # of the films' vectors, by which signs are told
    day: str = ""  # on which tokens were spent last,
    tokens_on_day: int = 0  # and how many


class Spent(NamedTuple):
    """Tokens of a day that films' vectors have cost."""

    day: str = ""
    tokens: int = 0


class Known(NamedTuple):
    """What was embedded of which film, by film id (`digest_of`), and what that cost on the last day on which there were
    new vectors."""

    digests: Mapping[str, bytes]
    spent: Spent


class FilmVectorStore(Protocol):
    """Where films' vectors lie. Every method may raise `CatalogUnavailableError`."""

    def nearest(self, vector: Vector, limit: int) -> list[str]:
        """Ids of films, nearest in meaning first; none where no vector is of that model and length. What is answered
        may be some minutes old. A vector without length is near nothing."""

    def known(self, model: str) -> Known:
        """What was embedded by this model, and what vectors have cost, as of now."""

    def put(self, model: str, new: Mapping[str, tuple[bytes, bytes]], spent: Spent, gone: Iterable[str] = ()) -> None:
        """Adds or replaces films' vectors, each with its digest, and takes away those that are `gone`. Vectors of
        another model go.

        Raises:
            CatalogChangedError: somebody else has written meanwhile; nothing is changed.
        """


def film_text(film: Film) -> str:
    """What is embedded of a film: what it is called, its kind, and how its description begins. Not who made it, when or
    where: the catalogue finds that by itself."""
    titles = " / ".join(dict.fromkeys((*film.titles.all(), *film.alternative_titles[:2])))
    told = f" {film.description[:DESCRIPTION_CHARACTERS]}" if film.description else ""
    return f"{titles}. {', '.join(film.genres)}.{told}" if film.genres else f"{titles}.{told}"


def digest_of(text: str) -> bytes:
    """Tells whether a film has to be embedded anew."""
    return hashlib.sha256(text.encode()).digest()[:DIGEST_BYTES]


def in_bytes(components: Sequence[float]) -> bytes:
    """A vector in signed bytes; all zeros for one without length."""
    longest = max(map(abs, components), default=0.0)
    scale = LONGEST / longest if longest else 0.0
    return bytes(round(value * scale) & 0xFF for value in components)


def with_new(
    held: FilmVectors, model: str, new: Mapping[str, tuple[bytes, bytes]], spent: Spent, gone: Iterable[str] = ()
) -> FilmVectors:
    """The same with these vectors in it, signs told anew. One of another length than the others is left out."""
    rows = rows_of(held) if held.model == model else {}
    for film_id in gone:
        rows.pop(film_id, None)
    rows |= new
    components = len(next(iter(rows.values()))[1]) if rows else 0
    kept = {film_id: row for film_id, row in rows.items() if len(row[1]) == components}
    vectors = [vector for _, vector in kept.values()]
    middle = _middle(vectors, components)
    return FilmVectors(
        model=model,
        components=components,
        films=tuple(kept),
        digests=b"".join(digest for digest, _ in kept.values()),
        vectors=b"".join(vectors),
        signs=b"".join(_signs(vector, middle) for vector in vectors),
        middle=middle,
        day=spent.day,
        tokens_on_day=spent.tokens,
    )


def known_in(held: FilmVectors, model: str) -> Known:
    """What is known of the films by that model."""
    digests = {film_id: digest for film_id, (digest, _) in rows_of(held).items()} if held.model == model else {}
    return Known(digests, Spent(held.day, held.tokens_on_day))


def rows_of(held: FilmVectors) -> dict[str, tuple[bytes, bytes]]:
    """Digest and vector by film id."""
    size = held.components
    return {
        film_id: (
            held.digests[at * DIGEST_BYTES : (at + 1) * DIGEST_BYTES],
            held.vectors[at * size : (at + 1) * size],
        )
        for at, film_id in enumerate(held.films)
    }


class Nearest:
    """Films' vectors, ready to be asked."""

    def __init__(self, held: FilmVectors) -> None:
        self._held = held
        size = (held.components + 7) // 8
        self._signs = [int.from_bytes(held.signs[at : at + size]) for at in range(0, len(held.signs), size or 1)]

    def __call__(self, vector: Vector, limit: int) -> list[str]:
        held, size = self._held, self._held.components
        if not held.films or vector.model != held.model or len(vector.values) != size or not any(vector.values):
            return []
        asked = int.from_bytes(_signs(vector.values, held.middle))
        apart = [(asked ^ own).bit_count() for own in self._signs]
        near = heapq.nsmallest(max(limit, LOOKED_AT_CLOSELY), range(len(apart)), key=apart.__getitem__)
        said, all_ = memoryview(vector.values).cast("b"), memoryview(held.vectors).cast("b")
        cosines = ((_cosine(said, all_[at * size : (at + 1) * size]), at) for at in near)
        scored = [(cosine, at) for cosine, at in cosines if cosine is not None]
        return [held.films[at] for _, at in heapq.nsmallest(limit, scored, key=lambda one: (-one[0], one[1]))]


def _cosine(one: Sequence[int], other: Sequence[int]) -> float | None:
    """Up to the length of the first, which is the same for all; None for a vector without length."""
    squared = sum(map(mul, other, other))
    return float(sum(map(mul, one, other)) / squared**0.5) if squared else None


def _middle(vectors: Sequence[bytes], components: int) -> tuple[float, ...]:
    sums = [0] * components
    for vector in vectors:
        sums = list(map(int.__add__, sums, memoryview(vector).cast("b")))
    return tuple(one / len(vectors) for one in sums)


def _signs(vector: bytes, middle: Sequence[float]) -> bytes:
    """A bit a component: whether it lies above the middle."""
    number = 0
    for value, mean in zip(memoryview(vector).cast("b"), middle, strict=True):
        number = number << 1 | (value > mean)
    return number.to_bytes((len(middle) + 7) // 8)
