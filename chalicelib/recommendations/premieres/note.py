"""The look for new films: each is put to the model once, a bounded number a day.

A film waits as viewers do: under a name of its own it has a state in the recommendations table and a place in the
sweep's index, so lanes, budget and breaker admit it as they admit them. That state is the gate: it is written on the
condition that there is none, and stays. Where this look dies, what it had booked of the day is lost, and nothing else.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.catalog.model import CatalogUnavailableError, Film, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.compare_and_swap import swapped
from chalicelib.errors import UnavailableError
from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.model import FILM_SUBJECT, AskState, FilmQuestions, ListChangedError
from chalicelib.recommendations.ports import FilmQuestionStore, RecommendationStore
from chalicelib.recommendations.ranking.constants import NEWEST_LIMIT
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

NEW_FOR = timedelta(days=7)  # since it came: what nobody could be asked about by then finds its viewers by likes
PER_DAY_MAX = 100  # whatever is set
ATTEMPTS = 5


class QuestionsChangedError(UnavailableError):
    """Others kept changing what is known of the questions about films."""


def subject_of(film_id: str) -> str:
    """Under what a film stands where viewers stand under their ids."""
    return FILM_SUBJECT + film_id


def film_of(subject: str) -> str | None:
    """The film that stands there; None: it is a viewer."""
    return subject.removeprefix(FILM_SUBJECT) if subject.startswith(FILM_SUBJECT) else None


def note_premieres(
    store: RecommendationStore, questions: FilmQuestionStore, catalog: Catalog, limits: Settings, now: datetime
) -> int:
    """Puts films that came in the last week among those who wait to be asked about. Returns how many.

    What the first look finds has been there: the first load of a catalogue is no hundred premieres. One that cannot be
    asked about today is seen again tomorrow.

    Raises:
        QuestionsChangedError: others kept changing what is known of these questions.
    """
    try:
        newest = catalog.search(FilmQuery(sort="new", limit=NEWEST_LIMIT)).films
    except CatalogUnavailableError as error:  # or no films yet: the next look is soon
        log.info("no look at new films: %s", error)
        return 0
    held = of_day(questions.film_questions(), now)
    if held.since is None:
        if newest:
            since = max((film.added_at for film in newest if film.added_at), default=now)
            questions.put_film_questions(msgspec.structs.replace(held, since=since), held)
        return 0
    after = max(held.since, now - NEW_FOR)
    came = [film.film_id for film in newest if _came(film) > after and film.film_id not in held.noted]
    chosen = came[: max(0, min(limits.premieres_per_day, PER_DAY_MAX) - held.noted_on_day)]
    if not chosen:
        return 0
    booked = msgspec.structs.replace(held, noted_on_day=held.noted_on_day + len(chosen))
    if not questions.put_film_questions(booked, held):
        return 0  # somebody else looks, or a film is asked about: the next look goes on
    noted = sum(_put(store, film_id, now) for film_id in chosen)

    def also(known: FilmQuestions) -> FilmQuestions:
        films = tuple(dict.fromkeys((*known.noted, *reversed(chosen))))
        return msgspec.structs.replace(known, noted=films[-FilmQuestions.KEPT :])

    change(questions, also)
    return noted


def of_day(known: FilmQuestions, now: datetime) -> FilmQuestions:
    """The same on this day, on which nothing may have been noted or spent yet."""
    today = day_of(now)
    return known if known.day == today else msgspec.structs.replace(known, day=today, noted_on_day=0, tokens_on_day=0)


def change(questions: FilmQuestionStore, how: Callable[[FilmQuestions], FilmQuestions]) -> None:
    """Changes what is known of the questions, whoever else does. Raises `QuestionsChangedError` if they go on."""
    lost = QuestionsChangedError("Others kept changing what is known of the questions about films.")
    swapped(questions.film_questions, questions.put_film_questions, how, ATTEMPTS, lost)


def _came(film: Film) -> datetime:
    """When it came: into the catalogue, or to where it may be shown."""
    added = film.added_at or datetime.min.replace(tzinfo=UTC)
    return max(added, film.available_from or added) if film.added_at else added


def _put(store: RecommendationStore, film_id: str, now: datetime) -> bool:
    """Whether it was not there yet. `asked_at`: nobody sits there and waits, so viewers who do go first."""
    waiting = AskState(stale_since=now, asked_at=now, not_before=now)
    try:
        store.put_state(subject_of(film_id), waiting, replaces=AskState())
    except ListChangedError:
        return False
    return True
