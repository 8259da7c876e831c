"""A film that a viewer was shown ten times and never touched makes room for a fortnight.

Which those are is counted once a day by SQL, and kept beside the viewer's salt, with which it goes
(docs/decisions/086-watched-and-resting.md).

Nothing is counted when events are told. What is written is 1 unit a day for a viewer whose films have changed.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import batched, groupby, islice

from chalicelib.outcomes.model import Counting, EventFiles, Resting, SaltsOfAll, Tallies
from chalicelib.outcomes.pseudonyms import pseudonym_of
from chalicelib.outcomes.sql import DAY, statement

log = logging.getLogger(__name__)

TIMES_LEAST = 10
FILMS_MOST = 50  # of a viewer: half a list, and an item stays within a write unit
DAYS_MOST = 28  # that are counted
RESTS = timedelta(days=14)  # from the last time on that it was shown
VIEWERS_MOST = 500_000  # 180 MB of the function's memory; for others nothing rests
CHANGES_MOST = 20_000  # in one run of five minutes; the next hour goes on
WOKEN_AT_ONCE = 100

type Wake = Callable[[Sequence[str]], None]
"""Has the lists of these viewers made anew. Only a hint: one that is lost is made up for at the viewer's next word."""


def untouched_sql(first: date, last: date, shown_since: datetime) -> str:
    """The films that rest, by pseudonym."""
    return statement(
        "untouched", first, last, times_least=str(TIMES_LEAST), films_most=str(FILMS_MOST),
        shown_since=str(int(shown_since.timestamp()) * 1_000_000),
    )  # fmt: skip


def let_rest(
    files: EventFiles,
    counting: Counting,
    salts: SaltsOfAll,
    tallies: Tallies,
    wake: Wake,
    now: datetime,
    *,
    at_once: bool = False,
) -> int:
    """Keeps which films rest for whom, unless that was done today (UTC). Returns for how many viewers it has changed.
    May run twice or die anywhere: what is kept already is not written again, and the next hour goes on. Holds 350 bytes
    a viewer.

    Raises:
        UnavailableError: the engine or the table does not answer.
    """
    today = now.astimezone(UTC).date()
    done = f"rested {today.isoformat()}"
    if not files.has_any() or (tallies.find_tallies([done])[done] and not at_once):
        return 0
    rows = counting.rows(untouched_sql(today - DAY * (DAYS_MOST - 1), today, now - RESTS))
    changed = 0
    for some in batched(_changes(rows, salts), WOKEN_AT_ONCE, strict=False):
        kept = [user_id for user_id, films in some if salts.put_resting(user_id, films)]
        wake(kept)
        changed += len(kept)
        if changed >= CHANGES_MOST:
            log.info("resting: %d viewers' films have changed; the next run goes on", changed)
            return changed
    tallies.add_tally(done, 1, now + timedelta(days=2))
    log.info("resting: %d viewers' films have changed", changed)
    return changed


def _changes(rows: Iterable[dict[str, str]], salts: SaltsOfAll) -> Iterator[tuple[str, Resting]]:
    """Whose films are others than those that are kept, and which."""
    known = islice(salts.all_salts(), VIEWERS_MOST)
    viewers = {pseudonym_of(user_id, salt): (user_id, _mark(films)) for user_id, salt, films in known}
    for viewer, its in groupby(rows, key=lambda row: row["viewer"]):
        films = {row["film_id"]: int(row["times"]) for row in its}
        user_id, before = viewers.pop(viewer, ("", 0))
        if user_id and _mark(films) != before:
            yield user_id, films
    for user_id, before in viewers.values():
        if before:
            yield user_id, {}


def _mark(films: Resting) -> int:
    """Another one for other films, 0 for none: less to hold than they are. How often each was shown changes nothing."""
    return hash(frozenset(films)) or 1 if films else 0
