"""A stored list → bytes and back, whichever version wrote it. Only here is known what earlier lists looked like.

Format 1 (0.1): a film's card lay flat beside its ground, with `title`, `title_ru` and `title_en`, default values left
out; a cause was its three titles. Format 2 (0.2): `StoredList` as it is. Format 3: film ids and, column by column, why
each is there; cards and titles lie elsewhere (`adapters/cards.py`). Format 4: the same with short ids. A list of any
format may lack later fields.
"""

import logging
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import repeat
from typing import Any, get_args

import msgspec

from chalicelib.catalog.flat_fields import titles_of, unknown_values
from chalicelib.catalog.model import FilmCard, Titles
from chalicelib.language import LANGUAGES, Language
from chalicelib.recommendations.model import Ground, StoredFilm, StoredList, Why

log = logging.getLogger(__name__)

FORMAT = 4
GROUNDS: tuple[Ground, ...] = get_args(Ground.__value__)
"""Stored by their place: a later one is added at the end."""
ID_BYTES, SHORT_BYTES = 16, 8

type FindCards = Callable[[Iterable[str]], Mapping[str, FilmCard]]
"""Cards by the names that are given, ids or short ones; what is not stored is absent."""

_list = msgspec.msgpack.Decoder(StoredList)
_CARD_UNKNOWN, _PLACE_UNKNOWN = unknown_values(FilmCard), unknown_values(StoredFilm)
_FIRST_DEFAULTS = {"ground": "content"}


def packed(value: msgspec.Struct) -> bytes:
    """The bytes of a list, a reply or a state."""
    return zlib.compress(msgspec.msgpack.encode(value), 9)


def unpacked[S](body: bytes, kind: type[S]) -> S:
    """What `packed` made the bytes of."""
    return msgspec.msgpack.decode(zlib.decompress(body), type=kind)


def short_id(film_id: str) -> str:
    """The last 8 bytes of the id, as 16 hexadecimal digits. 62 of their bits are random: among 100,000 films two share
    them in one catalogue of a billion, and a short id is its own."""
    return film_id[-17:-13] + film_id[-12:] if len(film_id) > 2 * SHORT_BYTES else film_id


class _Columns(msgspec.Struct, frozen=True, array_like=True):
    """A list of format 3, but for its film ids. A later version adds fields at the end, each with a default."""

    version: int
    generated_at: datetime
    read_at: datetime
    seen_until: datetime
    taste_hash: str
    judged: int
    grounds: bytes
    causes: bytes  # short ids of all films named as causes
    because: tuple[
        tuple[int, ...], ...
    ]  # of the first, second… cause of each film: its place among `causes` from 1 on, or 0
    whys: tuple[tuple[int | None, ...], ...]  # by field of `Why`; None where a film has no account
    words: dict[int, tuple[str, Language | None]]  # the model's, by place
    titles: dict[str, Titles]  # of causes that have no card, or another title than it
    made_of: bytes = b""
    arms: str = ""
    prompt_version: str = ""
    taste: tuple[str, ...] = ()
    taste_language: Language | None = None


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
        made_of=bytes.fromhex(held.made_of),
        arms=held.arms,
        prompt_version=held.prompt_version,
        taste=held.taste,
        taste_language=held.taste_language,
    )
    ids = _bytes_of([film.card.film_id for film in held.films])  # nothing compresses them
    return msgspec.msgpack.encode((ids, zlib.compress(msgspec.msgpack.encode(columns), 9)))


def _bytes_of(film_ids: Sequence[str]) -> bytes:
    return bytes.fromhex("".join(map(short_id, film_ids)))


def _short_ids_of(raw: bytes) -> list[str]:
    digits, each = raw.hex(), 2 * SHORT_BYTES
    return [digits[start : start + each] for start in range(0, len(digits), each)]


def _ids_of(raw: bytes) -> list[str]:
    return [str(uuid.UUID(bytes=raw[start : start + ID_BYTES])) for start in range(0, len(raw), ID_BYTES)]


def _from_columns(body: bytes, find_cards: FindCards, written_in: int) -> StoredList:
    ids, compressed = msgspec.msgpack.decode(body, type=tuple[bytes, bytes])
    columns = _columns.decode(zlib.decompress(compressed))
    names_of, name_of = (_ids_of, str) if written_in == 3 else (_short_ids_of, short_id)
    names, causes = names_of(ids), names_of(columns.causes)
    told = {name_of(film_id): film_id for film_id in columns.titles}
    cards = find_cards([*names, *(name for name in causes if name not in told)])
    id_of = told | {name: card.film_id for name, card in cards.items()}
    cause_at = [None, *(id_of.get(name) for name in causes)]  # by its place, from 1 on
    because = _rows(columns.because, len(names))
    films = []
    for number, (name, places, why) in enumerate(zip(names, because, _rows(columns.whys, len(names)), strict=True)):
        if name not in cards:
            log.warning("nothing is stored of film %s, which a list names", name)
            continue
        reason, language = columns.words.get(number, (None, None))
        films.append(
            StoredFilm(
                card=cards[name],
                ground=GROUNDS[columns.grounds[number]],
                because=tuple([cause for place in places if (cause := cause_at[place])]),
                reason=reason,
                reason_language=language,
                why=msgspec.convert(why, Why, strict=False) if why and why[0] is not None else None,
            )
        )
    titles = {cards[name].film_id: cards[name].titles for name in causes if name in cards}
    return StoredList(
        version=columns.version,
        generated_at=columns.generated_at,
        read_at=columns.read_at,
        seen_until=columns.seen_until,
        taste_hash=columns.taste_hash,
        films=tuple(films),
        because_titles=titles | columns.titles,
        judged=columns.judged,
        made_of=columns.made_of.hex(),
        arms=columns.arms,
        prompt_version=columns.prompt_version,
        taste=columns.taste,
        taste_language=columns.taste_language,
    )


def _rows[T](columns: Sequence[Sequence[T]], count: int) -> Iterable[tuple[T, ...]]:
    return zip(*columns, strict=True) if columns else repeat((), count)


def _no_cards(_: Iterable[str]) -> Mapping[str, FilmCard]:
    return {}


def unpacked_list(body: bytes, written_in: int, find_cards: FindCards = _no_cards) -> StoredList:
    """The list, from the format that it was written in. A film without a card is left out."""
    if written_in >= 3:
        return _from_columns(body, find_cards, written_in)
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
