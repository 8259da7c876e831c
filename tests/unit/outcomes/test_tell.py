"""What a client tells is taken as a whole or not at all, under the viewer's other name."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from chalicelib.errors import InvalidInputError, UnavailableError
from chalicelib.outcomes.experiments.model import Arm, Experiment
from chalicelib.outcomes.pseudonyms import Pseudonyms
from chalicelib.outcomes.tell import CLOCKS_DIFFER, OLDEST, Event, tell, tell_judgement, told_of
from tests.factories import NOW, film_id
from tests.fake_outcomes import FakeSalts, FakeTelling


class World:
    def __init__(self) -> None:
        self.salts, self.telling = FakeSalts(), FakeTelling()
        self.pseudonyms = Pseudonyms(self.salts)

    def tell(self, *events: Event) -> int:
        return tell(events, "user", self.pseudonyms, self.telling, NOW)


def event(**fields: Any) -> Event:
    given: dict[str, Any] = {"type": "shown", "film_id": film_id("Alien"), "at": NOW}
    return Event(**given | fields)


def test_an_event_says_who_put_the_film_there_by_its_lists_version() -> None:
    world = World()
    given = event(list_version="17.p3g2", place=4, surface="home")
    assert world.tell(given, event(type="opened", film_id=film_id("Alien").upper())) == 2
    (batch,) = world.telling.told
    first, second = batch.events
    assert (first.kind, first.source, first.place, first.surface) == ("shown", "gigachat", 4, "home")
    assert first.at == 1_772_366_400_000_000
    assert (second.kind, second.film_id, second.source, second.version) == ("opened", first.film_id, "", "")


def test_lists_that_differ_in_what_is_left_of_them_are_one() -> None:
    world = World()
    world.tell(*(event(list_version=one, place=1, at=NOW) for one in ("17.p3g2", "17.p2g2", "18.p3g2", "made up")))
    versions = [one.version for one in world.telling.told[0].events]
    assert len(versions) == 3, "the first two are told once"
    assert len(set(versions)) == 3


def test_an_event_says_the_arms_of_its_list_that_are_declared() -> None:
    world = World()
    one = Experiment(name="one", about="?", arms=(Arm(name="a", share=0.1),))
    given = [
        event(list_version=version, place=1) for version in ("17.p~one:a", "18.p~one:made-up", "19.p~gone:a", "2.p")
    ]
    tell(given, "user", world.pseudonyms, world.telling, NOW, [one])
    assert [told.experiment for told in world.telling.told[0].events] == ["one:a", "", "", ""]
    assert {told.source for told in world.telling.told[0].events} == {"personal"}


def test_no_message_names_the_viewer() -> None:
    world = World()
    world.tell(event())
    assert b"user" not in msgspec.json.encode(world.telling.told)


@pytest.mark.parametrize("at", [NOW + CLOCKS_DIFFER + timedelta(seconds=1), NOW - OLDEST - timedelta(seconds=1)])
def test_nothing_is_taken_when_one_event_is_of_the_future_or_long_ago(at: Any) -> None:
    world = World()
    with pytest.raises(InvalidInputError) as refused:
        world.tell(event(), event(at=at))
    assert refused.value.field == "events[1].at"
    assert not world.telling.told
    assert not world.salts.held


def test_what_is_just_within_the_bounds_is_taken() -> None:
    world = World()
    assert world.tell(event(at=NOW + CLOCKS_DIFFER), event(at=NOW - OLDEST)) == 2


def test_nothing_told_is_nothing_sent() -> None:
    world = World()
    assert world.tell() == 0
    assert not world.telling.told
    assert not world.salts.held


def test_it_is_said_when_the_queue_is_away() -> None:
    world = World()
    world.telling.away = True
    with pytest.raises(UnavailableError):
        world.tell(event())


def test_a_judgement_is_told_of_viewers_whose_client_tells_what_they_were_shown() -> None:
    world = World()
    assert not tell_judgement("liked", film_id("Alien"), "user", world.pseudonyms, world.telling, NOW)
    assert not world.telling.told
    world.tell(event())
    assert tell_judgement("liked", film_id("Alien"), "user", world.pseudonyms, world.telling, NOW)
    shown, liked = world.telling.told
    assert shown.viewer == liked.viewer
    assert [(one.kind, one.film_id) for one in liked.events] == [("liked", film_id("Alien"))]


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "liked"},
        {"film_id": "x"},
        {"at": "2026-03-01T12:00:00"},
        {"place": 0},
        {"place": 10_001},
        {"surface": "Home page"},
        {"list_version": "1" * 501},
        {"viewer": "somebody"},
    ],
    ids=str,
)
def test_bad_input_is_no_event(wrong: dict[str, Any]) -> None:
    good = {"type": "shown", "film_id": film_id("Alien"), "at": "2026-03-01T12:00:00Z"}
    assert msgspec.convert(good, Event, strict=False)
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(good | wrong), type=Event)


def test_the_prompt_is_told_of_the_models_places_alone_and_only_one_that_there_is() -> None:
    version = "17.pg@v1~no-model:default"
    events = [Event(type="shown", film_id=film_id("x"), at=NOW, list_version=version, place=place) for place in (1, 2)]
    assert [told_of(one, (), {"v1"}).prompt_version for one in events] == ["", "v1"]
    assert [told_of(one, (), {"v2"}).prompt_version for one in events] == ["", ""]
