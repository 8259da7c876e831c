"""The home page: the stored list minus what the viewer has rated since and what may not be shown. Two reads, no model.

Whether a film may be shown the catalogue knows: a look into the worker's own snapshot, one request to OpenSearch.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.model import (
    Card,
    CatalogUnavailableError,
    Film,
    FilmCard,
    FilmPage,
    FilmQuery,
    Showing,
    Titles,
    card_of,
)
from chalicelib.feedback.model import FeedbackStore
from chalicelib.language import Language
from chalicelib.outcomes.list_version import list_version
from chalicelib.recommendations.model import (
    AskState,
    ListOutdatedError,
    RankedFilm,
    Source,
    State,
    StoredFilm,
    StoredList,
    best_source,
)
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.recommendations.publish import stored_film
from chalicelib.recommendations.ranking.cold_start import top_spread
from chalicelib.recommendations.ranking.reasons import Told, card_reasons, long_reason
from chalicelib.recommendations.ranking.ties import ties_between

SOON = timedelta(minutes=2)  # two looks of the sweep; who is not admitted by then has to wait for lanes or budget

WRITING = timedelta(seconds=5)  # from the moment that imported words carry until they can be read
MORE_MAX = 100  # films that follow a narrowed list: as many as a list has

log = logging.getLogger(__name__)

STRANGERS = "top"
"""The version of what is shown while there is no list: it is made anew each time."""


class HomeFilm(Card, frozen=True, kw_only=True):
    """A card that says where it comes from and why it is there."""

    place: int  # from 1 on, over all pages
    source: Source
    reason: str  # whole on a card: at most 90 characters
    explanation: str  # the same at length, for the film's own page
    because: tuple[str, ...]


class Position(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the version of the list, and the place in it."""

    version: str
    place: int


class Narrowing(msgspec.Struct, frozen=True, kw_only=True):
    """What of a list is asked for: the stricter of profile and request."""

    age_limit: int | None = None
    region: str | None = None
    genre: str | None = None
    year_from: int | None = None
    year_to: int | None = None

    @property
    def is_any(self) -> bool:
        """Whether it leaves out anything."""
        return self != Narrowing()

    def fits(self, card: FilmCard) -> bool:
        """Whether genre and year are those asked for."""
        return (
            (self.genre is None or self.genre.lower() in (genre.lower() for genre in card.genres))
            and (self.year_from is None or (card.year is not None and card.year >= self.year_from))
            and (self.year_to is None or (card.year is not None and card.year <= self.year_to))
        )

    def query(self) -> FilmQuery:
        """The catalogue's best films of that kind."""
        return FilmQuery(genre=self.genre, year_from=self.year_from, year_to=self.year_to, limit=MORE_MAX)


class Shelf(Protocol):
    """What the page asks of a catalogue that shows what the viewer may see."""

    def get_many(self, film_ids: Sequence[str]) -> Mapping[str, Film]: ...
    def search(self, query: FilmQuery) -> FilmPage: ...


