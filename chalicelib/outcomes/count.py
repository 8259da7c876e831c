"""Days are counted by SQL, once an hour those of which something new was told: one text for Athena, Trino, DuckDB."""

from datetime import UTC, date, datetime

from chalicelib.outcomes.model import Cell, Counted, Counting, Days, EventFiles
from chalicelib.outcomes.sql import DAY, statement
from chalicelib.outcomes.tell import OLDEST


def cells_sql(day: date) -> str:
    """What a day's showings came to. Reads the files of that day and of the next: what was shown late in the evening is
    opened after midnight."""
    return statement("cells", day, day, day=day.isoformat())


def count_days(files: EventFiles, counting: Counting, days: Days, now: datetime) -> int:
    """Counts the days of which something was told since they were counted. Returns how many.

    A day's count is replaced as a whole, so this may run twice, late, or beside itself. What comes while it reads is
    counted by the next run.

    Raises:
        UnavailableError: the engine or a store does not answer; days counted so far are kept.
    """
    today = now.astimezone(UTC).date()
    recent = [today - DAY * back for back in range(-1, OLDEST.days + 2)]  # tomorrow too: clocks differ
    prints = {day: files.fingerprint(day) for day in recent}
    known = days.find_days(recent)
    counted = 0
    for day in recent:
        seen = f"{prints[day]} {prints.get(day + DAY, '')}"
        if not prints[day] or (day in known and known[day].files == seen):
            continue
        cells = tuple(_cell(row) for row in counting.rows(cells_sql(day)))
        days.put_day(day, Counted(seen, cells))
        counted += 1
    return counted


def _cell(row: dict[str, str]) -> Cell:
    counts = {name: int(row[name]) for name in ("shown", "opened", "started", "finished", "liked", "disliked")}
    return Cell(
        source=row["source"], place=int(row["band"]), surface=row["surface"], experiment=row["experiment"],
        prompt_version=row["prompt_version"], age=int(row["age"]), **counts,
    )  # fmt: skip
