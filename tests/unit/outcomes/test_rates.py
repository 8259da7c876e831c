"""Rates with intervals that hold what they promise, and a correction that takes the place out of them."""

import random

import pytest

from chalicelib.outcomes.model import Cell
from chalicelib.outcomes.rates import propensities, rows_of, wilson


def cell(source: str = "personal", place: int = 1, shown: int = 0, opened: int = 0, **more: int) -> Cell:
    rest = {"started": 0, "finished": 0, "liked": 0, "disliked": 0} | more
    return Cell(source, place, "home", "", shown, opened, prompt_version="", **rest)


def test_wilsons_interval_is_the_known_one() -> None:
    """Newcombe 1998, table I, method 3: 81 of 263 and 0 of 20."""
    assert (wilson(81, 263).low, wilson(81, 263).high) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert (wilson(0, 20).low, wilson(0, 20).high) == pytest.approx((0.0, 0.1611), abs=5e-5)
    assert (wilson(0, 0).rate, wilson(0, 0).low, wilson(0, 0).high) == (0.0, 0.0, 1.0)
    assert wilson(5, 3).rate == 1.0


def test_rows_add_up_and_have_the_words_of_the_question() -> None:
    cells = [cell(shown=10, opened=3, liked=1), cell("", 11, shown=4), cell("gigachat", 2, shown=30, opened=5)]
    assert [(row.value, row.shown) for row in rows_of(cells, "source")] == [
        ("gigachat", 30), ("personal", 10), ("unknown", 4),
    ]  # fmt: skip
    assert [row.value for row in rows_of(cells, "place")] == ["1", "2", "11-20"]
    assert [(row.value, row.opened, row.liked) for row in rows_of(cells, "surface")] == [("home", 8, 1)]
    assert [row.value for row in rows_of(cells, "experiment")] == ["none"]
    assert rows_of([], "source") == []


def test_a_place_has_nothing_corrected_and_one_that_was_not_told_comes_last() -> None:
    cells = [cell(place=0, shown=5), cell(place=51, shown=5), cell(place=3, shown=5)]
    rows = rows_of(cells, "place")
    assert [row.value for row in rows] == ["3", "51-", "unknown"]
    assert all(rate.corrected is None for row in rows for rate in row.rates.values())


def test_the_correction_takes_the_place_out_of_a_rate() -> None:
    """Two sources that are equally good, one of them always further up."""
    cells = [
        cell("gigachat", 1, shown=9_000, opened=1_800), cell("gigachat", 10, shown=1_000, opened=50),
        cell("personal", 1, shown=1_000, opened=200), cell("personal", 10, shown=9_000, opened=450),
    ]  # fmt: skip
    first, second = rows_of(cells, "source")
    assert first.rates["opened"].rate / second.rates["opened"].rate > 2.5
    one, other = first.rates["opened"].corrected, second.rates["opened"].corrected
    assert one
    assert other
    assert one.rate == pytest.approx(other.rate, rel=0.01)
    looked_at = propensities(cells)
    assert looked_at[1] / looked_at[10] == pytest.approx(4.0, rel=0.01)


def test_a_known_lift_lies_within_the_corrected_intervals() -> None:
    """Viewers by the model that is assumed: 200 sites, the truth outside of 95 % intervals in about 5 of 100."""
    draw, outside = random.Random(3), 0
    truth, looked = {"gigachat": 0.12, "personal": 0.06}, {1: 1.0, 2: 0.7, 3: 0.5, 11: 0.25}
    for _ in range(200):
        shown = {(source, place): draw.randrange(50, 900) for source in truth for place in looked}
        cells = [
            cell(source, place, n, sum(draw.random() < truth[source] * looked[place] for _ in range(n)))
            for (source, place), n in shown.items()
        ]
        mean = sum(n * looked[place] for (_, place), n in shown.items()) / sum(shown.values())
        for row in rows_of(cells, "source"):
            corrected = row.rates["opened"].corrected
            assert corrected
            outside += not corrected.low <= truth[row.value] * mean <= corrected.high
    assert outside / 400 < 0.09


def test_nothing_opened_corrects_nothing() -> None:
    cells = [cell(shown=10), cell("top", 2, shown=20)]
    assert propensities(cells) == {1: 1.0, 2: 1.0}
    assert all(row.rates["opened"].corrected for row in rows_of(cells, "source"))
    assert propensities([cell(place=0, shown=3, opened=1)]) == {}


def test_rows_by_prompt_and_by_age_have_the_models_places_and_the_years_in_their_order() -> None:
    cells = [
        Cell("gigachat", 1, "home", "", 10, 0, 0, 0, 1, 0, "v1", 40),
        Cell("gigachat", 2, "home", "", 30, 0, 0, 0, 2, 0, "v2", 2),
        Cell("gigachat", 3, "home", "", 5, 0, 0, 0, 0, 0, "", -1),
        Cell("personal", 4, "home", "", 100, 0, 0, 0, 3, 0, "", 2),
        Cell("top", 5, "home", "", 7, 0, 0, 0, 0, 0),
    ]
    by_prompt = [(row.value, row.shown, row.liked) for row in rows_of(cells, "prompt_version")]
    assert by_prompt == [("none", 107, 3), ("v2", 30, 2), ("v1", 10, 1), ("unknown", 5, 0)]
    by_age = [(row.value, row.shown, row.liked) for row in rows_of(cells, "age")]
    assert by_age == [("2-4", 130, 5), ("40-", 10, 1), ("unknown", 12, 0)]
    assert all(row.rates["liked"].corrected for row in rows_of(cells, "age"))
