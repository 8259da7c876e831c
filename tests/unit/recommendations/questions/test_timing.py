"""When a viewer's taste is put to the model: at once the first time, then once an activity session."""

from datetime import datetime, timedelta

from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.questions.timing import Due, due, limits_of
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from tests.factories import NOW, feedback

LIMITS = limits_of(Settings())


def state(minutes_since_question: float, **more: object) -> AskState:
    asked_at = NOW - timedelta(minutes=minutes_since_question)
    given: dict[str, object] = {
        "asked_hash": "older",
        "asked_at": asked_at,
        "not_before": asked_at + timedelta(hours=1),
    }
    return AskState(**(given | more))  # type: ignore[arg-type]


def verdict(held: AskState, *minutes_ago: float) -> Due:
    given = [feedback(f"Film {minutes}", minutes_ago=minutes) for minutes in minutes_ago]
    return due(taste_of(given, NOW), held, LIMITS, NOW)


def minutes_until(moment: datetime | None) -> float:
    assert moment is not None
    return (moment - NOW).total_seconds() / 60


def test_first_question_is_due_at_once_when_three_films_are_rated() -> None:
    assert verdict(AskState(), 2, 1, 0).when == "now"
    assert verdict(AskState(), 1, 0).when == "no"


def test_question_waits_when_the_viewer_is_still_at_it() -> None:
    later = verdict(state(600, stale_since=NOW - timedelta(minutes=10)), 10, 5, 0)
    assert later.when == "later"
    assert 30 <= minutes_until(later.not_before) <= 40


def test_question_is_due_when_the_viewer_has_been_quiet() -> None:
    assert verdict(state(600, stale_since=NOW - timedelta(minutes=60)), 60, 50, 41).when == "now"


def test_question_is_due_when_an_activity_session_lasts_for_hours() -> None:
    assert verdict(state(600, stale_since=NOW - timedelta(hours=2)), 120, 60, 0).when == "now"


def test_cooldown_holds_when_the_viewer_has_been_quiet() -> None:
    later = verdict(state(45, stale_since=NOW - timedelta(minutes=44)), 600, 500, 44)
    assert later == Due("later", NOW + timedelta(minutes=15))


def test_refresh_waits_for_the_cooldown_alone_when_the_viewer_is_still_at_it() -> None:
    wish = {"refresh_requested_at": NOW, "not_before": NOW + timedelta(minutes=25)}
    assert verdict(state(61, **wish), 2, 1, 0).when == "now"
    assert verdict(state(45, **wish), 2, 1, 0) == Due("later", NOW + timedelta(minutes=15))


def test_first_question_is_not_held_back_when_an_earlier_one_failed() -> None:
    failed = AskState(asked_at=NOW - timedelta(minutes=2), not_before=NOW - timedelta(minutes=1), stale_since=NOW)
    assert verdict(failed, 2, 1, 0).when == "now"


def test_place_in_the_index_stays_when_likes_follow_each_other() -> None:
    held = state(600, stale_since=NOW - timedelta(minutes=1))
    places = {verdict(held, 90, 80, minutes / 60).not_before for minutes in range(60)}
    assert len(places) <= 2


def test_nothing_is_asked_when_every_film_was_only_seen() -> None:
    seen = [feedback(f"Film {number}", rating="seen", minutes_ago=60) for number in range(5)]
    assert due(taste_of(seen, NOW), AskState(), LIMITS, NOW) == Due("no")
