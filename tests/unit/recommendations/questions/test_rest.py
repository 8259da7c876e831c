"""A viewer who registers anew with the rest of the account before."""

from datetime import timedelta

from chalicelib.recommendations.questions.rest import begin_resting, find_rest
from tests.factories import NOW
from tests.lanes import Lanes


def test_the_next_question_waits_for_the_cooldown_of_the_last_account() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.deliver()
    found = find_rest(lanes.store, "user", lanes.now)
    assert found is not None
    not_before, asked = found
    assert (not_before - lanes.now, asked) == (timedelta(hours=1), 1)
    begin_resting(lanes.store, "again", not_before, asked, lanes.now)
    lanes.like_some(user_id="again")
    lanes.deliver()
    assert lanes.sweep() == 0
    assert lanes.page("again").source == "personal"
    assert len(lanes.fake_model.prompts) == 1, "for the account before"
    lanes.wait(hours=1, minutes=1)
    assert lanes.sweep() == 1
    lanes.deliver()
    assert lanes.page("again").source == "gigachat"


def test_the_questions_of_a_day_are_counted_on() -> None:
    lanes = Lanes(ask_per_user_and_day=2)
    begin_resting(lanes.store, "again", NOW, 2, NOW)
    lanes.like_some(user_id="again")
    lanes.deliver()
    lanes.wait(hours=1)
    assert lanes.sweep() == 0
    assert not lanes.fake_model.prompts


def test_there_is_no_rest_of_somebody_who_was_never_asked_about_or_long_ago() -> None:
    lanes = Lanes()
    assert find_rest(lanes.store, "nobody", NOW) is None
    lanes.like_some()
    lanes.deliver()
    assert find_rest(lanes.store, "user", NOW + timedelta(days=1)) is None
