"""The home page: the stored list minus what the viewer has rated since. Two reads, no search, no model."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from chalicelib.catalog.model import Card, Film, Titles, card_of
from chalicelib.feedback.model import FeedbackStore
from chalicelib.language import Language
from chalicelib.recommendations.model import (
    AskState,
    ListOutdatedError,
    Source,
    State,
    StoredFilm,
    StoredList,
)
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.publish import stored_film
from chalicelib.recommendations.question_timing import PENDING_SECONDS
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.ranking.reasons import CARD_CHARACTERS_MAX, sentence

PAUSE_OVER_SECONDS = 60  # a first question whose pause has been over this long has been lost: the sweep finds it

BEST_FIRST: tuple[Source, ...] = ("gigachat", "personal", "top")


class HomeFilm(Card, frozen=True, kw_only=True):
    """A card that says where it comes from and why it is there."""

    source: Source
    reason: str
    because: tuple[str, ...]


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the version of the list, and the place in it."""

    version: str
    place: int


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    films: tuple[HomeFilm, ...]
    source: Source
    generated_at: datetime
    state: State
    after: Position | None


def home_page(
    store: RecommendationStore,
    feedback: FeedbackStore,
    top: Callable[[], Sequence[Film]],
    user_id: str,
    language: Language,
    limit: int,
    after: Position | None,
    now: datetime,
) -> HomePage:
    """The page behind `after`. No film that the user has feedback on is ever in it.

    Raises:
        ListOutdatedError: the list that `after` belongs to has been replaced.
        CatalogUnavailableError: the user has no list yet, and the top list is not to be had.
    """
    record = store.read_page(user_id)
    held = record.list_
    if held is None:
        given = feedback.list_all(user_id)
        films = [stored_film(one) for one in top_spread(top(), {item.film_id for item in given}, len(top()))]
        version, generated_at, titles = "top", now, {}
        state: State = "updating" if given else "fresh"
    else:
        given = feedback.list_since(user_id, held.seen_until)
        films, version, generated_at, titles = (
            list(held.films),
            str(held.version),
            held.generated_at,
            held.because_titles,
        )
        state = _state(held, record.state, max((item.updated_at for item in given), default=None), now)
    if after and after.version != version:
        raise ListOutdatedError("This list has been replaced by a newer one: start from its beginning.")
    rated = {item.film_id for item in given}
    left = [(place, film) for place, film in enumerate(films, 1) if film.card.film_id not in rated]
    behind = [(place, film) for place, film in left if place > (after.place if after else 0)]
    page = behind[:limit]
    return HomePage(
        films=tuple(_home_film(film, titles, language) for _, film in page),
        source=next((source for source in BEST_FIRST if any(film.source == source for _, film in left)), "top"),
        generated_at=generated_at,
        state=state,
        after=Position(version, page[-1][0]) if len(behind) > limit else None,
    )


def _state(held: StoredList, asked: AskState, newest: datetime | None, now: datetime) -> State:
    pending = asked.pending_since and now - asked.pending_since < timedelta(seconds=PENDING_SECONDS)
    pausing = asked.pausing_until and now - asked.pausing_until < timedelta(seconds=PAUSE_OVER_SECONDS)
    if pending or pausing or (newest and newest > held.read_at):
        return "updating"
    return "waiting" if asked.stale_since else "fresh"


def _home_film(film: StoredFilm, titles: Mapping[str, Titles], language: Language) -> HomeFilm:
    reason = _reason(film, titles, language)
    return card_of(HomeFilm, film.card, language, source=film.source, reason=reason, because=film.because)


def _reason(film: StoredFilm, titles: Mapping[str, Titles], language: Language) -> str:
    """The model's words if they are in the viewer's language and fit a card, else a sentence of our own."""
    if film.reason and film.reason_language == language and len(film.reason) <= CARD_CHARACTERS_MAX:
        return film.reason
    causes = [titles[film_id].in_language(language) for film_id in film.because if film_id in titles]
    return sentence(film.ground, causes, language)
