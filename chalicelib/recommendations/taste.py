"""What a viewer likes and dislikes, weighted by how fresh it is. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.feedback.model import Feedback
from chalicelib.recommendations import tuning


class TasteFilm(msgspec.Struct, frozen=True, kw_only=True):
    """One judged film: its weight (about 1 for a fresh like, always positive) and titles for prompts and reasons."""

    film_id: str
    title: str
    title_ru: str | None = None
    title_en: str | None = None
    year: int | None = None
    weight: float
    judged_at: datetime

    def title_in(self, language: str) -> str:
        """The title a viewer of that language knows."""
        return (self.title_ru if language == "ru" else self.title_en) or self.title


class Taste(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a viewer's taste. Each film is in exactly one of the four lists, newest first.

    A steer speaks louder than a rating: a liked film with "don't recommend" is in `excluded`.
    """

    liked: tuple[TasteFilm, ...] = ()
    steered: tuple[TasteFilm, ...] = ()
    disliked: tuple[TasteFilm, ...] = ()
    excluded: tuple[TasteFilm, ...] = ()
    judged: frozenset[str] = frozenset()
    taste_hash: str = ""

    @property
    def wanted(self) -> tuple[TasteFilm, ...]:
        """Liked and "more like this" films, heaviest first: what the list is made from."""
        heaviest = sorted(self.liked + self.steered, key=lambda film: film.weight, reverse=True)
        return tuple(heaviest[: tuning.SOURCES_MAX])

    @property
    def unwanted(self) -> tuple[TasteFilm, ...]:
        """Disliked and excluded films, heaviest first: what the list keeps away from."""
        heaviest = sorted(self.disliked + self.excluded, key=lambda film: film.weight, reverse=True)
        return tuple(heaviest[: tuning.AGAINST_MAX])


def taste_of(feedback: Sequence[Feedback], now: datetime) -> Taste:
    """The taste behind this feedback, in any order. `now` bounds clocks that run ahead: nothing is newer than it."""
    newest_first = sorted(feedback, key=lambda item: (min(item.updated_at, now), item.film_id), reverse=True)
    lists: dict[str, list[TasteFilm]] = {"liked": [], "steered": [], "disliked": [], "excluded": []}
    wanted = unwanted = 0
    for item in newest_first:
        match (item.steer, item.rating):
            case ("more_like_this", _):
                name, weight, wanted = "steered", tuning.STEER_FACTOR * _freshness(wanted), wanted + 1
            case ("exclude", _):
                name, weight, unwanted = "excluded", tuning.AGAINST_DECAY**unwanted, unwanted + 1
            case (_, "like"):
                name, weight, wanted = "liked", _freshness(wanted), wanted + 1
            case (_, "dislike"):
                name, weight, unwanted = "disliked", tuning.AGAINST_DECAY**unwanted, unwanted + 1
            case _:
                continue
        lists[name].append(_entry(item, weight))
    return Taste(
        liked=tuple(lists["liked"]),
        steered=tuple(lists["steered"]),
        disliked=tuple(lists["disliked"]),
        excluded=tuple(lists["excluded"]),
        judged=frozenset(item.film_id for item in feedback),
        taste_hash=_hash(lists),
    )


def _freshness(place: int) -> float:
    return tuning.LIKE_DECAY**place + tuning.LONG_SHARE * tuning.LONG_DECAY**place


def _entry(item: Feedback, weight: float) -> TasteFilm:
    return TasteFilm(
        film_id=item.film_id,
        title=item.title,
        title_ru=item.title_ru,
        title_en=item.title_en,
        year=item.year,
        weight=weight,
        judged_at=item.updated_at,
    )


def _hash(lists: dict[str, list[TasteFilm]]) -> str:
    """Stable over processes and over repeated words: only the films that a question shows count, not their times."""
    shown = {
        "liked": tuning.PROFILE_LIKES,
        "steered": tuning.PROFILE_STEERS,
        "disliked": tuning.PROFILE_AGAINST,
        "excluded": tuning.PROFILE_AGAINST,
    }
    lines = sorted(f"{name} {film.film_id}" for name, most in shown.items() for film in lists[name][:most])
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
