"""New films wait to be asked about: each once, so many a day, and whoever dies or looks at the same time."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import AskState, FilmQuestions
from chalicelib.recommendations.premieres.note import QuestionsChangedError, change, film_of, subject_of
from tests.factories import NOW, film, film_id
from tests.fake_lanes import FakeFilmQuestions
from tests.killed import KilledError, killed_at
from tests.premiere_lanes import PremiereLanes, premiere


def waiting(lanes: PremiereLanes) -> list[str]:
    found = lanes.store.list_waiting(lanes.now + timedelta(days=30), 1_000)
    return sorted(film_id for one in found if (film_id := film_of(one)))


def test_a_new_film_waits_once_however_often_is_looked() -> None:
    lanes = PremiereLanes()
    lanes.come(premiere("New"))
    assert [lanes.look() for _ in range(3)] == [1, 0, 0]
    lanes.come(premiere("New", title_ru="Новый"))  # told anew
    lanes.wait(days=1)
    assert lanes.look() == 0
    assert waiting(lanes) == [film_id("New")]


@pytest.mark.parametrize(
    ("new", "noted"),
    [
        (premiere("Came with the whole catalogue", added_at=None), 0),
        (premiere("Came eight days ago", added_at=NOW - timedelta(days=8)), 0),
        (premiere("Came six days ago", added_at=NOW - timedelta(days=6)), 1),
        (
            premiere(
                "Shown since yesterday", added_at=NOW - timedelta(days=90), available_from=NOW - timedelta(days=1)
            ),
            1,
        ),
    ],
    ids=lambda one: one.titles.main if isinstance(one, Film) else "",
)
def test_a_film_is_new_when_it_came_in_the_last_week(new: Film, noted: int) -> None:
    lanes = PremiereLanes()
    lanes.come(new)
    assert lanes.look() == noted


def test_as_many_are_put_a_day_as_is_set_and_the_others_the_days_after() -> None:
    lanes = PremiereLanes(premieres_per_day=20)
    lanes.come(*(premiere(f"New {n}", added_at=NOW - timedelta(minutes=n)) for n in range(50)))
    assert [lanes.look() for _ in range(3)] == [20, 0, 0]
    assert set(waiting(lanes)) == {film_id(f"New {n}") for n in range(20)}, "the latest first"
    lanes.wait(days=1)
    assert (lanes.look(), lanes.look()) == (20, 0)
    lanes.wait(days=1)
    assert lanes.look() == 10
    assert len(waiting(lanes)) == 50


@pytest.mark.parametrize(("per_day", "noted"), [(0, 0), (100, 100), (1_000, 100)])
def test_what_is_set_has_a_bound(per_day: int, noted: int) -> None:
    lanes = PremiereLanes(premieres_per_day=per_day)
    lanes.come(*(premiere(f"New {n}") for n in range(130)))
    lanes.look()
    lanes.come(*(premiere(f"Newer {n}", added_at=NOW + timedelta(seconds=1)) for n in range(130)))
    lanes.look()
    assert len(waiting(lanes)) == noted


@pytest.mark.parametrize("dies_at", ["put_state", "put_film_questions 1", "put_film_questions 2"])
def test_each_film_waits_once_when_the_look_dies_anywhere(dies_at: str) -> None:
    lanes = PremiereLanes(premieres_per_day=10)
    lanes.come(premiere("A"), premiere("B"))
    method, _, number = dies_at.partition(" ")
    holder: Any = lanes.store if method == "put_state" else lanes.questions
    with killed_at(holder, method, int(number or 2)), pytest.raises(KilledError):
        lanes.look()
    states = dict(lanes.store.records)
    lanes.look()
    assert waiting(lanes) == sorted([film_id("A"), film_id("B")])
    assert all(lanes.store.records[one] == record for one, record in states.items()), "nobody was put twice"
    assert lanes.look() == 0
    assert lanes.questions.held.noted_on_day <= 4, "what a death has booked is all that is lost"


def test_one_of_two_looks_at_once_puts_the_films() -> None:
    lanes = PremiereLanes()
    lanes.come(premiere("New"))
    held = lanes.questions.film_questions()
    assert lanes.look() == 1

    class Late(FakeFilmQuestions):
        def film_questions(self) -> FilmQuestions:
            return held

    late = Late()
    late.held = lanes.questions.held
    assert lanes.look(late) == 0


def test_a_film_that_is_forgotten_here_is_not_put_again() -> None:
    lanes = PremiereLanes()
    lanes.come(premiere("New"))
    lanes.look()
    before = lanes.store.records[subject_of(film_id("New"))]
    held = lanes.questions.held
    lanes.questions.held = FilmQuestions(version=held.version, since=held.since)
    assert lanes.look() == 0
    assert lanes.store.records[subject_of(film_id("New"))] == before


def test_the_latest_are_remembered_and_no_more() -> None:
    lanes = PremiereLanes(premieres_per_day=100)
    for day in range(3):
        lanes.come(*(premiere(f"New {day} {n}", added_at=lanes.now) for n in range(100)))
        lanes.look()
        lanes.wait(days=1)
    kept = lanes.questions.held.noted
    assert len(kept) == FilmQuestions.KEPT
    assert set(kept) == {film_id(f"New {day} {n}") for day in (1, 2) for n in range(100)}


def test_nothing_is_put_while_the_catalogue_is_away() -> None:
    lanes = PremiereLanes()
    lanes.come(premiere("New"))
    lanes.catalog.down = True
    assert lanes.look() == 0
    lanes.catalog.down = False
    assert lanes.look() == 1


def test_a_film_is_nobody_who_sits_there_and_waits() -> None:
    lanes = PremiereLanes()
    lanes.come(premiere("New"))
    lanes.look()
    state = lanes.store.read(subject_of(film_id("New"))).state
    assert not state.is_present
    assert list(lanes.store.list_present(NOW - timedelta(hours=1), lanes.now, 10)) == []


def test_viewers_and_films_are_told_apart() -> None:
    assert film_of(subject_of("x")) == "x"
    assert film_of("2f1a7c1e-8f5b-4b8e-9c53-6e1f0a3a9f10") is None


def test_a_change_is_given_up_when_others_never_stop() -> None:
    class Busy(FakeFilmQuestions):
        def put_film_questions(self, new: FilmQuestions, replaces: FilmQuestions) -> bool:  # noqa: ARG002
            return False

    with pytest.raises(QuestionsChangedError):
        change(Busy(), lambda held: FilmQuestions(version=held.version, day="x"))


def test_an_old_state_without_a_place_is_no_film_that_waits() -> None:
    lanes = PremiereLanes()
    lanes.store.put_state(subject_of(film_id("New")), AskState(asked_hash="ended"), AskState())
    lanes.come(film("New", added_at=NOW))
    assert (lanes.look(), waiting(lanes)) == (0, [])


def test_what_the_first_look_finds_has_been_there_and_what_comes_after_it_is_new() -> None:
    lanes = PremiereLanes()
    lanes.questions.held = FilmQuestions()
    loaded = NOW - timedelta(minutes=3)
    lanes.catalog.films.clear()
    assert lanes.look() == 0, "nobody has loaded any yet"
    assert lanes.questions.held.since is None
    lanes.come(*(premiere(f"Loaded {n}", added_at=loaded) for n in range(150)))
    assert [lanes.look() for _ in range(3)] == [0, 0, 0]
    assert lanes.questions.held.since == loaded
    lanes.come(premiere("New", added_at=NOW))
    assert lanes.look() == 1
    assert waiting(lanes) == [film_id("New")]


def test_films_without_a_moment_have_been_there_too() -> None:
    lanes = PremiereLanes()
    lanes.questions.held = FilmQuestions()
    assert lanes.look() == 0
    assert lanes.questions.held.since == NOW
