"""Who comes into an evening, and which films both get."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.evenings.codes import guest_of, key_of, new_code
from chalicelib.recommendations.evenings.model import (
    Attendance,
    EveningFullError,
    NoSuchEveningError,
    TooManyEveningsError,
)
from chalicelib.recommendations.model import UserErasedError
from tests.evening_world import GUEST, MOST, World
from tests.factories import NOW, film, film_id


@pytest.fixture
def world() -> World:
    return World()


def titles(world: World, code: str) -> list[str]:
    return [film.title for film in world.look(code).films]


def test_both_see_the_same_ten_films_when_the_second_has_come(world: World) -> None:
    code = world.open()
    waiting = world.look(code)
    assert (waiting.state, waiting.is_host, waiting.films) == ("waiting", True, ())
    world.join(code)
    seen, others = world.look(code), world.look(code, "boris")
    assert (seen.state, len(seen.films)) == ("choosing", 10)
    assert (others.films, others.is_host) == (seen.films, False)
    assert sum(one.title.startswith("Both") for one in seen.films[:6]) >= 3, "what suits both comes early"


@pytest.mark.parametrize(
    "said", [{"rating": "dislike"}, {"steer": "exclude"}, {"rating": "seen"}, {"rating": "like"}], ids=str
)
@pytest.mark.parametrize("who", ["olga", "boris"])
def test_no_film_comes_of_which_either_has_said_anything(world: World, who: str, said: dict[str, Any]) -> None:
    before = World()
    shown = titles(before, before.both()[0])[:4]
    world.says(who, shown, **said)
    assert not set(titles(world, world.both()[0])) & set(shown)


def test_a_film_on_a_watchlist_may_come(world: World) -> None:
    before = World()
    shown = titles(before, before.both()[0])[:4]
    world.says("boris", shown, saved_at=NOW)
    assert set(shown) <= set(titles(world, world.both()[0]))


@pytest.mark.parametrize(("olgas", "boriss"), [({"age_limit": 12}, {}), ({}, {"age_limit": 12}), ({"region": "RU"}, {}),
                                               ({"region": "KZ"}, {"region": "RU"})])  # fmt: skip
def test_age_limits_and_regions_of_both_hold(world: World, olgas: dict[str, Any], boriss: dict[str, Any]) -> None:
    for number in range(30):
        fit: dict[str, Any] = {"age_rating": 6, "regions": ("RU", "KZ")}
        if number % 2:
            fit = {"age_rating": 18, "regions": ("KZ",)}
        world.catalog.films[film_id(f"Both {number}")] = film(
            f"Both {number}", genres=("Comedy", "Horror"), imdb_votes=90_000, imdb_rating=7.5, **fit
        )
    code = world.open(**olgas)
    world.join(code, **boriss)
    shown = [title for title in titles(world, code) if title.startswith("Both")]
    assert shown
    assert all(int(title.split()[1]) % 2 == 0 for title in shown)


def test_a_guests_picks_are_their_taste_and_are_not_shown_again(world: World) -> None:
    code = world.open()
    world.join(code, GUEST, ["Horror 0", "Horror 1", "Horror 2", "Both 0", "Both 1"])
    found = titles(world, code)
    assert len(found) == 10
    assert any(title.startswith(("Horror", "Both")) for title in found)
    assert not {"Horror 0", "Both 0", "Both 1"} & set(found)
    assert world.store.attended.keys() == {"olga"}, "of a guest nothing is noted anywhere else"


@pytest.mark.parametrize("picks", [[], ["A film nobody holds"]])
def test_a_guest_without_known_films_is_refused_and_the_seat_stays_free(world: World, picks: list[str]) -> None:
    code = world.open()
    with pytest.raises(InvalidInputError):
        world.join(code, GUEST, picks)
    assert not world.held(code).is_full


def test_a_viewer_of_whom_nothing_is_known_may_name_films_or_not(world: World) -> None:
    for picks in ([], ["Horror 0"]):
        code = world.open()
        world.join(code, "vera", picks)
        assert len(world.look(code, "vera").films) == 10


def test_joining_again_finds_the_evening_as_it_is(world: World) -> None:
    code, cards = world.both()
    world.say(code, "boris", said={cards[0]: "yes"})
    puts = world.store.puts
    for who in ("boris", "olga"):
        assert [film.film_id for film in world.join(code, who).films][:10] == cards
    assert world.store.puts == puts
    assert world.look(code, "boris").answers


def test_a_third_is_refused(world: World) -> None:
    code, _ = world.both()
    for third in ("vera", guest_of("h" * 43)):
        with pytest.raises(EveningFullError):
            world.join(code, third, ["Both 0"])


def test_of_two_who_join_at_once_one_gets_the_seat(world: World) -> None:
    code = world.open()

    def quicker() -> None:
        world.store.before_put = lambda: None  # type: ignore[method-assign]
        world.join(code, GUEST, ["Both 0"])

    world.store.before_put = quicker  # type: ignore[method-assign]
    with pytest.raises(EveningFullError):
        world.join(code)
    assert [seat.holder for seat in world.held(code).seats] == ["olga", GUEST]


def test_nobody_else_sees_it_and_nobody_finds_it_when_it_is_over(world: World) -> None:
    code, _ = world.both()
    for who in ("vera", GUEST, "?"):
        with pytest.raises(NoSuchEveningError):
            world.look(code, who)
    later = NOW + timedelta(hours=12)
    for do in (lambda: world.look(code, now=later), lambda: world.join(code, "vera", now=later)):
        with pytest.raises(NoSuchEveningError):
            do()
    with pytest.raises(NoSuchEveningError):
        world.join(new_code(), "vera")


def test_a_viewer_has_so_many_evenings_at_a_time(world: World) -> None:
    codes = [world.open() for _ in range(MOST)]
    with pytest.raises(TooManyEveningsError) as refused:
        world.open()
    assert 0 < refused.value.retry_after_seconds <= 12 * 3600
    foreign = world.open("boris")
    with pytest.raises(TooManyEveningsError):
        world.join(foreign, "olga")
    world.end(codes[0], "olga")
    with pytest.raises(TooManyEveningsError):
        world.open(now=NOW + timedelta(hours=1))  # an ended one counts until it would have been over
    assert world.open(now=NOW + timedelta(hours=12))


def test_whoever_is_deleted_meanwhile_leaves_no_evening_behind(world: World) -> None:
    world.store.attended["olga"] = Attendance(erased=True)
    with pytest.raises(UserErasedError):
        world.open()
    assert list(world.store.evenings.values()) == [None]
    code = world.open("boris")
    with pytest.raises(UserErasedError):
        world.join(code, "olga")
    assert world.store.find(key_of(code)) is None


def test_the_seat_stays_free_while_the_catalogue_is_away(world: World) -> None:
    code = world.open()
    world.catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        world.join(code)
    world.catalog.down = False
    assert len(world.join(code).films) == 15
