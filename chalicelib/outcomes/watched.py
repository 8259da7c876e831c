"""What viewers have watched, under their own ids, for the nightly learning alone.

Events lie under pseudonyms, which nobody can lead back without a viewer's salt (`pseudonyms.py`): so all salts are read
once a day, and whoever has left meanwhile is not found any more (docs/decisions/086-watched-and-resting.md).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice
from typing import NamedTuple

from chalicelib.outcomes.model import Counting, EventFiles, SaltsOfAll
from chalicelib.outcomes.pseudonyms import pseudonym_of
from chalicelib.outcomes.sql import DAY, statement

DAYS_MOST = 34  # events are kept for 35
FILMS_MOST = 100  # of a viewer: a film every eight hours
VIEWERS_MOST = 1_000_000  # 250 MB of the function's memory; of others nothing is found
ROWS_MOST = 20_000_000  # two minutes and a half of its fifteen


class Watched(NamedTuple):
    """A film that a viewer began to play, or saw to its end; `moment` in microseconds since the epoch."""

    user_id: str
    film_id: str
    finished: bool
    moment: int


def watched_sql(first: date, last: date) -> str:
    """What was watched in these days, by pseudonym."""
    return statement("watched", first, last, films_most=str(FILMS_MOST))


def watched_films(files: EventFiles, counting: Counting, salts: SaltsOfAll, now: datetime) -> Iterator[Watched]:
    """What was watched in the last weeks by viewers who have not left, at most `ROWS_MOST` films of `VIEWERS_MOST`
    viewers. Holds 250 bytes a viewer, none a film.

    Raises:
        UnavailableError: the engine or the table does not answer.
    """
    if not files.has_any():
        return
    today = now.astimezone(UTC).date()
    known = islice(salts.all_salts(), VIEWERS_MOST)
    users = {pseudonym_of(user_id, salt): user_id for user_id, salt, _ in known}
    for row in islice(counting.rows(watched_sql(today - DAY * (DAYS_MOST - 1), today)), ROWS_MOST):
        if user_id := users.get(row["viewer"]):
            yield Watched(user_id, row["film_id"], row["finished"] == "1", int(row["moment"]))
