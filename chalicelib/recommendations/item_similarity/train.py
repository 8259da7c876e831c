"""The daily job: everybody's likes to film neighbours, swapped in as one new model.

Nothing is changed unless the whole of the new model has been written: whatever fails, yesterday's stays.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.errors import DomainError
from chalicelib.feedback.model import Judgement
from chalicelib.recommendations.item_similarity.codec import LearnedFilm
from chalicelib.recommendations.item_similarity.sql import learned_films, neighbours_sql

log = logging.getLogger(__name__)

SHRINK_MOST = 0.5  # a model that knows less than half of yesterday's films is an accident, not a day's change


class NothingLearnedError(DomainError):
    """The new model is empty or much smaller than the one in use, which stays."""


class Judgements(Protocol):
    """The site's own feedback."""

    def judgements(self) -> Iterator[Judgement]:
        """All of it, in no particular order."""


class Engine(Protocol):
    """What runs the query."""

    def rows(self, sql: str) -> Iterable[Mapping[str, str]]:
        """The answer's rows by column name, null as ""."""


class Learned(NamedTuple):
    """What a run made."""

    version: str
    films: int
    neighbours: int
    bytes: int


class NeighbourModels(Protocol):
    """The table of neighbours, for the one who writes it."""

    def films_known(self) -> int:
        """How many films the model in use knows; 0 without one."""

    def put_model(self, films: Iterable[LearnedFilm], films_least: int, now: datetime) -> Learned:
        """Writes a new model beside the one in use, then points the readers to it. Films come in the order of their
        codes. Raises `NothingLearnedError`, the pointer untouched, when fewer than `films_least` came."""


class LearnParts(NamedTuple):
    """What the job works with. `write` stores the judgements where the engine reads them and returns how many."""

    feedback: Judgements
    write: Callable[[Iterable[Judgement]], int]
    engine: Engine | None
    store: NeighbourModels


def learn(parts: LearnParts, now: datetime) -> Learned | None:
    """One run. None where the stage has no engine: said in the log, and the model in use stays.

    Raises:
        QueryFailedError, NoExportError, NothingLearnedError: nothing was changed.
    """
    if parts.engine is None:
        log.warning("learn: no engine on this stage; the neighbours stay as they are")
        return None
    rows = parts.write(parts.feedback.judgements())
    films = learned_films(parts.engine.rows(neighbours_sql()))
    least = max(1, int(parts.store.films_known() * SHRINK_MOST))
    learned = parts.store.put_model(films, least, now)
    log.info(
        "learn: model %s of %d own judgements: %d films, %d neighbours, %d bytes",
        learned.version, rows, learned.films, learned.neighbours, learned.bytes,
    )  # fmt: skip
    return learned
