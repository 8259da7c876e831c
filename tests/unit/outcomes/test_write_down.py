"""A batch of messages is one file for each day, and the same file when it comes again."""

from collections.abc import Sequence
from datetime import date, timedelta

from chalicelib.outcomes.model import Told, ToldBatch
from chalicelib.outcomes.write_down import day_of, write_down
from tests.factories import NOW, film_id
from tests.fake_outcomes import FakeFiles

DAY = date(2026, 3, 1)


def told(seconds: float = 0, kind: str = "shown") -> Told:
    return Told(kind, film_id("Alien"), round((NOW + timedelta(seconds=seconds)).timestamp() * 1_000_000))  # type: ignore[arg-type]


def test_a_batch_is_one_file_a_day() -> None:
    files = FakeFiles()
    batches = {"m1": ToldBatch("a", (told(), told(1, "opened"))), "m2": ToldBatch("b", (told(), told(12 * 3_600)))}
    assert write_down(batches, files) == 2
    assert [row[:2] for row in files.of(DAY)] == [("a", "shown"), ("a", "opened"), ("b", "shown")]
    assert [row[0] for row in files.of(DAY + timedelta(days=1))] == ["b"]


def test_a_batch_that_comes_again_replaces_its_files_and_another_one_does_not() -> None:
    files = FakeFiles()
    one, two = ToldBatch("a", (told(),)), ToldBatch("b", (told(),))
    for _ in range(2):
        write_down({"m1": one, "m2": two}, files)
        write_down({"m2": two, "m1": one}, files)
    assert len(files.held) == 1
    write_down({"m3": one}, files)
    assert len(files.held) == 2


def test_a_day_begins_at_midnight_in_utc() -> None:
    assert day_of(told(12 * 3_600 - 0.000001)) == DAY
    assert day_of(told(12 * 3_600)) == DAY + timedelta(days=1)


def test_how_old_a_film_is_stands_beside_its_showing_as_far_as_it_is_known() -> None:
    files, asked = FakeFiles(), []

    def years_of(film_ids: Sequence[str]) -> dict[str, int]:
        asked.append(list(film_ids))
        return {film_id("Alien"): 1979}

    other = Told("shown", film_id("Unheard of"), told().at)
    write_down({"m": ToldBatch("a", (told(), told(1), told(1, "opened"), other))}, files, years_of)
    assert [(row[1], row[10]) for row in files.of(DAY)] == [("shown", 47), ("shown", 47), ("opened", -1), ("shown", -1)]
    assert asked == [sorted([film_id("Alien"), film_id("Unheard of")])]
