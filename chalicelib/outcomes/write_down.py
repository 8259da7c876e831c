"""What was told is written down: a batch of messages becomes one file for each day it tells of. The same messages make
the same files, so a batch that is delivered again changes nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from chalicelib.outcomes.model import EventFiles, Told, ToldBatch


def write_down(batches: Mapping[str, ToldBatch], files: EventFiles) -> int:
    """Writes down all messages, by their id. Returns how many files it took: one, around midnight two, and one more for
    each earlier day that somebody tells of."""
    name = hashlib.sha256("\n".join(sorted(batches)).encode()).hexdigest()[:32]
    by_day: dict[date, list[Sequence[object]]] = defaultdict(list)
    for batch in batches.values():
        for day, row in _rows(batch):
            by_day[day].append(row)
    for day, rows in by_day.items():
        files.write_file(day, name, rows)
    return len(by_day)


def _rows(batch: ToldBatch) -> Iterable[tuple[date, Sequence[object]]]:
    for one in batch.events:
        yield day_of(one), (batch.viewer, one.kind, one.film_id, one.at, one.source, one.place, one.surface,
                            one.experiment, one.version)  # fmt: skip


def day_of(one: Told) -> date:
    """The day it happened on, in UTC."""
    return datetime.fromtimestamp(one.at // 1_000_000, UTC).date()
