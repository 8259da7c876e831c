"""Days are counted by the SQL text that goes to Athena, here on DuckDB; beside it the same in plain Python."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

import msgspec
import pytest

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.count import cells_sql, count_days
from chalicelib.outcomes.model import Cell, Kind, Told, ToldBatch
from chalicelib.outcomes.rates import DEEDS
from chalicelib.outcomes.write_down import write_down
from tests.factories import NOW
from tests.fake_outcomes import DuckCounting, FakeDays, FakeFiles

DAY = NOW.date()
SECOND, HOUR = 1_000_000, 3_600_000_000
KINDS: tuple[Kind, ...] = ("shown", "opened", "started", "finished", "liked", "disliked")


def at(hours: float = 0) -> int:
    return round((NOW + timedelta(hours=hours)).timestamp() * 1_000_000)


def shown(film: str = "x", hours: float = 0, place: int = 1, source: str = "personal", version: str = "v") -> Told:
    return Told("shown", film, at(hours), source, place, "home", "", version)


def deed(kind: Kind, film: str = "x", hours: float = 0.1) -> Told:
    return Told(kind, film, at(hours), version="v")


class World:
    def __init__(self) -> None:
        self.files, self.days = FakeFiles(), FakeDays()
        self.counting = DuckCounting(self.files)
        self.messages = 0
        self.years: dict[str, int] = {}

    def told(self, viewer: str, *events: Told) -> None:
        self.messages += 1
        write_down({str(self.messages): ToldBatch(viewer, events)}, self.files, lambda _: self.years)

    def count(self, now: datetime = NOW) -> int:
        return count_days(self.files, self.counting, self.days, now)

    def cells(self, day: date = DAY) -> tuple[Cell, ...]:
        self.count()
        return self.days.held[day].cells if day in self.days.held else ()


def test_an_event_that_is_told_twice_is_counted_once() -> None:
    world = World()
    for _ in range(3):
        world.told("a", shown(), deed("opened"))
    world.told("a", shown(hours=1), deed("opened", hours=2))
    assert world.cells() == (Cell("personal", 1, "home", "", 1, 1, 0, 0, 0, 0),)


def test_another_viewer_film_list_or_day_is_another_showing() -> None:
    world = World()
    world.told("a", shown(), shown("y"), shown(version="w"), shown(hours=13))
    world.told("b", shown())
    assert [cell.shown for cell in world.cells()] == [4]
    world.count(NOW + timedelta(hours=14))
    assert [cell.shown for cell in world.days.held[DAY + timedelta(days=1)].cells] == [1]


def test_what_was_done_belongs_to_the_last_showing_before_it_within_a_day() -> None:
    world = World()
    world.told("a", shown(source="top", hours=-2, version="u"), shown(source="gigachat"), deed("liked"))
    assert world.cells() == (
        Cell("gigachat", 1, "home", "", 1, 0, 0, 0, 1, 0),
        Cell("top", 1, "home", "", 1, 0, 0, 0, 0, 0),
    )
    world.told("b", deed("liked", hours=-1), shown(), deed("liked", hours=24))
    assert sum(cell.liked for cell in world.cells()) == 1, "one came before it was shown, the other a day later"


def test_what_is_opened_after_midnight_counts_for_the_evening_it_was_shown_in() -> None:
    world = World()
    world.told("a", shown(hours=11.9))
    assert world.cells()[0].opened == 0
    world.told("a", deed("opened", hours=12.5))
    assert world.cells()[0].opened == 1


def test_places_far_down_are_counted_together() -> None:
    world = World()
    for place in (0, 9, 10, 11, 20, 21, 50, 51, 100):
        world.told("a", shown(f"film {place}", place=place))
    assert {cell.place: cell.shown for cell in world.cells()} == {0: 1, 9: 1, 10: 1, 11: 2, 21: 2, 51: 2}


def test_the_age_of_a_film_is_counted_by_bands_from_its_year_to_the_day() -> None:
    world, ages = World(), {0: 0, 1: 0, 2: 2, 4: 2, 5: 5, 9: 5, 10: 10, 19: 10, 20: 20, 39: 20, 40: 40, 99: 40}
    world.years = {f"film {age}": DAY.year - age for age in ages} | {"next year's": DAY.year + 1}
    world.told("a", *(shown(film) for film in [*world.years, "unheard of"]), deed("liked", "film 40"))
    assert {cell.age: cell.shown for cell in world.cells()} == Counter(ages.values()) + Counter({0: 1, -1: 1})
    assert [cell.age for cell in world.cells() if cell.liked] == [40]


def test_prompts_are_counted_apart() -> None:
    world = World()
    by_prompt = [msgspec.structs.replace(shown(one, source="gigachat"), prompt_version=one) for one in ("v1", "v2")]
    world.told("a", *by_prompt, shown("z"), deed("liked", "v2"))
    assert [(cell.source, cell.prompt_version, cell.liked) for cell in world.cells()] == [
        ("gigachat", "v1", 0), ("gigachat", "v2", 1), ("personal", "", 0),
    ]  # fmt: skip


def test_files_of_before_prompts_and_ages_were_told_are_counted_too() -> None:
    world = World()
    world.told("a", shown())
    held = world.files.held
    world.files.held = {name: tuple((*row[:9], None, None) for row in rows) for name, rows in held.items()}
    assert world.cells() == (Cell("personal", 1, "home", "", 1, 0, 0, 0, 0, 0, "", -1),)


def test_days_of_which_nothing_new_was_told_cost_no_query() -> None:
    world = World()
    assert world.count() == 0
    world.told("a", shown())
    assert world.count() == 1
    asked = len(world.counting.asked)
    assert world.count() == 0
    assert len(world.counting.asked) == asked
    world.told("a", shown(hours=-24 * 7, film="late"))
    assert world.count() == 1
    assert DAY - timedelta(days=7) in world.days.held


def test_what_was_counted_stays_when_the_engine_is_away() -> None:
    world = World()
    world.told("a", shown())
    before = world.cells()

    class Away(DuckCounting):
        def rows(self, sql: str) -> Iterator[dict[str, str]]:
            raise UnavailableError(sql)

    world.told("b", shown())
    with pytest.raises(UnavailableError):
        count_days(world.files, Away(world.files), world.days, NOW)
    assert world.days.held[DAY].cells == before
    assert world.count() == 1


def reference(rows: Iterable[tuple[str, Told]], day: date) -> Counter[tuple[object, ...]]:
    """The same by hand: (source, band, surface, kind) → how often."""
    start = int(datetime(day.year, day.month, day.day, tzinfo=NOW.tzinfo).timestamp()) * SECOND
    counted = Counter[tuple[object, ...]]()
    by_pair = sorted({(viewer, one.film_id) for viewer, one in rows})
    for viewer, film in by_pair:
        events = sorted({one for who, one in rows if (who, one.film_id) == (viewer, film)}, key=lambda one: one.at)
        showings: dict[tuple[str, int], Told] = {}
        for one in events:
            if one.kind == "shown":
                showings.setdefault((one.version, one.at // (24 * HOUR)), one)
        kept = sorted(showings.values(), key=lambda one: one.at)
        done: set[tuple[int, Kind]] = set()
        for one in events:
            before = [number for number, given in enumerate(kept) if given.at <= one.at]
            if one.kind != "shown" and before and one.at - kept[before[-1]].at < 24 * HOUR:
                done.add((before[-1], one.kind))
        for number, one in enumerate(kept):
            if start <= one.at < start + 24 * HOUR:
                band = one.place if one.place <= 10 else 11 if one.place <= 20 else 21 if one.place <= 50 else 51
                counted[one.source, band, one.surface, "shown"] += 1
                for deed_ in DEEDS:
                    counted[one.source, band, one.surface, deed_] += (number, deed_) in done
    return counted


@pytest.mark.parametrize("seed", range(12))
def test_the_text_counts_as_one_would_by_hand(seed: int) -> None:
    draw, world = random.Random(seed), World()
    rows: list[tuple[str, Told]] = []
    for moment in sorted(draw.sample(range(60 * HOUR // SECOND), 600)):
        viewer, film, version = draw.choice("abc"), draw.choice("xyz"), draw.choice("uvw")
        kind = draw.choice(KINDS)
        told = Told(kind, film, at(-36) + moment * SECOND)
        if kind == "shown":  # a film stands in one place of a list
            source = {"u": "gigachat", "v": "personal", "w": "top"}[version]
            place = {"x": 1, "y": 15, "z": 70}[film] + ord(version) % 2
            told = Told(kind, film, told.at, source, place, "home", "", version)
        rows.append((viewer, told))
        world.told(viewer, told)
    for day in (DAY, DAY - timedelta(days=1)):
        counted = Counter[tuple[object, ...]]()
        for cell in world.cells(day):
            for name in ("shown", *DEEDS):
                counted[cell.source, cell.place, cell.surface, name] += getattr(cell, name)
        assert counted == reference(rows, day)


def test_one_text_names_the_day_and_the_next() -> None:
    text = cells_sql(date(2026, 2, 28))
    assert "BETWEEN '2026-02-28' AND '2026-03-01'" in text
    assert "{" not in text
