"""Days are summed up to today, and no other day is."""

from datetime import timedelta

from chalicelib.operator.outcomes import outcomes
from chalicelib.outcomes.model import Cell, Counted
from tests.factories import NOW
from tests.fake_outcomes import FakeDays

CELL = Cell("gigachat", 1, "home", "", 10, 4, 0, 0, 2, 1)


def test_the_last_days_are_summed_with_today_among_them() -> None:
    store = FakeDays()
    for back in (0, 6, 7, 150):
        store.put_day(NOW.date() - timedelta(days=back), Counted(str(back), (CELL,)))
    week = outcomes(store, 7, "source", NOW)
    assert (week.days, week.counted_days, week.by) == (7, 2, "source")
    (row,) = week.rows
    assert (row.value, row.shown, row.opened, row.liked, row.disliked) == ("gigachat", 20, 8, 4, 2)
    assert row.rates["liked"].low < 0.2 == row.rates["liked"].rate < row.rates["liked"].high
    assert outcomes(store, 400, "place", NOW).counted_days == 4
    assert outcomes(store, 1, "source", NOW - timedelta(days=3)).rows == ()
