"""What a viewer likes and dislikes, weighted by how fresh it is. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from chalicelib.catalog.model import part_of
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.model import Taste, TasteFilm
from chalicelib.recommendations.ranking import constants


def positive_films(taste: Taste) -> tuple[TasteFilm, ...]:
    """Liked and "more like this" films, heaviest first: what the list is made from."""
    heaviest = sorted(taste.liked + taste.steered, key=lambda film: film.weight, reverse=True)
    return tuple(heaviest[: constants.SOURCES_MAX])


def steady_weight(film: TasteFilm, taste: Taste) -> float:
    """A wanted film's weight where all likes count alike, however old."""
    return constants.STEER_FACTOR if film in taste.steered else 1.0


def negative_films(taste: Taste) -> tuple[TasteFilm, ...]:
    """Disliked and excluded films, heaviest first: what the list keeps away from."""
    heaviest = sorted(taste.disliked + taste.excluded, key=lambda film: film.weight, reverse=True)
    return tuple(heaviest[: constants.AGAINST_MAX])


def taste_of(feedback: Sequence[Feedback], now: datetime) -> Taste:
    """The taste behind this feedback, in any order. `now` bounds clocks that run ahead: nothing is newer than it."""
    newest_first = sorted(feedback, key=lambda item: (min(item.said_at, now), item.film_id), reverse=True)
    lists: dict[str, list[TasteFilm]] = {"liked": [], "steered": [], "disliked": [], "excluded": []}
    positive = negative = 0
    for item in newest_first:
        match (item.steer, item.rating):
            case ("more_like_this", _):
                name, weight, positive = "steered", constants.STEER_FACTOR * _freshness(positive), positive + 1
            case ("exclude", _):
                name, weight, negative = "excluded", constants.AGAINST_DECAY**negative, negative + 1
            case (_, "like"):
                name, weight, positive = "liked", _freshness(positive), positive + 1
            case (_, "dislike"):
                name, weight, negative = "disliked", constants.AGAINST_DECAY**negative, negative + 1
            case _:
                continue
        lists[name].append(_entry(item, weight))
    return Taste(
        liked=tuple(lists["liked"]),
        steered=tuple(lists["steered"]),
        disliked=tuple(lists["disliked"]),
        excluded=tuple(lists["excluded"]),
        rated=frozenset(item.film_id for item in feedback),
        taste_hash=_hash(lists),
    )


def _freshness(place: int) -> float:
    return constants.LIKE_DECAY**place + constants.LONG_SHARE * constants.LONG_DECAY**place


def _entry(item: Feedback, weight: float) -> TasteFilm:
    return part_of(TasteFilm, item, weight=weight, judged_at=item.updated_at)


def _hash(lists: dict[str, list[TasteFilm]]) -> str:
    """Stable over processes and over repeated words: only the films that a question shows count, not their times."""
    shown = {
        "liked": constants.PROFILE_LIKES,
        "steered": constants.PROFILE_STEERS,
        "disliked": constants.PROFILE_AGAINST,
        "excluded": constants.PROFILE_AGAINST,
    }
    lines = sorted(f"{name} {film.film_id}" for name, most in shown.items() for film in lists[name][:most])
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]
