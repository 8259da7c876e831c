"""Judging films, on fakes."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.model import CatalogUnavailableError, KnownFilm
from chalicelib.errors import InvalidInputError
from chalicelib.feedback.give_feedback import Change, give_feedback, take_back
from chalicelib.feedback.model import (
    Feedback,
    FeedbackChangedError,
    FindListed,
    Listed,
    TooMuchFeedbackError,
    UnknownFilmError,
)
from tests.factories import NOW, feedback, film, film_id, titles
from tests.fakes import FakeCatalog, FakeFeedbackStore

USER = "u1"
ALIEN = film_id("Alien")


@pytest.fixture
def store() -> FakeFeedbackStore:
    return FakeFeedbackStore()


@pytest.fixture
def catalog() -> FakeCatalog:
    return FakeCatalog([film("Alien", title_ru="Чужой", year=1979)])


def say(
    store: FakeFeedbackStore, catalog: FakeCatalog, known: FindListed = lambda _user, _film: Listed(), **change: Any
) -> Feedback | None:
    return give_feedback(store, lambda: catalog, known, USER, ALIEN, Change(**change), "ru", NOW)


def test_item_copies_titles_and_year_when_a_film_is_liked(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    item = say(store, catalog, rating="like")
    assert item is not None
    assert (item.titles, item.year) == (titles("Alien", ru="Чужой", en="Alien"), 1979)
    assert (item.rating, item.steer) == ("like", None)
    assert store.find(USER, ALIEN) == item


def test_rating_stays_when_only_the_steer_changes(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    say(store, catalog, rating="like")
    item = say(store, catalog, steer="more_like_this")
    assert item is not None
    assert (item.rating, item.steer) == ("like", "more_like_this")


def test_steer_stays_when_the_rating_is_cleared(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    say(store, catalog, rating="like", steer="exclude")
    item = say(store, catalog, rating=None)
    assert item is not None
    assert (item.rating, item.steer) == (None, "exclude")


@pytest.mark.parametrize("change", [{"rating": None, "steer": None}, {"rating": None}])
def test_item_goes_when_nothing_remains_of_it(
    store: FakeFeedbackStore, catalog: FakeCatalog, change: dict[str, Any]
) -> None:
    say(store, catalog, rating="like")
    assert say(store, catalog, **change) is None
    assert store.find(USER, ALIEN) is None


def test_empty_change_is_refused(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    with pytest.raises(InvalidInputError):
        say(store, catalog)
    assert store.list_all(USER) == []


def test_unknown_film_is_refused_and_nothing_stored(store: FakeFeedbackStore) -> None:
    with pytest.raises(UnknownFilmError):
        say(store, FakeCatalog(), rating="like")
    assert store.list_all(USER) == []


def test_catalogue_is_not_asked_when_the_film_is_in_the_callers_list(store: FakeFeedbackStore) -> None:
    catalog = FakeCatalog()
    catalog.down = True
    item = say(
        store,
        catalog,
        lambda _user, _film: Listed(KnownFilm(film_id=film_id("Alien"), titles=titles("Alien"), year=1979)),
        rating="like",
    )
    assert item is not None
    assert item.titles.main == "Alien"
    assert not catalog.calls


def test_the_10_001st_film_is_refused_and_the_others_may_still_be_changed(
    store: FakeFeedbackStore, catalog: FakeCatalog
) -> None:
    full, nearly = (lambda _user, _film, held=held: Listed(None, held) for held in (10_000, 9_999))
    with pytest.raises(TooMuchFeedbackError, match="10,000"):
        say(store, catalog, full, rating="like")
    with pytest.raises(TooMuchFeedbackError):
        say(store, catalog, full, steer="exclude")
    assert store.list_all(USER) == []
    say(store, catalog, nearly, rating="like")
    item = say(store, catalog, full, rating="dislike")
    assert item is not None
    assert item.rating == "dislike"
    say(store, catalog, full, rating=None)
    assert store.list_all(USER) == []


def test_catalogue_is_not_asked_when_the_film_was_rated_before(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    say(store, catalog, rating="like")
    catalog.down = True
    item = say(store, catalog, rating="dislike")
    assert item is not None
    assert item.rating == "dislike"


def test_nothing_is_stored_when_only_a_dead_catalogue_could_tell(
    store: FakeFeedbackStore, catalog: FakeCatalog
) -> None:
    catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        say(store, catalog, rating="like")
    assert store.list_all(USER) == []


class RacingStore(FakeFeedbackStore):
    """Somebody else changes the item before each of the first `races` puts."""

    def __init__(self, races: int) -> None:
        super().__init__()
        self.races = races

    def put(self, user_id: str, item: Feedback, replaces: Feedback | None) -> None:
        if self.races:
            self.races -= 1
            other = feedback(
                "Alien", rating="seen", steer="more_like_this", updated_at=NOW + timedelta(seconds=self.races)
            )
            self.by_user.setdefault(user_id, {})[item.film_id] = other
        super().put(user_id, item, replaces)


def test_other_half_survives_when_two_requests_change_one_item(catalog: FakeCatalog) -> None:
    item = say(RacingStore(races=1), catalog, rating="like")
    assert item is not None
    assert (item.rating, item.steer) == ("like", "more_like_this")


def test_conflict_is_told_when_the_item_never_rests(catalog: FakeCatalog) -> None:
    with pytest.raises(FeedbackChangedError):
        say(RacingStore(races=9), catalog, rating="like")


def test_taking_back_twice_is_fine(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    say(store, catalog, rating="like")
    take_back(store, USER, ALIEN)
    take_back(store, USER, ALIEN)
    assert store.list_all(USER) == []


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (Change(rating="like"), "liked"),
        (Change(steer="more_like_this"), "liked"),
        (Change(rating="dislike"), "disliked"),
        (Change(steer="exclude"), "disliked"),
        (Change(rating="seen"), None),
        (Change(rating=None, steer=None), None),
        (Change(), None),
    ],
    ids=str,
)
def test_a_change_says_whether_the_advice_was_good(change: Change, verdict: str | None) -> None:
    assert change.verdict == verdict


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ({"rating": "like"}, {"steer": "exclude"}, (None, "exclude")),
        ({"steer": "exclude"}, {"rating": "like"}, ("like", None)),
        ({"rating": "dislike"}, {"steer": "more_like_this"}, (None, "more_like_this")),
        ({"steer": "more_like_this"}, {"rating": "dislike"}, ("dislike", None)),
        ({"rating": "seen"}, {"steer": "exclude"}, ("seen", "exclude")),
        ({"saved": True}, {"rating": "like", "steer": "exclude"}, (None, "exclude")),
    ],
)
def test_later_word_clears_what_is_contrary_to_it(
    store: FakeFeedbackStore, catalog: FakeCatalog, first: Any, then: Any, left: Any
) -> None:
    say(store, catalog, **first)
    item = say(store, catalog, **then)
    assert item is not None
    assert (item.rating, item.steer) == left


def test_saved_film_stays_on_the_watchlist_when_it_is_judged(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    saved = say(store, catalog, saved=True)
    assert saved is not None
    assert saved.is_saved
    assert saved.says_nothing
    liked = say(store, catalog, rating="like")
    assert liked is not None
    assert liked.saved_at == saved.saved_at
    unrated = say(store, catalog, rating=None, steer=None)
    assert unrated is not None, "it is still on the watchlist"
    assert say(store, catalog, saved=False) is None
    assert store.list_all(USER) == []


def test_like_is_as_old_as_it_was_when_its_film_is_saved(store: FakeFeedbackStore, catalog: FakeCatalog) -> None:
    long_ago = feedback("Alien", minutes_ago=9_000, imported=True)
    store.put(USER, long_ago, None)
    item = say(store, catalog, saved=True)
    assert item is not None
    assert (item.given_at, item.came_at) == (long_ago.updated_at, long_ago.updated_at)
    assert item.imported, "the site brought the like in, and the list may still lack it"
    assert not item.says_nothing
    again = say(store, catalog, rating="like")
    assert again is not None
    assert (again.given_at, again.imported) == (NOW, False)
