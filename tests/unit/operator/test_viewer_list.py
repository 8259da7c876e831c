"""The list as it was published: what the viewer has judged since is still in it, and every place has its account."""

from datetime import timedelta

import msgspec
import pytest

from chalicelib.errors import NotFoundError
from chalicelib.operator.viewer_list import published_list
from chalicelib.recommendations.llm.port import ModelReply, as_json
from chalicelib.recommendations.model import AskState, RawReply, StoredList, Why
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film_id, ranked
from tests.fake_lanes import FakeRecommendationStore

LIKED = [feedback("Loved")]


def published() -> StoredList:
    films = [
        ranked("Picked", because=["Loved"], ground="model", why=Why(60, 10, 5, 1, kept=50, pick=2), place=9),
        ranked("Drawn", why=Why(0, 10, 2, 0, kept=100, promised=True, chance=1250)),
        ranked("Famous", ground="popular"),
    ]
    return stored_list(films, None, taste_of(LIKED, NOW), 1, NOW, NOW, NOW, {})


def test_each_place_says_what_put_it_there() -> None:
    store = FakeRecommendationStore()
    store.publish("user", published())
    told = published_list(store, "user", "en", NOW)
    assert (told.version, told.source, told.judged) == (1, "gigachat", 1)
    picked, drawn, famous = told.places
    assert (picked.place, picked.title, picked.source, picked.because) == (1, "Picked", "gigachat", (film_id("Loved"),))
    assert picked.account
    assert (picked.account.likes, picked.account.kept_percent, picked.account.rose, picked.account.pick) == (
        60,
        50,
        8,
        2,
    )
    assert picked.account.chance is None
    assert drawn.account
    assert (drawn.account.chance, drawn.account.promised, drawn.account.pick) == (0.125, True, None)
    assert (famous.source, famous.account) == ("top", None)


def test_how_the_questions_stand_is_told_beside_it() -> None:
    store = FakeRecommendationStore()
    store.publish("user", published())
    before = store.read("user").state
    store.put_state("user", AskState(asked_at=NOW, pending_since=NOW, cause="failed: 429"), replaces=before)
    question = published_list(store, "user", "en", NOW + timedelta(minutes=1)).question
    assert (question.asked_at, question.is_open, question.cause) == (NOW, True, "failed: 429")
    assert not published_list(store, "user", "en", NOW + timedelta(hours=1)).question.is_open


def test_prompt_and_reply_of_the_last_question_are_told_while_they_are_kept() -> None:
    store = FakeRecommendationStore()
    store.publish("user", published())
    assert published_list(store, "user", "en", NOW).asked is None
    said = as_json(ModelReply(arguments={"picks": ["\ud83c"]}))  # half a sign, which no encoding takes
    raw = RawReply(
        question_key="q",
        taste_hash="t",
        language="ru",
        prompt_version="v1",
        offered=("a", "b"),
        reply_json=said,
        tokens=1_500,
        replied_at=NOW,
        prompt="Нравится: Loved",
    )
    store.put_raw("user", raw)
    told = published_list(store, "user", "en", NOW).asked
    assert told
    assert (told.prompt, told.offered, told.tokens) == ("Нравится: Loved", 2, 1_500)
    assert "picks" in msgspec.json.encode(told).decode()


def test_who_has_no_list_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        published_list(FakeRecommendationStore(), "nobody", "en", NOW)
