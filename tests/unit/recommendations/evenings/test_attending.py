"""What the two answer, when the evening ends, and what either learns of the other."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.evenings.model import CARDS, EveningChangedError, NoSuchEveningError
from tests.evening_world import GUEST, World, all_of
from tests.factories import NOW, film_id


@pytest.fixture
def world() -> World:
    return World()


def test_it_ends_with_the_first_film_that_both_said_yes_to(world: World) -> None:
    code, cards = world.both()
    assert world.say(code, "olga", said={cards[0]: "no", cards[1]: "yes", cards[2]: "yes"}).state == "choosing"
    ended = world.say(code, "boris", said={cards[2]: "yes", cards[1]: "yes"})
    assert (ended.state, ended.how) == ("decided", "both")
    assert ended.chosen is not None
    assert ended.chosen.film_id == cards[1], "of two the one that stands higher"
    assert world.look(code).chosen == ended.chosen


def test_after_ten_cards_it_ends_with_what_comes_nearest(world: World) -> None:
    code, cards = world.both()
    olga = all_of(cards, "no") | {cards[0]: "yes", cards[3]: "yes", cards[4]: "yes"}
    boris = all_of(cards, "no") | {cards[0]: "veto", cards[5]: "yes"}
    assert world.say(code, "olga", said=olga).state == "choosing"
    ended = world.say(code, "boris", said=boris)
    assert (ended.state, ended.how, ended.chosen and ended.chosen.film_id) == ("decided", "compromise", cards[3])


def test_no_vetoed_film_is_the_compromise_whoever_vetoed_it(world: World) -> None:
    code, cards = world.both()
    world.say(code, "olga", said=all_of(cards, "yes") | {cards[9]: "veto"})
    ended = world.say(code, "boris", said=all_of(cards, "veto"))
    assert (ended.state, ended.chosen, ended.how) == ("decided", None, "compromise")


def test_where_nobody_said_yes_the_list_decides(world: World) -> None:
    code, cards = world.both()
    world.say(code, "olga", said=all_of(cards, "no") | {cards[0]: "veto"})
    ended = world.say(code, "boris", said=all_of(cards, "no"))
    assert ended.chosen is not None
    assert ended.chosen.film_id == cards[1]


def test_the_first_word_stands_however_often_and_late_answers_come(world: World) -> None:
    code, cards = world.both()
    world.say(code, "olga", said={cards[0]: "no"})
    puts = world.store.puts
    for said in ({cards[0]: "no"}, {cards[0]: "yes"}, {}):
        assert [one.said for one in world.say(code, "olga", said=said).answers] == ["no"]
    assert world.store.puts == puts, "what changes nothing is not written"
    world.say(code, "boris", said={cards[0]: "yes", cards[1]: "yes"})
    ended = world.say(code, "olga", said={cards[1]: "yes"})
    world.say(code, "boris", said=all_of(cards, "veto"))
    assert world.look(code).chosen == ended.chosen, "after the end nothing changes it"


def test_both_offline_and_back_at_once_lose_nothing(world: World) -> None:
    code, cards = world.both()

    def quicker() -> None:
        world.store.before_put = lambda: None  # type: ignore[method-assign]
        world.say(code, "boris", said=all_of(cards[5:], "yes") | all_of(cards[:5], "no"))

    world.store.before_put = quicker  # type: ignore[method-assign]
    ended = world.say(code, "olga", said=all_of(cards[:6], "yes") | all_of(cards[6:], "no"))
    assert ended.chosen is not None
    assert ended.chosen.film_id == cards[5]


def test_whoever_always_loses_the_race_is_told(world: World) -> None:
    code, cards = world.both()
    world.store.put = lambda *_, **__: False  # type: ignore[method-assign]
    with pytest.raises(EveningChangedError):
        world.say(code, "olga", said={cards[0]: "yes"})


def test_a_film_of_no_evening_is_refused(world: World) -> None:
    code, cards = world.both()
    with pytest.raises(InvalidInputError):
        world.say(code, "olga", said={cards[0]: "yes", film_id("Comedy 0"): "yes"})
    assert world.look(code).answers == ()


def test_nothing_of_one_is_shown_to_the_other(world: World) -> None:
    code, cards = world.both()
    before = world.look(code, "boris")
    world.say(code, "olga", said=all_of(cards[:9], "veto") | {cards[9]: "yes"})
    assert world.look(code, "boris") == before, "not even that somebody has answered"
    said = msgspec.json.encode(world.look(code, "boris")).decode()
    for name in ["olga", *(f"Comedy {n}" for n in range(5)), *(film_id(f"Comedy {n}") for n in range(5))]:
        assert f'"{name}"' not in said


def test_reasons_tell_of_genres_that_several_liked_films_have_and_of_nothing_else(world: World) -> None:
    code, _ = world.both()
    reasons = {film.title: film.reason for film in world.look(code).films}
    assert {reasons[title] for title in reasons if title.startswith("Both")} == {
        "For one of you comedy, for the other horror"
    }
    world.says("boris", ["Comedy 20", "Comedy 21"])
    again, _ = world.both()
    assert "What you both like: comedy" not in {film.reason for film in world.look(again).films}, "two are too few"
    world.says("boris", ["Comedy 22"])
    third, _ = world.both()
    assert "What you both like: comedy" in {film.reason for film in world.look(third).films}


def test_a_withdrawn_film_is_no_card_and_another_takes_its_place(world: World) -> None:
    code, cards = world.both()
    world.say(code, "olga", said=all_of(cards, "no"))
    world.say(code, "boris", said=all_of(cards[1:], "no"))
    del world.catalog.films[cards[0]]
    now = world.look(code)
    assert (len(now.films), now.state) == (CARDS, "choosing")
    assert [film.film_id for film in now.films][:9] == cards[1:]
    last = now.films[-1].film_id
    world.say(code, "olga", said={last: "yes"})
    ended = world.say(code, "boris", said={last: "yes"})
    assert ended.chosen is not None
    assert ended.chosen.film_id == last


def test_a_limit_that_has_become_stricter_holds_from_the_next_look_on(world: World) -> None:
    code, cards = world.both()
    assert world.look(code, age_limit=12).films == (), "a film of unknown age counts as 16"
    assert world.look(code, "boris").films == (), "of both"
    assert world.look(code, age_limit=18).films == (), "and it does not widen again"
    assert cards


def test_either_ends_it_for_both_and_nobody_else_does(world: World) -> None:
    for who in ("olga", "boris"):
        code, _ = world.both()
        for stranger in ("vera", GUEST):
            world.end(code, stranger)
        assert world.look(code, "boris").state == "choosing"
        for _ in range(2):
            world.end(code, who)
        for one in ("olga", "boris"):
            with pytest.raises(NoSuchEveningError):
                world.look(code, one)


def test_answers_after_the_end_of_the_night_come_too_late(world: World) -> None:
    code, cards = world.both()
    with pytest.raises(NoSuchEveningError):
        world.say(code, "olga", NOW + timedelta(hours=12), said={cards[0]: "yes"})
