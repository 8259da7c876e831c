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


def test_a_text_waits_for_the_sweep_while_the_lanes_are_full() -> None:
    lanes = TextLanes()
    for number in range(lanes.settings.ask_lane_depth):
        busy = AskState(stale_since=NOW, pending_since=NOW)
        lanes.store.put_state(f"viewer {number}", busy, replaces=AskState())
    assert lanes.say("what grandpa dozes off to").state == "waiting"
    assert lanes.outbox.asks == []
    for number in range(lanes.settings.ask_lane_depth):
        lanes.store.put_state(f"viewer {number}", AskState(), replaces=lanes.store.read(f"viewer {number}").state)
    lanes.now += timedelta(minutes=1)
    assert lanes.sweep() == 1
    assert lanes.say("what grandpa dozes off to").state == "updating"