class HomePage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the list."""

    films: tuple[HomeFilm, ...]
    source: Source
    generated_at: datetime
    state: State
    after: Position | None
    list_version: str  # to be told with events, see `outcomes/list_version.py`
    lacks_imported: bool = False  # the site has brought in words that no list has, and has woken nobody for them
    arms: str = ""  # that the list was made under
    taste: tuple[str, ...] = ()


def home_page(
    store: RecommendationStore,
    feedback: FeedbackStore,
    top: Callable[[], Sequence[Film]],
    user_id: str,
    language: Language,
    limit: int,
    after: Position | None,
    now: datetime,
    narrowing: Narrowing | None = None,
    shelf: Shelf | None = None,
) -> HomePage:
    """The page behind `after`. No film that the user has feedback on is ever in it, and none that may not be shown.

    What is left of the list under `narrowing` is followed by the shelf's best films under it.

    Raises:
        ListOutdatedError: the list that `after` belongs to has been replaced.
        CatalogUnavailableError: the user has no list yet, and the top list is not to be had.
    """
    narrowing = narrowing or Narrowing()
    record = store.read_page(user_id)
    held = record.list_
    if held is None:
        given = feedback.list_all(user_id)
        films = [stored_film(one) for one in top_spread(top(), {item.film_id for item in given}, len(top()))]
        version, generated_at, titles, arms = STRANGERS, now, {}, ""
        state: State = "updating" if any(not one.says_nothing for one in given) else "fresh"
    else:
        # The shelf's films may have been judged long ago; the list's have not.
        given = feedback.list_all(user_id) if narrowing.is_any else feedback.list_since(user_id, held.seen_until)
        films, version, generated_at, titles, arms = (
            list(held.films),
            str(held.version),
            held.generated_at,
            held.because_titles,
            held.arms,
        )
        words = (item.updated_at for item in given if not item.says_nothing)
        state = _state(held, record.state, max(words, default=None), now)
    if after and after.version != version:
        raise ListOutdatedError("This list has been replaced by a newer one: start from its beginning.")
    rated = {item.film_id for item in given}
    films += _more(shelf, narrowing, films)
    known = _known(films, shelf, narrowing)
    shown = _shown(films, known, narrowing, now)
    left = [
        (place, _without_hidden_causes(film, known or {}, narrowing))
        for place, film in enumerate(films, 1)
        if film.card.film_id not in rated and film.card.film_id in shown
    ]
    first = sum(place <= (after.place if after else 0) for place, _ in left)
    page = left[first : first + limit]
    sources = [film.source for _, film in left]
    # From the first page on: the first film of this one has a neighbour there.
    told = [_told(film, titles, known or {}, language) for _, film in left[: first + limit]]
    reasons = card_reasons(told, language)
    shown_films = (
        card_of(HomeFilm, film.card, language, place=number + 1, source=film.source, reason=reasons[number],
                because=film.because, explanation=long_reason(told[number], language))
        for number, (_, film) in enumerate(page, first)
    )  # fmt: skip
    return HomePage(
        films=tuple(shown_films),
        source=best_source(sources),
        generated_at=generated_at,
        state=state,
        after=Position(version, page[-1][0]) if len(left) > first + limit else None,
        list_version=list_version(version, sources, arms, held.prompt_version if held else ""),
        lacks_imported=any(
            item.imported and (held is None or item.updated_at > held.read_at - WRITING) for item in given
        ),
        arms=arms,
        taste=_taste(held, language, narrowing),
    )


def _taste(held: StoredList | None, language: Language, narrowing: Narrowing) -> tuple[str, ...]:
    """The model's sentences in the viewer's language. Under an age limit none, for they may name any film liked."""
    if held is None or held.taste_language != language or narrowing.age_limit is not None:
        return ()
    return held.taste


def _known(films: Sequence[StoredFilm], shelf: Shelf | None, narrowing: Narrowing) -> Mapping[str, Film] | None:
    """These films and their first causes (all, under an age limit) as the catalogue has them now; None while it does
    not answer."""
    if shelf is None:
        return None
    told = None if narrowing.age_limit is not None else 1
    causes = [film_id for film in films for film_id in film.because[:told]]
    try:
        return shelf.get_many(list(dict.fromkeys([*(film.card.film_id for film in films), *causes])))
    except CatalogUnavailableError:
        log.warning("the catalogue does not answer; the list is shown as it was stored")
        return None


def _shown(
    films: Sequence[StoredFilm], known: Mapping[str, Film] | None, narrowing: Narrowing, now: datetime
) -> set[str]:
    """The films that may be shown: as the catalogue knows them now, or as the list does while it does not answer."""
    cards: Iterable[FilmCard] = (film.card for film in films)
    if known is not None:
        cards = (known[card.film_id] for card in cards if card.film_id in known)
    showing = Showing(at=now, age_limit=narrowing.age_limit, region=narrowing.region)
    return {card.film_id for card in cards if is_shown(card, showing) and narrowing.fits(card)}


def _without_hidden_causes(film: StoredFilm, known: Mapping[str, Film], narrowing: Narrowing) -> StoredFilm:
    """The place without those of its causes that are not for this age: they are not named, and the model's words, which
    may name them, are not shown."""
    if narrowing.age_limit is None:
        return film
    causes = tuple(film_id for film_id in film.because if film_id in known)
    if causes == film.because:
        return film
    return msgspec.structs.replace(film, because=causes, reason=None, reason_language=None)


def _more(shelf: Shelf | None, narrowing: Narrowing, films: Sequence[StoredFilm]) -> list[StoredFilm]:
    """What the catalogue has beyond a list that is narrowed, best first."""
    if shelf is None or not narrowing.is_any:
        return []
    try:
        best = shelf.search(narrowing.query()).films
    except CatalogUnavailableError:
        return []
    known = {film.card.film_id for film in films}
    more = [film for film in best if film.film_id not in known]
    return [stored_film(RankedFilm(film=film, score=0.0, ground="popular")) for film in more]


def _state(held: StoredList, asked: AskState, newest: datetime | None, now: datetime) -> State:
    if asked.is_open(now) or _is_admitted_soon(asked, now) or (newest and newest > held.read_at):
        return "updating"
    return "waiting" if asked.look_at else "fresh"


def _is_admitted_soon(asked: AskState, now: datetime) -> bool:
    """A viewer who is there: their question waits for a pause, or for its admission within the next minute."""
    at = asked.look_at
    return asked.is_present and at is not None and now - at < SOON and (at <= now or asked.pausing_until is not None)


def _told(film: StoredFilm, titles: Mapping[str, Titles], known: Mapping[str, Film], language: Language) -> Told:
    """What is known of a place: the model's words if they are in the viewer's language, and what ties the film to the
    first of its causes."""
    causes = [film_id for film_id in film.because if film_id in titles]
    own, first = known.get(film.card.film_id), known.get(causes[0]) if causes else None
    return Told(
        card=film.card,
        ground=film.ground,
        causes=tuple(titles[film_id].in_language(language) for film_id in causes),
        ties=tuple(ties_between(own, first)) if own and first else (),
        own_words=film.reason if film.reason and film.reason_language == language else "",
    )
