"""What became of the advice over some days, from what `outcomes/count.py` has counted."""

from datetime import UTC, datetime, timedelta

import msgspec

from chalicelib.outcomes.model import Days
from chalicelib.outcomes.rates import By, Row, rows_of


class Outcomes(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of so many days up to today. `counted_days`: of how many of them anything is known."""

    by: By
    days: int
    counted_days: int
    rows: tuple[Row, ...]


def outcomes(store: Days, days: int, by: By, now: datetime) -> Outcomes:
    """The last `days` days, today among them. Half a read unit a day."""
    today = now.astimezone(UTC).date()
    wanted = [today - timedelta(days=back) for back in range(days)]
    found = store.find_days(wanted).values()
    cells = [cell for counted in found for cell in counted.cells]
    return Outcomes(by=by, days=days, counted_days=len(found), rows=tuple(rows_of(cells, by)))
