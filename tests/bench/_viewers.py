"""Viewers with clear tastes: what each likes, and how the first twenty films of their home page are judged."""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.language import Language
from chalicelib.recommendations.home import HomeFilm

JUDGED = 20
FLOOR = 5.0  # an IMDb rating below it embarrasses, unless the viewer says otherwise


class Viewer(msgspec.Struct, frozen=True, kw_only=True):
    """One viewer as a file of viewers describes them."""

    name: str
    language: Language
    likes: tuple[tuple[str, int], ...]  # title and year in the demo catalogue
    never: frozenset[str]  # genres that embarrass, unless the film has a redeeming one
    redeemed: frozenset[str] = frozenset()
    floor: float = FLOOR
    want: frozenset[str] = frozenset()
    want_years: tuple[int, int] | None = None
    want_share: float = 0.0


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """How a page was judged."""

    places: int
    embarrassing: tuple[str, ...]  # film and cause
    fit: float  # share of the places that are what the viewer wants
    wanted: float


def read_viewers(path: Path) -> list[Viewer]:
    """The viewers of a file."""
    return msgspec.json.decode(path.read_bytes(), type=list[Viewer])


def liked_films(viewer: Viewer, films: Sequence[Film]) -> list[Film]:
    """The films that the viewer's likes name. Raises `SystemExit` for one that the catalogue lacks."""
    by_name = {(film.titles.main, film.year): film for film in reversed(films)}
    missing = [name for name in viewer.likes if name not in by_name]
    if missing:
        raise SystemExit(f"{viewer.name}: the catalogue lacks {missing}")
    return [by_name[name] for name in viewer.likes]


def judged(viewer: Viewer, page: Sequence[HomeFilm]) -> Verdict:
    """The first twenty by the viewer's own rules."""
    first = page[:JUDGED]
    fits = sum(_fits(viewer, film) for film in first)
    return Verdict(
        places=len(first),
        embarrassing=tuple(cause for film in first if (cause := _embarrassment(viewer, film))),
        fit=round(fits / max(1, len(first)), 3),
        wanted=viewer.want_share,
    )


def _embarrassment(viewer: Viewer, film: HomeFilm) -> str | None:
    if film.imdb_rating is not None and film.imdb_rating < viewer.floor:
        return f"{film.title} ({film.year}): rated {film.imdb_rating}"
    if (bad := viewer.never & set(film.genres)) and not viewer.redeemed & set(film.genres):
        return f"{film.title} ({film.year}): {', '.join(sorted(bad))}"
    return None


def _fits(viewer: Viewer, film: HomeFilm) -> bool:
    if viewer.want_years:
        return film.year is not None and viewer.want_years[0] <= film.year <= viewer.want_years[1]
    return bool(viewer.want & set(film.genres))
