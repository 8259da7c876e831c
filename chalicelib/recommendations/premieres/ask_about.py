"""A question about a film: for the lovers of which films it is, asked once (`questions/ask_once.py`).

Where it brings nothing, the film's stand-ins by content are there anyway.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec

from chalicelib.catalog.model import FilmNotFoundError
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.titles.match import match_titles
from chalicelib.catalog.titles.mentions import Mention
from chalicelib.recommendations.llm.budget import Budget, BudgetSpentError
from chalicelib.recommendations.llm.film_prompt import PICKS, PROPOSALS, build_film_prompt
from chalicelib.recommendations.llm.port import Model, Prompt, reply_of
from chalicelib.recommendations.llm.reply import ReadReply, read_reply
from chalicelib.recommendations.model import AskState, FilmQuestions, RawReply
from chalicelib.recommendations.ports import FilmQuestionStore, RecommendationStore
from chalicelib.recommendations.premieres.note import NEW_FOR, change, of_day, subject_of
from chalicelib.recommendations.questions.ask_once import OnceDependencies, ask_once
from chalicelib.settings import Settings

log = logging.getLogger(__name__)

CANDIDATES = 40  # to choose from: as many as a prompt takes


class FilmDependencies(NamedTuple):
    """What a question about a film works with."""

    store: RecommendationStore
    questions: FilmQuestionStore
    catalog: Catalog
    model: Callable[[], Model | None]  # opened late; None: no credentials, GigaChat is off
    budget: Budget
    settings: Settings
    clock: Callable[[], datetime]


def ask_about(parts: FilmDependencies, film_id: str, deadline_seconds: float) -> str:
    """Asks for the lovers of which films this one is, if that is due, and keeps the answer. Returns what came of it.

    What is refused (no key, breaker, budget, 429, time-out) waits in the sweep's index, for a week since the film was
    noted.

    Raises:
        ListChangedError, QuestionsChangedError: deliver the message again. What has been paid for is stored.
    """
    once = OnceDependencies(parts.store, parts.model, parts.budget, parts.settings, parts.clock)
    return ask_once(once, FilmQuestion(parts, film_id), deadline_seconds)


class FilmQuestion(NamedTuple):
    """What is asked about one film."""

    parts: FilmDependencies
    film_id: str

    @property
    def subject(self) -> str:
        """The film's name among viewers."""
        return subject_of(self.film_id)

    @property
    def patience(self) -> timedelta:
        """As long as it is new."""
        return NEW_FOR

    def prompt(self, state: AskState) -> Prompt | None:
        """None: the film is not there, or may not be shown."""
        try:
            film = self.parts.catalog.get(self.film_id)
        except FilmNotFoundError:
            return None
        return build_film_prompt(film, self.parts.catalog.similar([self.film_id], CANDIDATES), state.question_key)

    def set_aside(self, tokens: int, now: datetime) -> None:
        """In the share of questions about films."""
        most = self.parts.settings.budget_tokens_per_day * self.parts.settings.premieres_percent // 100

        def more(known: FilmQuestions) -> FilmQuestions:
            today = of_day(known, now)
            if today.tokens_on_day + tokens > most:
                raise BudgetSpentError(today.day)
            return msgspec.structs.replace(today, tokens_on_day=today.tokens_on_day + tokens)

        change(self.parts.questions, more)

    def switched_off(self, until: datetime) -> None:
        """Films go on waiting."""

    def hear(self, state: AskState, raw: RawReply) -> str:  # noqa: ARG002 - the film says it all
        """Of the reply's films those that the catalogue holds."""
        read = read_reply(reply_of(raw.reply_json), raw, {self.film_id}, raw.language)
        films = _held(self.parts.catalog, read, self.film_id)
        if not films:
            log.warning("GigaChat said nothing of use about a film: %s", read.cause)
            return f"refused: {read.cause or 'no film that is held'}"

        def also(known: FilmQuestions) -> FilmQuestions:
            told = {one: said for one, said in known.for_lovers_of.items() if one != self.film_id}
            latest = dict(list((told | {self.film_id: films}).items())[-FilmQuestions.KEPT :])
            return msgspec.structs.replace(known, for_lovers_of=latest)

        change(self.parts.questions, also)
        return "answered"


def _held(catalog: Catalog, read: ReadReply, film_id: str) -> tuple[str, ...]:
    """The films of a reply that the catalogue holds, picks first; never the film itself."""
    picked = [one for one, _ in read.picks][:PICKS]
    held = catalog.get_many(picked) if picked else {}
    mentions = [Mention(title, year) for title, year, _ in read.proposals][:PROPOSALS]
    proposed = [match.film.film_id for match in match_titles(catalog, mentions) if match.film] if mentions else []
    return tuple(dict.fromkeys(one for one in (*(one for one in picked if one in held), *proposed) if one != film_id))
