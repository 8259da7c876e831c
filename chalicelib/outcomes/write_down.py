"""What was told is written down: a batch of messages becomes one file for each day it tells of. The same messages make
the same files, so a batch that is delivered again changes nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import batched

from chalicelib.outcomes.model import EventFiles, Told, ToldBatch

FILMS_AT_ONCE = 1_000  # asked of a catalogue
AGE_UNKNOWN = -1

type YearsOf = Callable[[Sequence[str]], Mapping[str, int]]
"""The years of some films, as far as they are known."""


def write_down(batches: Mapping[str, ToldBatch], files: EventFiles, years_of: YearsOf = lambda _: {}) -> int:
    """Writes down all messages, by their id, and how old the films were that they say were shown. Returns how many
    files it took: one, around midnight two, and one more for each earlier day that somebody tells of."""
    name = hashlib.sha256("\n".join(sorted(batches)).encode()).hexdigest()[:32]
    by_day: dict[date, list[Sequence[object]]] = defaultdict(list)
    shown = sorted({one.film_id for batch in batches.values() for one in batch.events if one.kind == "shown"})
    years: dict[str, int] = {}
    for some in batched(shown, FILMS_AT_ONCE, strict=False):
        years |= years_of(some)
    for batch in batches.values():
        for day, row in _rows(batch, years):
            by_day[day].append(row)
    for day, rows in by_day.items():
        files.write_file(day, name, rows)
    return len(by_day)


def _rows(batch: ToldBatch, years: Mapping[str, int]) -> Iterable[tuple[date, Sequence[object]]]:
    for one in batch.events:
        day, year = day_of(one), years.get(one.film_id) if one.kind == "shown" else None
        age = AGE_UNKNOWN if year is None else max(0, day.year - year)
        yield day, (batch.viewer, one.kind, one.film_id, one.at, one.source, one.place, one.surface,
                            one.experiment, one.version, one.prompt_version, age)  # fmt: skip


def day_of(one: Told) -> date:
    """The day it happened on, in UTC."""
    return datetime.fromtimestamp(one.at // 1_000_000, UTC).date()
