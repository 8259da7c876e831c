"""Films as flat fields, the way they are named outside the code: `title`, `title_ru`, `title_en` and the rest.

Rows of a source, the catalogue's documents, feedback items and the export have these names, and so had the lists of
format 1. A new field of a film needs no line here.
"""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, get_args, get_origin

import msgspec

from chalicelib.catalog.model import Film, Titles
from chalicelib.language import LANGUAGES


def titles_of(fields: Mapping[str, Any]) -> Titles:
    """The titles among these fields; a translation that is absent or empty is unknown."""
    by_language = {language: fields.get(f"title_{language}") for language in LANGUAGES}
    return Titles(main=fields["title"], by_language={one: title for one, title in by_language.items() if title})


def title_fields(titles: Titles) -> dict[str, Any]:
    """The titles as fields; an unknown translation is None."""
    return {"title": titles.main} | {f"title_{one}": titles.by_language.get(one) for one in LANGUAGES}


def flat(whole: msgspec.Struct) -> dict[str, Any]:
    """All fields of a struct that has `titles`, these as `title_fields`."""
    fields = {name: getattr(whole, name) for name in whole.__struct_fields__}
    return title_fields(fields.pop("titles")) | fields


def document_of(film: Film) -> dict[str, Any]:
    """The film as a catalogue keeps it: unknown values are left out."""
    return {name: value for name, value in flat(film).items() if value not in (None, ())}


def film_of_document(document: Mapping[str, Any]) -> Film:
    """The film that this or any earlier version kept so; fields younger than the document are unknown."""
    return _film(msgspec.convert(document, _Document))


def film_of_json(document: bytes) -> Film:
    """`film_of_document` of its JSON, without a dictionary between: a search for candidates reads hundreds."""
    return _film(_document.decode(document))


def unknown_values(kind: type[msgspec.Struct]) -> dict[str, Any]:
    """What the struct's fields hold when nothing is known: None or an empty tuple; fields that must be known are
    absent."""
    return {field.name: value for field in msgspec.structs.fields(kind) for value in _unknown(field.type)}


def _unknown(kind: Any) -> tuple[Any, ...]:
    """The value that says "unknown" in a field of this type; none when the field must be known."""
    if type(None) in get_args(kind):
        return (None,)
    return ((),) if get_origin(kind) is tuple else ()


_PLAIN = tuple(name for name in Film.__struct_fields__ if name != "titles")
_plain = attrgetter(*_PLAIN)
_translations = attrgetter(*(f"title_{one}" for one in LANGUAGES))
_Document = msgspec.defstruct(
    "_Document",
    [("title", str)]
    + [(f"title_{one}", str | None, None) for one in LANGUAGES]
    + [
        (field.name, field.type, *_unknown(field.type))
        for field in msgspec.structs.fields(Film)
        if field.name in _PLAIN
    ],
    kw_only=True,
)
_document = msgspec.json.Decoder(_Document)


def _film(document: Any) -> Film:
    by_language = {one: title for one, title in zip(LANGUAGES, _translations(document), strict=True) if title}
    titles = Titles(main=document.title, by_language=by_language)
    return Film(titles=titles, **dict(zip(_PLAIN, _plain(document), strict=True)))
