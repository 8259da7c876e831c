"""When an evening ends, and with which film."""

import pytest

from tests.evening_world import World, all_of


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
