"""Small builders: a test names what matters to it, the rest is plausible."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from chalicelib.catalog.flat_fields import film_of_document, titles_of
from chalicelib.catalog.model import Film, FilmCard, Titles, part_of
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.model import Ground, RankedFilm

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def film_id(name: str) -> str:
    """The film id that `film(name)` has: stable, a UUID."""
    return str(uuid5(NAMESPACE_URL, name))


def film(name: str = "Alien", **fields: Any) -> Film:
    """A film with this title; its id follows from the title unless given."""
    given: dict[str, Any] = {"film_id": film_id(name), "title": name, "title_en": name, "year": 1999}
    return film_with(**(given | {"genres": ("Drama",), "source_id": f"test-{name}"} | fields))


def film_with(**fields: Any) -> Film:
    """A film of which these fields are known, named as in a row of the catalogue (`title_ru` and so on)."""
    return film_of_document({"source_id": ""} | fields)


def card(name: str = "Alien", **fields: Any) -> FilmCard:
    """The card of `film(name)`."""
    return part_of(FilmCard, film(name, **fields))


def titles(title: str, **by_language: str) -> Titles:
    """Titles, the translations by language: `titles("Alien", ru="Чужой")`."""
    return titles_of({"title": title} | {f"title_{one}": known for one, known in by_language.items()})


def films(names: Sequence[str], **fields: Any) -> list[Film]:
    """Films with these titles that share the other fields."""
    return [film(name, **fields) for name in names]


def feedback(name: str = "Alien", *, minutes_ago: float = 0, **fields: Any) -> Feedback:
    """A like of `film(name)`, given that many minutes before `NOW`; pass `rating`, `steer` or `saved_at` for anything
    else."""
    given: dict[str, Any] = {"film_id": film_id(name), "title": name, "title_en": name, "year": 1999}
    if not {"rating", "steer", "saved_at"} & set(fields):
        given["rating"] = "like"
    given["updated_at"] = NOW - timedelta(minutes=minutes_ago)
    return feedback_with(**(given | fields))


def feedback_with(**fields: Any) -> Feedback:
    """Feedback of which these fields are known, titles named as in the table."""
    given = {"year": None, "rating": None, "steer": None, "language": "ru", "rated_at": None} | fields
    named = {name: given.pop(name) for name in list(given) if name.startswith("title")}
    return Feedback(**given, titles=titles_of(named))


def ranked(
    name: str = "Alien",
    score: float = 1.0,
    because: Sequence[str] = (),
    ground: Ground = "content",
    **fields: Any,
) -> RankedFilm:
    """A ranked film; `because` takes titles."""
    own = {name: fields.pop(name) for name in ("doubt", "why", "place") if name in fields}
    causes = tuple(film_id(title) for title in because)
    return RankedFilm(film=film(name, **fields), score=score, because=causes, ground=ground, **own)
