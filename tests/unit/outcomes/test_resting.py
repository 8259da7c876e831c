"""Films that a viewer is shown again and again and never touches, counted by the text that goes to Athena."""

from datetime import datetime, timedelta

import pytest

from chalicelib.outcomes import resting
from chalicelib.outcomes.model import Kind, Told, ToldBatch
from chalicelib.outcomes.pseudonyms import Pseudonyms
from chalicelib.outcomes.resting import FILMS_MOST, let_rest
from chalicelib.outcomes.write_down import write_down
from tests.factories import NOW
from tests.fake_outcomes import DuckCounting, FakeFiles, FakeSalts, FakeTallies


class World:
    def __init__(self) -> None:
        self.files, self.salts, self.tallies = FakeFiles(), FakeSalts(), FakeTallies()
        self.counting = DuckCounting(self.files)
        self.woken: list[str] = []

    def told(self, user_id: str, kind: Kind, film: str, days: float = 0, version: str = "v") -> None:
        moment = round((NOW - timedelta(days=days)).timestamp() * 1_000_000)
        batch = ToldBatch(Pseudonyms(self.salts).pseudonym(user_id), (Told(kind, film, moment, version=version),))
        write_down({f"{user_id} {batch}": batch}, self.files)

    def shown(self, user_id: str, film: str, times: int, days: float = 0) -> None:
        """On so many days, the last of them so many ago."""
        for day in range(times):
            self.told(user_id, "shown", film, days + day)

    def rest(self, now: datetime = NOW, *, at_once: bool = False) -> int:
        return let_rest(self.files, self.counting, self.salts, self.tallies, self.woken.extend, now, at_once=at_once)


def test_a_film_shown_ten_times_and_never_touched_rests() -> None:
    world = World()
    world.shown("vera", "x", 10)
    world.shown("vera", "y", 9)
    world.shown("boris", "x", 9)
    assert world.rest() == 1
    assert world.salts.resting == {"vera": {"x": 10}}
    assert world.woken == ["vera"]


@pytest.mark.parametrize("kind", ["opened", "started", "finished", "liked", "disliked"])
def test_a_film_that_was_touched_once_makes_no_room(kind: Kind) -> None:
    world = World()
    world.shown("vera", "x", 12)
    world.told("vera", kind, "x", 5, version="")
    assert world.rest() == 0


def test_what_was_told_twice_or_stood_in_no_list_is_no_showing() -> None:
    world = World()
    for number in range(12):
        world.told("vera", "shown", "told twice", number / 100)
        world.told("vera", "shown", "in no list", number, version="")
        world.told("vera", "shown", "in ten lists of a day", number / 100, version=f"v{number}")
    world.rest()
    assert world.salts.resting == {"vera": {"in ten lists of a day": 12}}


def test_a_film_comes_back_a_fortnight_after_it_was_last_shown() -> None:
    world = World()
    world.shown("vera", "x", 10, days=1)
    world.rest()
    assert world.salts.resting["vera"]
    assert world.rest(NOW + timedelta(days=12)) == 0
    assert world.rest(NOW + timedelta(days=14)) == 1
    assert world.salts.resting == {"vera": {}}
    assert world.woken == ["vera", "vera"]


def test_it_is_counted_once_a_day_and_nothing_is_written_that_stands_there() -> None:
    world = World()
    world.shown("vera", "x", 10)
    world.rest()
    writes, asked = world.salts.writes, len(world.counting.asked)
    assert world.rest() == 0
    assert len(world.counting.asked) == asked
    assert world.rest(at_once=True) == world.rest(NOW + timedelta(days=1)) == 0
    assert world.salts.writes == writes
    assert world.woken == ["vera"]


def test_nothing_is_kept_of_a_viewer_who_leaves_meanwhile() -> None:
    world = World()
    world.shown("vera", "x", 10)

    class Leaving(FakeSalts):
        def put_resting(self, user_id: str, films: object) -> bool:
            self.drop_salt(user_id)
            return super().put_resting(user_id, films)  # type: ignore[arg-type]

    world.salts.__class__ = Leaving
    assert world.rest() == 0
    assert world.salts.resting == {}
    assert world.woken == []


def test_a_run_that_is_too_long_is_gone_on_with_an_hour_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resting, "CHANGES_MOST", 2)
    monkeypatch.setattr(resting, "WOKEN_AT_ONCE", 2)
    world = World()
    for number in range(5):
        world.shown(f"viewer {number}", "x", 10)
    assert [world.rest() for _ in range(4)] == [2, 2, 1, 0]
    assert sorted(world.woken) == [f"viewer {number}" for number in range(5)]


def test_viewers_beyond_those_whom_a_function_has_room_for_keep_what_they_have(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for user in ("vera", "boris"):
        world.shown(user, "x", 10)
    monkeypatch.setattr(resting, "VIEWERS_MOST", 1)
    assert world.rest() == 1
    assert world.woken == ["vera"]


def test_half_a_list_rests_at_most() -> None:
    world = World()
    for film in range(FILMS_MOST + 5):
        world.shown("vera", f"film {film}", 10 + film % 3)
    world.rest()
    assert len(world.salts.resting["vera"]) == FILMS_MOST
    assert 10 in world.salts.resting["vera"].values()
    assert sum(times > 10 for times in world.salts.resting["vera"].values()) == 36


def test_a_site_whose_clients_tell_nothing_asks_nothing() -> None:
    world = World()
    assert world.rest() == 0
    assert world.counting.asked == []
