"""What becomes of a message whose work fails: what passes is waited for, what does not is a dead letter."""

import json
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest

from chalicelib import resources
from chalicelib.patience import REST_SECONDS, REST_SECONDS_MAX
from chalicelib.recommendations import events
from chalicelib.recommendations.messages import Rebuild
from chalicelib.recommendations.plan import plan_visit
from chalicelib.recommendations.ranking.taste import taste_of
from infra.deploy.functions import ASK_QUEUE
from tests.factories import feedback
from tests.lanes import Lanes
from tests.premiere_lanes import PremiereLanes, premiere


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> Lanes:
    """Both lanes behind the real handlers, at the lanes' own time."""
    made = Lanes()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003
            return made.now

    monkeypatch.setattr(events, "datetime", Clock)
    monkeypatch.setattr(events, "queue_url", lambda name: name)
    monkeypatch.setattr(resources, "rebuild_dependencies", lambda: made.dependencies)
    monkeypatch.setattr(resources, "outbox", lambda: made.outbox)
    return made


class Context:
    """What Lambda hands over beside the event."""

    def __init__(self, *milliseconds_left: int) -> None:
        self._left = iter(milliseconds_left)

    def get_remaining_time_in_millis(self) -> int:
        return next(self._left, 30_000)


def woken(*messages: Rebuild | str, receives: int = 1, context: Context | None = None) -> list[str]:
    """The handler on one batch; the places of what has to come again."""
    records = [
        {
            "messageId": str(place),
            "body": one if isinstance(one, str) else msgspec.json.encode(one).decode(),
            "receiptHandle": str(place),
            "attributes": {"ApproximateReceiveCount": str(receives)},
        }
        for place, one in enumerate(messages)
    ]
    answer = events.rebuild({"Records": records}, context or Context())
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def is_fresh(lanes: Lanes) -> bool:
    held = lanes.store.read("user").list_
    return bool(held and held.taste_hash == taste_of(lanes.feedback.list_all("user"), lanes.now).taste_hash)


def test_every_like_reaches_the_list_when_an_old_message_is_delivered_beside_it(lanes: Lanes) -> None:
    lanes.like("Drama no 0")
    first = lanes.outbox.rebuilds.pop()
    lanes.wait(seconds=30)
    assert woken(Rebuild(user_id="user", changed_at=lanes.now)) == []
    lanes.wait(seconds=60)
    lanes.like("Horror no 2")
    second = lanes.outbox.rebuilds.pop()
    assert woken(first, second) == []
    assert is_fresh(lanes)


