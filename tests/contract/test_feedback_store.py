"""What everybody relies on, whatever keeps the feedback."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest

from chalicelib.feedback.adapters.store import DynamoFeedbackStore
from chalicelib.feedback.model import WAKES_ONE_IN, Feedback, FeedbackChangedError, FeedbackStore
from chalicelib.tracing import tracing
from tests.factories import NOW, feedback, film_id
from tests.fakes import FakeFeedbackStore
from tests.tables import table

USER, OTHER = "u1", "u2"


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Iterator[FeedbackStore]:
    if request.param == "fake":
        yield FakeFeedbackStore()
        return
    with table("FeedbackTable") as name:
        yield DynamoFeedbackStore(name)


def test_item_comes_back_as_it_was_put(store: FeedbackStore) -> None:
    item = feedback("Alien", title_ru="Чужой", year=1979, rating="dislike", steer="exclude", language="en")
    store.put(USER, item, replaces=None)
    assert store.find(USER, item.film_id) == item
    assert store.find(OTHER, item.film_id) is None


def test_the_newest_item_counts_as_confirmed_when_its_account_is(store: FeedbackStore) -> None:
    older, newer = feedback("Alien", minutes_ago=2, unconfirmed=True), feedback("Solaris", unconfirmed=True)
    store.put_many(USER, [older, newer])
    store.put_many(OTHER, [older])
    store.note_confirmed(USER)
    store.note_confirmed(USER)
    store.note_confirmed("nobody")
    assert store.list_all(USER) == [msgspec.structs.replace(newer, unconfirmed=False), older]
    assert store.list_all(OTHER) == [older]
    assert store.list_all("nobody") == []


def test_nothing_is_left_of_an_item_that_is_deleted_while_its_account_is_confirmed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with table("FeedbackTable") as name:
        store = DynamoFeedbackStore(name)
        store.put(USER, feedback("Alien", unconfirmed=True), replaces=None)
        read = list(store._newest_first(USER))
        monkeypatch.setattr(store, "_newest_first", lambda *_args, **_options: iter(read))
        store.delete_one(USER, film_id("Alien"))
        store.note_confirmed(USER)
        assert store.items.count(USER) == 0


def test_unknown_values_stay_unknown(store: FeedbackStore) -> None:
    item = feedback("Alien", title_ru=None, title_en=None, year=None, steer="more_like_this")
    store.put(USER, item, replaces=None)
    assert store.list_all(USER) == [item]


def test_put_is_refused_when_another_item_stands_there(store: FeedbackStore) -> None:
    first, second = feedback("Alien", minutes_ago=2), feedback("Alien", rating="dislike", minutes_ago=1)
    store.put(USER, first, replaces=None)
    with pytest.raises(FeedbackChangedError):
        store.put(USER, second, replaces=None)
    store.put(USER, second, replaces=first)
    with pytest.raises(FeedbackChangedError):
        store.put(USER, feedback("Alien"), replaces=first)
    assert store.find(USER, second.film_id) == second


def test_put_is_refused_when_the_item_was_deleted_meanwhile(store: FeedbackStore) -> None:
    item = feedback("Alien", minutes_ago=1)
    store.put(USER, item, replaces=None)
    store.delete_one(USER, item.film_id)
    with pytest.raises(FeedbackChangedError):
        store.put(USER, feedback("Alien"), replaces=item)
    assert store.list_all(USER) == []


def test_deleting_twice_is_fine(store: FeedbackStore) -> None:
    store.put(USER, feedback("Alien"), replaces=None)
    store.delete_one(USER, film_id("Alien"))
    store.delete_one(USER, film_id("Alien"))
    assert store.find(USER, film_id("Alien")) is None


def test_everything_is_listed_newest_first(store: FeedbackStore) -> None:
    items = [feedback(f"Film {n}", minutes_ago=n) for n in range(30)]
    store.put_many(USER, items)
    store.put(OTHER, feedback("Alien"), replaces=None)
    assert store.list_all(USER) == items


def test_only_newer_items_are_listed_since_a_moment(store: FeedbackStore) -> None:
    old, exact, new = feedback("Old", minutes_ago=2), feedback("Exact", minutes_ago=1), feedback("New")
    store.put_many(USER, [old, exact, new])
    assert store.list_since(USER, exact.updated_at) == [new]
    assert store.list_since(USER, exact.updated_at - timedelta(microseconds=1)) == [new, exact]
    assert store.list_since(USER, NOW) == []


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_hold_everything_once_when_walked(store: FeedbackStore, limit: int) -> None:
    items = [feedback(f"Film {n}", minutes_ago=n // 2) for n in range(12)]  # two share each moment
    store.put_many(USER, items)
    walked: list[Feedback] = []
    after = None
    while True:
        page = store.page(USER, limit, after)
        walked += page.items
        after = page.after
        if after is None:
            break
        assert len(page.items) == limit
    assert sorted(item.film_id for item in walked) == sorted(item.film_id for item in items)
    assert [item.updated_at for item in walked] == sorted((item.updated_at for item in items), reverse=True)


def test_filtered_pages_are_full_when_most_items_do_not_match(store: FeedbackStore) -> None:
    likes = [feedback(f"Liked {n}", minutes_ago=10 * n + 5) for n in range(6)]
    dislikes = [feedback(f"Disliked {n}", minutes_ago=n, rating="dislike") for n in range(40)]
    store.put_many(USER, likes + dislikes)
    first = store.page(USER, 4, None, rating="like")
    assert list(first.items) == likes[:4]
    second = store.page(USER, 4, first.after, rating="like")
    assert list(second.items) == likes[4:]
    assert second.after is None


def test_filter_by_steer_finds_steered_items_alone(store: FeedbackStore) -> None:
    store.put_many(
        USER, [feedback("Plain"), feedback("Out", steer="exclude"), feedback("More", steer="more_like_this")]
    )
    assert [item.titles.main for item in store.page(USER, 10, None, steer="exclude").items] == ["Out"]


def test_all_of_a_user_goes_and_nothing_else(store: FeedbackStore) -> None:
    store.put_many(USER, [feedback(f"Film {n}", minutes_ago=n) for n in range(60)])
    store.put(OTHER, feedback("Alien"), replaces=None)
    assert store.delete_all(USER) == 60
    assert store.delete_all(USER) == 0
    assert store.list_all(USER) == []
    assert len(store.list_all(OTHER)) == 1


def test_who_has_spoken_here_is_told_from_whom_the_site_alone_has_spoken_for(store: FeedbackStore) -> None:
    imported = [feedback(f"Film {number}", imported=True) for number in range(60)]
    store.put_new([(user, one) for one in imported for user in (USER, OTHER)])
    assert {one.imported for one in store.list_all(USER)} == {True}
    assert len(store.list_all(OTHER)) == 60
    keys = [(user, one.film_id) for one in imported for user in (USER, OTHER)]
    assert store.said_here(keys) == {}
    own = msgspec.structs.replace(imported[7], rating="dislike", imported=False)
    store.put(USER, own, replaces=imported[7])
    store.delete_one(OTHER, imported[8].film_id)
    assert store.said_here(keys).keys() == {USER, OTHER}, "a word of their own, and one that was taken back"
    assert store.said_here([(USER, imported[1].film_id), (USER, own.film_id), (OTHER, own.film_id)]).keys() == {USER}
    assert store.said_here([]) == {}


def test_a_word_says_which_request_it_came_with_until_another_replaces_it(store: FeedbackStore) -> None:
    item, later = feedback("Alien"), feedback("Alien", rating="dislike")
    with tracing("api", "r", "abc"):
        store.put(USER, item, replaces=None)
    assert store.said_here([(USER, item.film_id), (USER, feedback("Gone").film_id)]) == {USER: "abc"}
    store.put(USER, later, replaces=item)
    assert store.said_here([(USER, item.film_id)]) == {USER: ""}


def test_watchlist_is_told_from_the_rest_and_wakes_hardly_any_list(store: FeedbackStore) -> None:
    quiet, waking = (NOW.replace(microsecond=micros) for micros in (1, WAKES_ONE_IN))
    saved = feedback("Alien", rating=None, saved_at=quiet, updated_at=quiet)
    counted = feedback("Heat", rating=None, saved_at=waking, updated_at=waking)
    liked_too = feedback("Ran", rating="like", saved_at=quiet, updated_at=quiet)
    taken_back = feedback("Up", rating=None, saved_at=quiet, updated_at=waking)
    for item in (saved, counted, liked_too, taken_back, feedback("Jaws")):
        store.put(USER, item, replaces=None)
    assert store.find(USER, saved.film_id) == saved
    shown = {item.film_id for item in store.page(USER, 10, None, saved=True).items}
    assert shown == {one.film_id for one in (saved, counted, liked_too, taken_back)}
    assert [item.titles.main for item in store.page(USER, 10, None, saved=False).items] == ["Jaws"]
    assert store.said_here([(USER, saved.film_id)]) == {}, "the home page subtracts it"
    for item in (counted, liked_too, taken_back):
        assert store.said_here([(USER, item.film_id)]) == {USER: ""}, item.titles.main
