"""What a viewer's taste says against a film, before anybody else's likes are heard. Pure.

Co-likes alone recommend famous films to everybody: who likes one famous film has often liked the next. With few likes
that is all they know, so the less a viewer has said, the more genre, people, era and rating count. The constants are
chosen on viewers of our own (`tests/bench/data/personas_development.json`), never on those kept for looking afterwards.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import REFUSED_FROM
from chalicelib.recommendations.ranking.content_similarity import genre_vector, rarity_of_genres, similarity

FULL_LIKES = 8  # up to here the guard speaks with its full voice; with n likes, with FULL_LIKES / n of it
LEAST_VOICE = 0.1
HEAVIEST = 0.95  # of the score that full doubt takes

RARE, COMMON = 0.1, 0.35  # shares of films: an absent genre speaks against a film fully where rare, not where common
PRESENT = 0.2  # of the likes: a genre in every fifth of them is at home
REDEEMED = 0.5  # of the doubt about an absent genre that closeness to one liked film takes away
NEAR = 0.5  # similarity of genres to the nearest liked film from which on there is no doubt
SAME_PEOPLE = 0.5  # of the doubt that a shared director or leading actor takes away
YEARS_CLOSE, YEARS_FAR, ERA_DOUBT = 12, 40, 0.5  # from the nearest liked year: no doubt, most doubt
RATING_BELOW, RATING_LEAST, RATING_MOST = 1.3, 5.4, 7.0  # below the mean of the liked films, within these bounds
RATING_DOUBT = 0.6  # just below that floor; a whole point below, all doubt
AUDIENCE_LEAST = 5  # ratings of the source's own viewers that say something where IMDb's is unknown
FAMILY_SHARE = 0.5  # of the likes: then the company has to be fit for children
FAMILY_GENRES = frozenset({"animation", "children", "family", "kids", "анимация", "детский", "мультфильм", "семейный"})
FAMILY_AGE_MOST = 12  # a film from a higher age on is none for children, whatever its genres
FAMILY_DOUBT = 0.8


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a taste, worked out once a list."""

    voice: float  # 0…1: how loud the guard speaks
    shares: Mapping[str, float]  # by genre: of the liked films
    rarity: Mapping[str, float]  # by genre: how telling it is
    absent_weight: Mapping[str, float]  # by genre: how much its absence from the likes says
    liked: tuple[Mapping[str, float], ...]  # genre vectors of the liked films, length 1, each once
    people: frozenset[str]
    years: tuple[int, ...]
    floor: float  # the rating below which a film needs a strong reason
    family: bool
    genre_doubts: dict[tuple[str, ...], float] = {}  # by genres, as far as asked: many films have the same ones


def guard_of(liked: Sequence[Film], pool: Iterable[Film]) -> Guard:
    """The guard of a viewer who likes these films, among the films that could be shown."""
    films = list(pool)
    counts: Counter[str] = Counter(genre for film in films for genre in film.genres)
    total = max(1, len(films))
    rarity = rarity_of_genres(films)
    own: Counter[str] = Counter(genre for film in liked for genre in film.genres)
    ratings = [film.imdb_rating for film in liked if film.imdb_rating is not None]
    mean = sum(ratings) / len(ratings) if ratings else RATING_LEAST + RATING_BELOW
    known = [film for film in liked if film.genres]
    return Guard(
        voice=max(LEAST_VOICE, min(1.0, FULL_LIKES / max(1, len(liked)))) if liked else 0.0,
        shares={genre: count / len(known) for genre, count in own.items()},
        rarity=rarity,
        absent_weight={
            genre: min(1.0, max(0.0, (COMMON - count / total) / (COMMON - RARE))) for genre, count in counts.items()
        },
        liked=tuple(genre_vector(genres, rarity) for genres in {film.genres for film in known}),
        people=frozenset(name for film in liked for name in _people(film)),
        years=tuple(sorted({film.year for film in liked if film.year is not None})),
        floor=max(RATING_LEAST, min(RATING_MOST, mean - RATING_BELOW)),
        family=bool(known) and sum(map(_for_children, known)) >= FAMILY_SHARE * len(known),
    )


def doubt(guard: Guard, film: Film) -> float:
    """0…1: how much speaks against showing the film to this viewer. 0 for a viewer without likes."""
    if not guard.voice:
        return 0.0
    taste = 1 - (1 - _genre_doubt(guard, film)) * (1 - _era_doubt(guard, film)) * (1 - _family_doubt(guard, film))
    if guard.people.intersection(_people(film)):
        taste *= 1 - SAME_PEOPLE
    return guard.voice * (1 - (1 - taste) * (1 - _rating_doubt(guard, film)))


def refuses(doubted: float) -> bool:
    """Whether a film of this doubt is no company for the first page, a surprise or the model's picks."""
    return doubted >= REFUSED_FROM


def kept_share(doubted: float) -> float:
    """The share of its score that a film of this doubt keeps."""
    return 1 - HEAVIEST * doubted


def _genre_doubt(guard: Guard, film: Film) -> float:
    if not film.genres or not guard.liked:
        return 0.0
    if film.genres not in guard.genre_doubts:
        guard.genre_doubts[film.genres] = _doubt_of_genres(guard, film.genres)
    return guard.genre_doubts[film.genres]


def _doubt_of_genres(guard: Guard, genres: tuple[str, ...]) -> float:
    vector = genre_vector(genres, guard.rarity)
    nearest = max(similarity(one, vector) for one in guard.liked)
    absent = max(
        guard.absent_weight.get(genre, 1.0) * max(0.0, 1 - guard.shares.get(genre, 0.0) / PRESENT) for genre in genres
    )
    absent *= 1 - REDEEMED * nearest
    strange = max(0.0, 1 - nearest / NEAR)
    return 1 - (1 - absent) * (1 - strange)


def _era_doubt(guard: Guard, film: Film) -> float:
    if film.year is None or not guard.years:
        return 0.0
    years = min(abs(film.year - year) for year in guard.years)
    return ERA_DOUBT * min(1.0, max(0.0, (years - YEARS_CLOSE) / (YEARS_FAR - YEARS_CLOSE)))


def _family_doubt(guard: Guard, film: Film) -> float:
    return FAMILY_DOUBT if guard.family and film.genres and not _for_children(film) else 0.0


def _rating_doubt(guard: Guard, film: Film) -> float:
    rating = film.imdb_rating
    if rating is None and (film.audience_votes or 0) >= AUDIENCE_LEAST:
        rating = film.audience_rating
    if rating is None or rating >= guard.floor:
        return 0.0
    return min(1.0, RATING_DOUBT + (1 - RATING_DOUBT) * (guard.floor - rating))


def _for_children(film: Film) -> bool:
    if film.age_rating is not None and film.age_rating > FAMILY_AGE_MOST:
        return False
    return any(genre.casefold() in FAMILY_GENRES for genre in film.genres)


def _people(film: Film) -> tuple[str, ...]:
    return (*film.directors, *film.actors[:3])