def test_the_question_is_queued_by_the_sweep_when_sqs_was_away_as_it_became_due(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    lanes.like_some()
    message = lanes.outbox.rebuilds[-1]
    lanes.wait(seconds=60)
    with monkeypatch.context() as away:
        away.setattr(lanes.outbox, "send_asks", _refuse)
        assert woken(message) == [], "the list is right, and the question waits"
    lanes.wait(minutes=1)
    lanes.sweep()
    assert [one.user_id for one in lanes.outbox.asks] == ["user"]


def test_each_failed_message_is_counted_by_its_queue(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lanes.like_some()
    monkeypatch.setattr(resources, "rebuild_dependencies", lambda: None)
    assert woken(*lanes.outbox.rebuilds[:2]) == ["0", "1"]
    lines = [json.loads(one) for one in capsys.readouterr().out.splitlines() if "MessagesFailed" in one]
    assert [(one["MessagesFailed"], one["queue"]) for one in lines] == [(1, "rebuild")] * 2


@pytest.mark.parametrize("minutes_away", [1, 60])
def test_the_list_is_right_within_five_minutes_when_the_catalogue_comes_back(lanes: Lanes, minutes_away: int) -> None:
    lanes.like_some()
    message, back_at = lanes.outbox.rebuilds[-1], lanes.now + timedelta(minutes=minutes_away)
    receives = 0
    while True:
        receives += 1
        lanes.catalog.down = lanes.now < back_at
        if not woken(message, receives=receives):
            break
        lanes.wait(seconds=lanes.outbox.delivered_again[-1][2])
    assert is_fresh(lanes)
    assert lanes.now - back_at < timedelta(minutes=5)
    assert lanes.outbox.buried == []


def test_a_message_that_nobody_can_read_is_a_dead_letter_at_once_and_the_others_are_handled(lanes: Lanes) -> None:
    lanes.like_some()
    assert woken('{"user_id": 7}', lanes.outbox.rebuilds[-1]) == []
    ((queue, body, reason),) = lanes.outbox.buried
    assert (queue, body) == ("rebuild_dead_letters", '{"user_id": 7}')
    assert "ValidationError" in reason
    assert is_fresh(lanes)


def test_the_rest_of_a_batch_is_given_back_at_once_when_little_time_is_left(lanes: Lanes) -> None:
    lanes.like("Drama no 0", "vera")
    lanes.like("Drama no 0", "ivan")
    vera, ivan = lanes.outbox.rebuilds
    assert woken(vera, ivan, context=Context(9_000)) == ["1"]
    assert lanes.outbox.delivered_again == [("rebuild", "1", 0)]
    assert lanes.store.read("vera").list_, "the first is always tried"


@pytest.mark.parametrize(("receives", "dead"), [(events.POISON_RECEIVES - 1, 0), (events.POISON_RECEIVES, 1)])
def test_a_defect_becomes_a_dead_letter_when_it_has_failed_often(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch, receives: int, dead: int
) -> None:
    lanes.like_some()
    monkeypatch.setattr(lanes.feedback, "list_all", _break)
    assert len(woken(lanes.outbox.rebuilds[-1], receives=receives)) == 1 - dead
    assert len(lanes.outbox.buried) == dead


def test_the_message_comes_again_when_not_even_the_dead_letters_can_be_reached(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lanes.outbox, "bury", _refuse)
    assert woken("not JSON") == ["0"]


def _refuse(*_: object) -> None:
    raise ConnectionError("away")


def _break(*_: object) -> None:
    raise KeyError("a field")


def test_a_question_outlives_an_outage_of_an_hour_when_its_tables_are_away() -> None:
    rests = [min(REST_SECONDS_MAX, REST_SECONDS * 2**number) for number in range(ASK_QUEUE.receives)]
    assert sum(rests) > 3_600


def test_a_question_about_a_film_is_put_as_one_and_a_viewers_as_theirs(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    films = PremiereLanes()
    films.come(premiere())
    monkeypatch.setattr(resources, "film_dependencies", lambda: films.film_dependencies)
    monkeypatch.setattr(resources, "ask_dependencies", lambda: lanes.ask_dependencies)
    monkeypatch.setattr(resources, "recommendation_store", lambda: films.store)
    monkeypatch.setattr(resources, "film_questions", lambda: films.questions)
    monkeypatch.setattr(resources, "catalog", lambda: films.catalog)
    scheduled = {"source": "aws.events", "detail-type": "Scheduled Event", "detail": {}, "resources": [],
                 "version": "0", "id": "1", "account": "", "time": "", "region": ""}  # fmt: skip
    assert [events.note_premieres(scheduled, None) for _ in range(2)] == [{"noted": 1}, {"noted": 0}]
    films.sweep()
    lanes.like_some()
    while lanes.outbox.rebuilds:
        lanes.rebuild(lanes.outbox.rebuilds.pop(0))
    records = [
        {
            "messageId": str(place),
            "body": msgspec.json.encode(one).decode(),
            "receiptHandle": str(place),
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        for place, one in enumerate([*films.outbox.asks, *lanes.outbox.asks])
    ]
    assert len(records) == 2
    assert events.ask({"Records": records}, Context()) == {"batchItemFailures": []}
    assert (len(films.fake_model.prompts), len(lanes.fake_model.prompts)) == (1, 1)
    assert films.named() != []
    assert lanes.page().source == "gigachat"


def test_everybody_whose_feedback_changed_is_marked_and_hinted_at(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "recommendation_store", lambda: lanes.store)
    monkeypatch.setattr(resources, "feedback_store", lambda: lanes.feedback)
    records = [_changed(name) for name in ("vera", "oleg")]
    assert events.plan({"Records": records}, Context()) == {"batchItemFailures": []}
    assert all(lanes.store.read(name).due for name in ("vera", "oleg"))
    assert {one.user_id for one in lanes.outbox.rebuilds} == {"vera", "oleg"}


def test_what_a_site_brings_in_makes_no_list_and_asks_no_model_until_the_viewer_comes(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "recommendation_store", lambda: lanes.store)
    monkeypatch.setattr(resources, "feedback_store", lambda: lanes.feedback)
    liked = [feedback(one.titles.main, updated_at=lanes.now, imported=True) for one in lanes.films[:5]]
    lanes.feedback.put_new([("vera", one) for one in liked])
    events.plan({"Records": [_changed("vera", one.film_id) for one in liked]}, Context())
    lanes.wait(minutes=30)
    assert (lanes.sweep(), lanes.outbox.rebuilds, lanes.store.records) == (0, [], {})
    page = lanes.page("vera")
    assert (page.source, page.state, page.lacks_imported) == ("top", "updating", True)
    assert plan_visit(lanes.store, lanes.outbox, "vera", lanes.now)
    assert not plan_visit(lanes.store, lanes.outbox, "vera", lanes.now), "they look again, and it is on its way"
    lanes.deliver()
    page = lanes.page("vera")
    assert page.lacks_imported is False
    assert page.films[0].source != "top"


def test_a_word_of_their_own_wakes_whoever_was_imported(lanes: Lanes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "recommendation_store", lambda: lanes.store)
    monkeypatch.setattr(resources, "feedback_store", lambda: lanes.feedback)
    first, second = (feedback(one.titles.main, updated_at=lanes.now, imported=True) for one in lanes.films[:2])
    lanes.feedback.put_new([("vera", first), ("vera", second)])
    lanes.feedback.put("vera", msgspec.structs.replace(second, rating="dislike", imported=False), second)
    events.plan({"Records": [_changed("vera", one.film_id) for one in (first, second)]}, Context())
    assert [one.user_id for one in lanes.outbox.rebuilds] == ["vera"]


def _changed(user_id: str, film_id: str = "film") -> dict[str, object]:
    keys = {"user_id": {"S": user_id}, "film_id": {"S": film_id}}
    change = {"ApproximateCreationDateTime": 0, "Keys": keys, "SequenceNumber": "1", "SizeBytes": 1,
              "StreamViewType": "KEYS_ONLY"}  # fmt: skip
    return {"dynamodb": change, "eventID": "1", "eventName": "INSERT", "awsRegion": "eu", "eventSourceARN": "arn"}


def test_list_is_due_when_something_is_taken_away_and_not_when_a_film_is_saved(
    lanes: Lanes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "recommendation_store", lambda: lanes.store)
    monkeypatch.setattr(resources, "feedback_store", lambda: lanes.feedback)
    moment = lanes.now.replace(microsecond=1)
    saved = feedback(lanes.films[0].titles.main, rating=None, saved_at=moment, updated_at=moment)
    lanes.feedback.put("vera", saved, None)
    events.plan({"Records": [_changed("vera", saved.film_id)]}, Context())
    assert lanes.outbox.rebuilds == []
    gone = _changed("vera", saved.film_id) | {"eventName": "REMOVE"}  # a like, and the film was saved right after
    events.plan({"Records": [gone, _changed("vera", saved.film_id)]}, Context())
    assert [one.user_id for one in lanes.outbox.rebuilds] == ["vera"]
