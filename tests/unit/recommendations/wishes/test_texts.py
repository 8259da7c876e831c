"""Which texts are the same, what is kept of them, and who is told what while they wait."""

from datetime import timedelta

import pytest

from chalicelib.recommendations.model import AskState, StoredPlan
from chalicelib.recommendations.wishes.model import Wish
from chalicelib.recommendations.wishes.texts import is_text, plan_of, subject_of
from tests.factories import NOW
from tests.text_lanes import TextLanes


@pytest.mark.parametrize("other", ["грустное  КИНО", " Грустное\nкино ", "ГРУСТНОЕ кино"])
def test_texts_are_the_same_that_differ_in_case_and_spaces(other: str) -> None:
    assert subject_of(other) == subject_of("грустное кино")
    assert is_text(subject_of(other))


def test_texts_that_differ_in_a_sign_are_not() -> None:
    texts = ["грустное кино", "грустное, кино", "не грустное кино", "грустное кино 18+", ""]
    assert len({subject_of(text) for text in texts}) == len(texts)
    assert "грустное" not in subject_of("грустное")


def test_a_wish_that_a_later_version_has_stored_is_left_out() -> None:
    kept = StoredPlan(
        wishes=(("mood", "sad", ""), ("genre", "Drama", "sad"), ("year_to", -5, "")),
        prompt_version="x",
        planned_at=NOW,
        kept_until=NOW,
    )
    assert plan_of(kept) == (Wish(kind="genre", value="Drama", text="sad"),)


def full(lanes: TextLanes) -> list[str]:
    """Fills the lanes with viewers' questions that are under way: whose."""
    viewers = [f"viewer {number}" for number in range(lanes.settings.ask_lane_depth)]
    for viewer in viewers:
        lanes.store.put_state(viewer, AskState(stale_since=NOW, pending_since=NOW), replaces=AskState())
    return viewers


def test_a_text_waits_for_the_sweep_while_the_lanes_are_full() -> None:
    lanes = TextLanes()
    viewers = full(lanes)
    assert lanes.say("what grandpa dozes off to").state == "waiting"
    assert lanes.outbox.asks == []
    for viewer in viewers:
        lanes.store.put_state(viewer, AskState(), replaces=lanes.store.read(viewer).state)
    lanes.now += timedelta(minutes=1)
    assert lanes.sweep() == 1
    assert lanes.say("what grandpa dozes off to").state == "updating"


def test_a_text_is_asked_out_of_the_common_share_until_somebody_proven_waits_for_it() -> None:
    lanes, text = TextLanes(), "what grandpa dozes off to"
    full(lanes)
    for viewer in ("a stranger", "another stranger", "a stranger"):
        assert lanes.say(text, viewer).state == "waiting"
        assert lanes.store.read(subject_of(text)).state.unproven
    for viewer in ("a person", "another person", "a stranger"):
        if viewer.endswith("person"):
            lanes.like("Comedy no 1", viewer)
        assert lanes.say(text, viewer).state == "waiting"
        assert not lanes.store.read(subject_of(text)).state.unproven


def test_a_question_that_is_under_way_stays_as_it_was_whoever_comes() -> None:
    lanes, text = TextLanes(), "what grandpa dozes off to"
    assert lanes.say(text, "a stranger").state == "updating"
    asked = lanes.store.read(subject_of(text)).state
    lanes.like("Comedy no 1", "a person")
    assert lanes.say(text, "a person").state == "updating"
    assert lanes.store.read(subject_of(text)).state == asked
