"""A stored list → bytes and back, whichever version wrote it. Only here is known what earlier lists looked like.

Format 1 (0.1): a film's card lay flat beside its ground, with `title`, `title_ru` and `title_en`, default values left
out; a cause was its three titles. Format 2: `StoredList` as it is. A list of any format may lack later fields.
"""

import zlib
from typing import Any

import msgspec

from chalicelib.catalog.flat_fields import titles_of, unknown_values
from chalicelib.catalog.model import FilmCard
from chalicelib.language import LANGUAGES
from chalicelib.recommendations.model import StoredFilm, StoredList

FORMAT = 2

_list = msgspec.msgpack.Decoder(StoredList)
_CARD_UNKNOWN, _PLACE_UNKNOWN = unknown_values(FilmCard), unknown_values(StoredFilm)
_FIRST_DEFAULTS = {"ground": "content"}


def packed(value: msgspec.Struct) -> bytes:
    """The bytes of a list, a reply or a state."""
    return zlib.compress(msgspec.msgpack.encode(value), 9)


def unpacked[S](body: bytes, kind: type[S]) -> S:
    """What `packed` made the bytes of."""
    return msgspec.msgpack.decode(zlib.decompress(body), type=kind)


def unpacked_list(body: bytes, written_in: int) -> StoredList:
    """The list, from the format that it was written in."""
    raw = zlib.decompress(body)
    if written_in == FORMAT:
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
