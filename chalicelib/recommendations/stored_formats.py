"""A stored list → bytes and back, whichever version wrote it. Only here is known what earlier lists looked like.

Format 1 (0.1): a film's card lay flat beside its ground, with `title`, `title_ru` and `title_en`, default values left
out; a cause was its three titles. Format 2 (0.2): `StoredList` as it is. Format 3: film ids and, column by column, why
each is there; cards and titles lie elsewhere (`adapters/cards.py`). A list of any format may lack later fields.
"""

import logging
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, get_args

import msgspec

from chalicelib.catalog.flat_fields import titles_of, unknown_values
from chalicelib.catalog.model import FilmCard, Titles
from chalicelib.language import LANGUAGES, Language
from chalicelib.recommendations.model import Ground, StoredFilm, StoredList, Why

log = logging.getLogger(__name__)

FORMAT = 3
GROUNDS: tuple[Ground, ...] = get_args(Ground.__value__)
"""Stored by their place: a later one is added at the end."""
ID_BYTES = 16

type FindCards = Callable[[Iterable[str]], Mapping[str, FilmCard]]

_list = msgspec.msgpack.Decoder(StoredList)
_CARD_UNKNOWN, _PLACE_UNKNOWN = unknown_values(FilmCard), unknown_values(StoredFilm)
_FIRST_DEFAULTS = {"ground": "content"}


def packed(value: msgspec.Struct) -> bytes:
    """The bytes of a list, a reply or a state."""
    return zlib.compress(msgspec.msgpack.encode(value), 9)


def unpacked[S](body: bytes, kind: type[S]) -> S:
    """What `packed` made the bytes of."""
    return msgspec.msgpack.decode(zlib.decompress(body), type=kind)


class _Columns(msgspec.Struct, frozen=True, array_like=True):
    """A list of format 3, but for its film ids. A later version adds fields at the end, each with a default."""

    version: int
    generated_at: datetime
    read_at: datetime
    seen_until: datetime
    taste_hash: str
    judged: int
    grounds: bytes
    causes: bytes  # ids of all films named as causes
    because: tuple[
        tuple[int, ...], ...
    ]  # of the first, second… cause of each film: its place among `causes` from 1 on, or 0
    whys: tuple[tuple[int | None, ...], ...]  # by field of `Why`; None where a film has no account
    words: dict[int, tuple[str, Language | None]]  # the model's, by place
    titles: dict[str, Titles]  # of causes that have no card, or another title than it
    arms: str = ""


_columns = msgspec.msgpack.Decoder(_Columns)


def packed_list(held: StoredList, cards: Mapping[str, FilmCard]) -> bytes:
    """The list's bytes, without what these cards know. They must be found when the list is read."""
    named = list(dict.fromkeys(film_id for film in held.films for film_id in film.because))
    place = {film_id: number for number, film_id in enumerate(named, start=1)}
    most = max((len(film.because) for film in held.films), default=0)
    whys = [film.why and tuple(map(int, msgspec.structs.astuple(film.why))) for film in held.films]
    columns = _Columns(
        version=held.version,
        generated_at=held.generated_at,
        read_at=held.read_at,
        seen_until=held.seen_until,
        taste_hash=held.taste_hash,
        judged=held.judged,
        grounds=bytes(GROUNDS.index(film.ground) for film in held.films),
        causes=_bytes_of(named),
        because=tuple(
            tuple(place[film.because[one]] if one < len(film.because) else 0 for film in held.films)
            for one in range(most)
        ),
        whys=tuple(tuple(why[one] if why else None for why in whys) for one in range(len(Why.__struct_fields__))),
        words={
            number: (film.reason, film.reason_language)
            for number, film in enumerate(held.films)
            if film.reason is not None
        },
        titles={
            film_id: titles
            for film_id, titles in held.because_titles.items()
            if film_id not in place or film_id not in cards or cards[film_id].titles != titles
        },
        arms=held.arms,
    )
    ids = _bytes_of([film.card.film_id for film in held.films])  # nothing compresses them
    return msgspec.msgpack.encode((ids, zlib.compress(msgspec.msgpack.encode(columns), 9)))


def _bytes_of(film_ids: Sequence[str]) -> bytes:
    return b"".join(uuid.UUID(film_id).bytes for film_id in film_ids)


def _ids_of(raw: bytes) -> list[str]:
    return [str(uuid.UUID(bytes=raw[start : start + ID_BYTES])) for start in range(0, len(raw), ID_BYTES)]


def _from_columns(body: bytes, find_cards: FindCards) -> StoredList:
    ids, compressed = msgspec.msgpack.decode(body, type=tuple[bytes, bytes])
    columns = _columns.decode(zlib.decompress(compressed))
    film_ids, named = _ids_of(ids), _ids_of(columns.causes)
    cards = find_cards([*film_ids, *named])
    films = []
    for number, film_id in enumerate(film_ids):
        if film_id not in cards:
            log.warning("nothing is stored of film %s, which a list names", film_id)
            continue
        why = [column[number] for column in columns.whys]
        reason, language = columns.words.get(number, (None, None))
        films.append(
            StoredFilm(
                card=cards[film_id],
                ground=GROUNDS[columns.grounds[number]],
                because=tuple(named[place[number] - 1] for place in columns.because if place[number]),
                reason=reason,
                reason_language=language,
                why=msgspec.convert(why, Why, strict=False) if why and why[0] is not None else None,
            )
        )
    titles = {film_id: cards[film_id].titles for film_id in named if film_id in cards}
    return StoredList(
        version=columns.version,
        generated_at=columns.generated_at,
        read_at=columns.read_at,
        seen_until=columns.seen_until,
        taste_hash=columns.taste_hash,
        films=tuple(films),
        because_titles=titles | columns.titles,
        judged=columns.judged,
        arms=columns.arms,
    )


def _no_cards(_: Iterable[str]) -> Mapping[str, FilmCard]:
    return {}


def unpacked_list(body: bytes, written_in: int, find_cards: FindCards = _no_cards) -> StoredList:
    """The list, from the format that it was written in. A film without a card is left out."""
    if written_in == FORMAT:
        return _from_columns(body, find_cards)
    raw = zlib.decompress(body)
    if written_in == 2:
        try:
            return _list.decode(raw)
        except msgspec.ValidationError:  # written before a field came: the rare way below fills it in
            pass
    fields: dict[str, Any] = msgspec.msgpack.decode(raw)
    if written_in == 1:
        fields = _from_first(fields)
    films = [_PLACE_UNKNOWN | film | {"card": _CARD_UNKNOWN | film["card"]} for film in fields["films"]]
    return msgspec.convert(fields | {"films": films}, StoredList)


def _from_first(fields: dict[str, Any]) -> dict[str, Any]:
    causes = {
        film_id: titles_of(dict(zip(("title", *(f"title_{one}" for one in LANGUAGES)), titles, strict=True)))
        for film_id, titles in fields["because_titles"].items()
    }
    return fields | {"films": [_place_of_first(film) for film in fields["films"]], "because_titles": causes}


def _place_of_first(film: dict[str, Any]) -> dict[str, Any]:
    place = {name: film[name] for name in StoredFilm.__struct_fields__ if name in film}
    return _FIRST_DEFAULTS | place | {"card": film | {"titles": titles_of(film)}}
