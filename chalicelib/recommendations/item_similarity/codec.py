"""A learned model as data: films by code, and each film's most similar ones packed into a few bytes. Pure.

A film id is 16 bytes that no compression shortens; a code (0 for the most liked film) takes about two. So a film's 500
similar films need under 2 KB, and the codes' film ids are kept once for the whole model, in chunks.
"""

import struct
import zlib
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

_HEAD = struct.Struct("<fI")  # the strongest score, and how many films follow
_SIGNED_STEPS = 32_767
_STEPS = 65_535  # scores are kept as shares of the strongest one, in 16 bits
CHUNK_FILMS = 4_096  # 64 KB of film ids: six chunks stay below DynamoDB's 400 KB and 100,000 films need 25


class LearnedFilm(msgspec.Struct, frozen=True):
    """One row of the learned model: similar films, strongest first, scores in millionths."""

    film_id: str
    code: int
    similar_codes: Sequence[int]
    scores: Sequence[int]


def pack(codes: Sequence[int], scores: Sequence[float]) -> bytes:
    """Similar films, strongest first, as bytes."""
    if not codes:
        return b""
    strongest = scores[0]
    shares = array("H", (max(1, round(_STEPS * score / strongest)) for score in scores))
    return zlib.compress(_HEAD.pack(strongest, len(codes)) + array("I", codes).tobytes() + shares.tobytes(), 9)


def unpack(packed: bytes) -> tuple[Sequence[int], list[float]]:
    """Codes and scores as `pack` got them, scores within 1/65,535 of the strongest."""
    if not packed:
        return (), []
    raw = zlib.decompress(packed)
    strongest, count = _HEAD.unpack_from(raw)
    codes, shares = array("I"), array("H")
    middle = _HEAD.size + 4 * count
    codes.frombytes(raw[_HEAD.size : middle])
    shares.frombytes(raw[middle:])
    step = strongest / _STEPS
    return codes, [share * step for share in shares]


def pack_signed(codes: Sequence[int], scores: Sequence[float]) -> bytes:
    """Scores that may be negative, the strongest by size first, as bytes."""
    if not codes:
        return b""
    strongest = abs(scores[0]) or 1.0
    shares = array("h", (round(_SIGNED_STEPS * score / strongest) for score in scores))
    return zlib.compress(_HEAD.pack(strongest, len(codes)) + array("I", codes).tobytes() + shares.tobytes(), 9)


def unpack_signed(packed: bytes) -> tuple[Sequence[int], list[float]]:
    """Codes and scores as `pack_signed` got them, scores within 1/32,767 of the strongest."""
    if not packed:
        return (), []
    raw = zlib.decompress(packed)
    strongest, count = _HEAD.unpack_from(raw)
    codes, shares = array("I"), array("h")
    middle = _HEAD.size + 4 * count
    codes.frombytes(raw[_HEAD.size : middle])
    shares.frombytes(raw[middle:])
    step = strongest / _SIGNED_STEPS
    return codes, [share * step for share in shares]


def pack_ids(film_ids: Iterable[str]) -> list[bytes]:
    """Film ids in the order of their codes, as chunks of at most `CHUNK_FILMS`."""
    raw = b"".join(UUID(film_id).bytes for film_id in film_ids)
    size = 16 * CHUNK_FILMS
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def unpack_ids(chunks: Iterable[bytes]) -> list[str]:
    """Film ids by code."""
    raw = b"".join(chunks)
    ids = []
    for start in range(0, len(raw), 16):
        text = raw[start : start + 16].hex()
        ids.append(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")
    return ids


class CountedLikes:
    """Each film's likes, from what a model keeps of them: its films stand in the order of their likes. Which place a
    film has is worked out when it is first asked for: 100,000 films take 10 ms and 5 MB."""

    def __init__(self, ids: Sequence[str], liked_by: Sequence[int]) -> None:
        """`liked_by`: how many films have at least 1, 2, … likes."""
        self._ids, self._fewest_first = ids, list(reversed(liked_by))
        self._places: dict[str, int] = {}

    def __call__(self, film_id: str) -> int:
        """As many as are counted, at most."""
        self._places = self._places or {one: place for place, one in enumerate(self._ids)}
        place = self._places.get(film_id)
        return 0 if place is None else len(self._fewest_first) - bisect_right(self._fewest_first, place)


class UnpackedScores(Mapping[str, Mapping[str, float]]):
    """Each film's scores by film id, unpacked when they are first asked for: of a long history's films not all are."""

    def __init__(
        self,
        packed: Mapping[str, bytes],
        unpack: Callable[[bytes], tuple[Sequence[int], list[float]]],
        ids: Sequence[str],
    ) -> None:
        self._packed, self._unpack, self._ids = packed, unpack, ids
        self._unpacked: dict[str, Mapping[str, float]] = {}

    def __getitem__(self, film_id: str) -> Mapping[str, float]:
        if film_id not in self._unpacked:
            codes, scores = self._unpack(self._packed[film_id])
            self._unpacked[film_id] = dict(zip(map(self._ids.__getitem__, codes), scores, strict=True))
        return self._unpacked[film_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)
