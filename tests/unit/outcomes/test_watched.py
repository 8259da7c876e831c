"""What viewers have watched, found again under their own ids by the same text as on Athena."""

from datetime import timedelta

import pytest

from chalicelib.outcomes import watched
from chalicelib.outcomes.model import Kind, Told, ToldBatch
from chalicelib.outcomes.pseudonyms import Pseudonyms
from chalicelib.outcomes.watched import FILMS_MOST, Watched, watched_films
from chalicelib.outcomes.write_down import write_down
from tests.factories import NOW
from tests.fake_outcomes import DuckCounting, FakeFiles, FakeSalts


def at(days: float = 0) -> int:
    return round((NOW - timedelta(days=days)).timestamp() * 1_000_000)


class World:
    def __init__(self) -> None:
        self.files, self.salts = FakeFiles(), FakeSalts()
        self.counting = DuckCounting(self.files)

    def told(self, user_id: str, *events: tuple[Kind, str, int]) -> None:
        viewer = Pseudonyms(self.salts).pseudonym(user_id)
        batch = ToldBatch(viewer, tuple(Told(kind, film, moment) for kind, film, moment in events))
        write_down({f"{user_id} {events}": batch}, self.files)

    def watched(self) -> list[Watched]:
        return sorted(watched_films(self.files, self.counting, self.salts, NOW))


def test_a_viewers_films_are_found_under_their_own_id_and_once() -> None:
    world = World()
    world.told(
        "vera", ("started", "x", at(3)), ("finished", "x", at(2.9)), ("started", "y", at(1)), ("shown", "z", at())
    )
    world.told("vera", ("started", "x", at(3)), ("opened", "z", at()))
    world.told("boris", ("finished", "z", at(20)), ("liked", "x", at()))
    assert world.watched() == [
        Watched("boris", "z", True, at(20)), Watched("vera", "x", True, at(3)), Watched("vera", "y", False, at(1)),
    ]  # fmt: skip


def test_nobody_finds_what_a_viewer_watched_who_has_left() -> None:
    world = World()
    world.told("vera", ("finished", "x", at()))
    world.told("boris", ("finished", "x", at()))
    world.salts.drop_salt("vera")
    assert [one.user_id for one in world.watched()] == ["boris"]


def test_of_one_viewer_the_latest_films_alone_are_found() -> None:
    world = World()
    world.told("busy", *(("finished", f"film {number:03}", at(30 - number / 10)) for number in range(FILMS_MOST + 30)))
    assert [one.film_id for one in world.watched()] == [f"film {number:03}" for number in range(30, FILMS_MOST + 30)]


def test_no_query_is_asked_where_nobody_has_told_anything() -> None:
    world = World()
    assert world.watched() == []
    assert world.counting.asked == []


def test_no_more_is_held_than_a_function_has_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    for user in ("vera", "boris"):
        world.told(user, ("finished", "x", at()), ("finished", "y", at()))
    monkeypatch.setattr(watched, "ROWS_MOST", 3)
    assert len(world.watched()) == 3
    monkeypatch.setattr(watched, "VIEWERS_MOST", 1)
    monkeypatch.setattr(watched, "ROWS_MOST", 100)
    assert {one.user_id for one in world.watched()} == {"vera"}
