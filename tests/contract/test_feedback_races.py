"""Two requests about one film at the same moment: what was acknowledged is kept, whatever keeps the feedback."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.feedback.history_import import import_history
from chalicelib.feedback.model import Feedback, FeedbackChangedError, FeedbackStore, Listed
from tests.factories import NOW, feedback, film, film_id
from tests.fakes import FakeCatalog, FakeFeedbackStore
from tests.tables import table

USER, ALIEN = "u1", film_id("Alien")
CATALOG = FakeCatalog([film("Alien")])
LATER = NOW + timedelta(seconds=1)
ROW = "title,year,rating\nAlien,1999,10\n"


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Iterator[FeedbackStore]:
    if request.param == "fake":
        yield FakeFeedbackStore()
        return
    with table("FeedbackTable") as name:
        yield DynamoFeedbackStore(name)


def say(store: FeedbackStore, now: Any = NOW, **change: Any) -> Feedback | None:
    return give_feedback(
        store, lambda: CATALOG, lambda _user, _film: Listed(), USER, ALIEN, Change(**change), "ru", now
    )


def after_reading(monkeypatch: pytest.MonkeyPatch, store: FeedbackStore, method: str, act: Callable[[], Any]) -> None:
    """The other request comes right behind the first read by this method."""
    read, acted = getattr(store, method), list[bool]()

    def read_and_be_overtaken(*args: Any) -> Any:
        found = read(*args)
        if not acted:
            acted.append(True)
            act()
        return found

    monkeypatch.setattr(store, method, read_and_be_overtaken)


def test_an_exclusion_is_kept_when_the_like_is_taken_back_meanwhile(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(store, rating="like")
    after_reading(monkeypatch, store, "find", lambda: say(store, LATER, steer="more_like_this"))
    say(store, LATER + timedelta(seconds=1), rating=None)
    held = store.find(USER, ALIEN)
    assert held
    assert (held.rating, held.steer) == (None, "more_like_this")


def test_a_click_is_kept_when_it_comes_during_an_import(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch) -> None:
    after_reading(monkeypatch, store, "list_all", lambda: say(store, rating="dislike"))
    import_history(store, CATALOG, USER, ROW, "plain", "ru", NOW)
    held = store.find(USER, ALIEN)
    assert held
    assert held.rating == "dislike"


def test_the_row_stands_beside_a_steer_when_that_comes_during_an_import(
    store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    after_reading(monkeypatch, store, "list_all", lambda: say(store, steer="more_like_this"))
    import_history(store, CATALOG, USER, ROW, "plain", "ru", LATER)
    held = store.find(USER, ALIEN)
    assert held
    assert (held.rating, held.steer) == ("like", "more_like_this")


def test_only_the_item_that_was_read_goes_when_it_is_deleted_unchanged(store: FeedbackStore) -> None:
    first, second = feedback("Alien", minutes_ago=2), feedback("Alien", rating="dislike", minutes_ago=1)
    store.put(USER, second, replaces=None)
    with pytest.raises(FeedbackChangedError):
        store.delete_unchanged(USER, first)
    store.delete_unchanged(USER, second)
    assert store.find(USER, ALIEN) is None
    with pytest.raises(FeedbackChangedError):
        store.delete_unchanged(USER, second)
