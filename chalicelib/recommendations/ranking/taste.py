"""What a viewer likes and dislikes, weighted by how fresh it is. Pure."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from chalicelib.catalog.model import part_of
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.model import Taste, TasteFilm
from chalicelib.recommendations.ranking import constants


def taste_of(feedback: Sequence[Feedback], now: datetime) -> Taste:
    """The taste behind this feedback, in any order. `now` bounds clocks that run ahead: nothing is newer than it."""
    newest_first = sorted(feedback, key=lambda item: (min(item.given_at, now), item.film_id), reverse=True)
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
        steady = constants.STEER_FACTOR if name == "steered" else 1.0
        lists[name].append(part_of(TasteFilm, item, weight=weight, steady_weight=steady, rated_at=item.came_at))
    return Taste(
        liked=tuple(lists["liked"]),
        steered=tuple(lists["steered"]),
        disliked=tuple(lists["disliked"]),
        excluded=tuple(lists["excluded"]),
        positive=_heaviest(lists["liked"] + lists["steered"], constants.SOURCES_MAX),
        negative=_heaviest(lists["disliked"] + lists["excluded"], constants.AGAINST_MAX),
        rated=frozenset(item.film_id for item in feedback),
        saved=frozenset(item.film_id for item in feedback if not (item.rating or item.steer)),
        taste_hash=_hash(lists),
    )


def without_steers(taste: Taste) -> Taste:
    """The taste as it would be had nobody pressed "more like this"."""
    return msgspec.structs.replace(taste, steered=(), positive=_heaviest(taste.liked, constants.SOURCES_MAX))


def _heaviest(films: Sequence[TasteFilm], most: int) -> tuple[TasteFilm, ...]:
    return tuple(sorted(films, key=lambda film: film.weight, reverse=True)[:most])


def _freshness(place: int) -> float:
    return constants.LIKE_DECAY**place + constants.LONG_SHARE * constants.LONG_DECAY**place


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
