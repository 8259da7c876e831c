"""The home page, on fakes."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.catalog.shown import shown_to
from chalicelib.outcomes.list_version import number_of, source_at
from chalicelib.recommendations.home import HomePage, Narrowing, Position, home_page
from chalicelib.recommendations.model import AskState, ListOutdatedError, StoredFilm, StoredList
from chalicelib.recommendations.rebuild import rebuild
from tests.factories import NOW, card, feedback, film, film_id, films
from tests.factories import titles as known
from tests.fake_lanes import FakeRecommendationStore
from tests.fakes import FakeCatalog, FakeFeedbackStore
from tests.lanes import Lanes

USER = "u1"
TOP = [film(f"Top {n}", imdb_rating=9.0 - n / 10, imdb_votes=100_000) for n in range(6)]


class Home:
    """A viewer's home page and what it is made from."""

    def __init__(self) -> None:
        self.store = FakeRecommendationStore()
        self.feedback = FakeFeedbackStore()

    def publish(self, *films: StoredFilm, **fields: Any) -> None:
        given: dict[str, Any] = {
            "version": 1,
            "generated_at": NOW,
            "read_at": NOW,
            "seen_until": NOW - timedelta(seconds=10),
            "taste_hash": "t",
            "because_titles": {film_id("Alien"): known("Alien", ru="Чужой", en="Alien")},
        }
        self.store.publish(USER, StoredList(films=films, **(given | fields)))

    def say(self, name: str, seconds_after: float) -> None:
        self.feedback.put(USER, feedback(name, minutes_ago=-seconds_after / 60), replaces=None)

    def page(self, language: Any = "en", limit: int = 20, after: Position | None = None, top: Any = TOP) -> HomePage:
        return home_page(self.store, self.feedback, lambda: top, USER, language, limit, after, NOW)


def stored(name: str, **fields: Any) -> StoredFilm:
    given: dict[str, Any] = {
        "ground": "content",
        "because": (),
        "reason": None,
        "reason_language": None,
        "why": None,
    } | fields
    own = {name: given.pop(name) for name in StoredFilm.__struct_fields__ if name in given}
    return StoredFilm(card=card(name, **given), **own)


def titles(page: HomePage) -> list[str]:
    return [one.title for one in page.films]


def test_new_viewer_gets_the_top_list_with_reasons() -> None:
    page = Home().page()
    assert sorted(titles(page)) == sorted(one.titles.main for one in TOP)
    assert (page.source, page.state, page.after) == ("top", "fresh", None)
    assert all(one.source == "top" and one.reason for one in page.films)


def test_rated_films_are_not_in_the_top_list_when_no_list_is_published_yet() -> None:
    home = Home()
    home.say("Top 0", -60)
    page = home.page()
    assert "Top 0" not in titles(page)
    assert page.state == "updating"


def test_film_is_gone_from_the_very_next_page_when_it_is_rated() -> None:
    home = Home()
    home.publish(stored("A"), stored("B"), stored("C"))
    home.say("B", 5)
    page = home.page()
    assert titles(page) == ["A", "C"]
    assert page.state == "updating"


def test_film_rated_within_the_margin_of_the_clocks_is_subtracted_and_the_list_is_fresh() -> None:
    home = Home()
    home.publish(stored("A"), stored("B"))
    home.say("B", -5)  # before the list's query began, but a slow clock may have missed it
    page = home.page()
    assert titles(page) == ["A"]
    assert page.state == "fresh"


def test_models_words_are_shown_in_their_language_only() -> None:
    home = Home()
    home.publish(stored("A", ground="model", because=(film_id("Alien"),), reason="Как «Чужой».", reason_language="ru"))
    assert home.page("ru").films[0].reason == "Как «Чужой»."
    english = home.page("en").films[0]
    assert "Alien" in english.reason
    assert english.source == "gigachat"


def test_titles_and_reasons_follow_the_viewers_language() -> None:
    home = Home()
    home.publish(stored("Heat", title_ru="Схватка", because=(film_id("Alien"),)))
    russian, english = home.page("ru").films[0], home.page("en").films[0]
    assert (russian.title, english.title) == ("Схватка", "Heat")
    assert "Чужой" in russian.reason
    assert english.because == (film_id("Alien"),)


@pytest.mark.parametrize(
    ("grounds", "source"),
    [
        (("popular", "content", "model"), "gigachat"),
        (("content", "proposal"), "gigachat"),
        (("popular", "content"), "personal"),
        (("popular",), "top"),
    ],
)
def test_lists_source_is_the_best_one_in_it(grounds: tuple[Any, ...], source: str) -> None:
    home = Home()
    home.publish(*(stored(str(n), ground=ground) for n, ground in enumerate(grounds)))
    assert home.page(limit=1).source == source


def test_pages_hold_everything_once_when_films_are_rated_between_them() -> None:
    home = Home()
    home.publish(*(stored(str(n)) for n in range(10)))
    first = home.page(limit=4)
    assert titles(first) == ["0", "1", "2", "3"]
    home.say("1", 5)
    home.say("5", 6)
    second = home.page(limit=4, after=first.after)
    assert titles(second) == ["4", "6", "7", "8"]
    assert titles(home.page(limit=4, after=second.after)) == ["9"]
    assert home.page(limit=4, after=second.after).after is None


def test_no_cursor_is_given_when_only_rated_films_follow() -> None:
    home = Home()
    home.publish(stored("A"), stored("B"), stored("C"))
    home.say("B", 5)
    home.say("C", 5)
    assert home.page(limit=1).after is None


def test_cursor_is_outdated_when_the_list_was_replaced() -> None:
    home = Home()
    home.publish(stored("A"), stored("B"))
    cursor = home.page(limit=1).after
    home.publish(stored("C"), version=2)
    with pytest.raises(ListOutdatedError):
        home.page(after=cursor)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (AskState(), "fresh"),
        (AskState(pending_since=NOW), "updating"),
        (AskState(pending_since=NOW - timedelta(hours=1)), "waiting"),  # its message died: it is admitted again
        (AskState(stale_since=NOW, not_before=NOW + timedelta(hours=1)), "waiting"),
        (AskState(stale_since=NOW, pending_since=NOW), "updating"),
    ],
)
def test_state_says_what_is_on_its_way(state: AskState, shown: str) -> None:
    home = Home()
    home.publish(stored("A"))
    home.store.put_state(USER, state, replaces=AskState())
    assert home.page().state == shown


def test_film_is_gone_from_a_published_list_when_the_catalogue_holds_it_no_longer() -> None:
    home = Home()
    home.publish(stored("A"), stored("B"), stored("C"))
    shelf = FakeCatalog([film("A"), film("C", available_until=NOW)])
    page = home_page(home.store, home.feedback, lambda: TOP, USER, "en", 20, None, NOW, None, shelf)
    assert titles(page) == ["A"]
    assert shelf.calls == {"get_many": 1}


def test_films_follow_from_the_shelf_when_a_narrowed_list_is_short_and_none_is_judged() -> None:
    home = Home()
    home.publish(stored("A", age_rating=18), stored("B", age_rating=6))
    home.feedback.put(USER, feedback("D", minutes_ago=9_000), replaces=None)
    young, old = films(["B", "C", "D"], age_rating=6), film("A", age_rating=18)
    shelf = FakeCatalog([old, *young, film("E")])
    page = home_page(home.store, home.feedback, lambda: TOP, USER, "en", 20, None, NOW, Narrowing(age_limit=6), shelf)
    assert titles(page) == ["B", "C"]


def test_a_cause_that_is_not_for_this_age_is_neither_named_nor_told_in_the_models_words() -> None:
    home = Home()
    home.publish(
        stored("B", age_rating=6, ground="model", because=(film_id("Alien"),), reason="As in Alien.",
               reason_language="en"),
    )  # fmt: skip
    shelf = FakeCatalog([*films(["B"], age_rating=6), film("Alien", age_rating=18)])
    for limit, because in ((18, (film_id("Alien"),)), (12, ())):
        narrowing = Narrowing(age_limit=limit)
        seen = shown_to(shelf, limit)
        page = home_page(home.store, home.feedback, lambda: TOP, USER, "en", 20, None, NOW, narrowing, seen)
        card = page.films[0]
        assert card.because == because
        assert ("Alien" in card.reason, "Alien" in card.explanation) == (bool(because), bool(because))
        assert card.reason


def test_list_keeps_to_the_age_limit_by_its_own_cards_when_the_catalogue_is_down() -> None:
    home = Home()
    home.publish(stored("A", age_rating=18), stored("B", age_rating=6), stored("C"))
    shelf = FakeCatalog()
    shelf.down = True
    page = home_page(home.store, home.feedback, lambda: TOP, USER, "en", 20, None, NOW, Narrowing(age_limit=12), shelf)
    assert titles(page) == ["B"]


def test_published_list_needs_no_catalogue() -> None:
    def down() -> list[Film]:
        raise CatalogUnavailableError("down")

    home = Home()
    home.publish(stored("A"))
    page = home_page(home.store, home.feedback, down, USER, "en", 20, None, NOW)
    assert titles(page) == ["A"]


def test_a_rated_film_is_not_shown_when_its_request_took_as_long_as_a_request_may() -> None:
    lanes = Lanes()
    lanes.like_some()
    lanes.deliver()
    shown = lanes.page().films[0]
    began = lanes.now
    lanes.wait(seconds=14)
    rebuild(lanes.dependencies, "user", lanes.now + timedelta(seconds=5))  # by a host whose clock is ahead
    lanes.wait(seconds=1)
    lanes.feedback.put("user", feedback(shown.title, updated_at=began, rating="dislike"), replaces=None)
    assert shown.film_id not in {one.film_id for one in lanes.page().films}


def test_the_version_says_what_put_each_shown_film_into_its_place_over_all_pages() -> None:
    home = Home()
    home.publish(stored("A", ground="model"), stored("B"), stored("C", ground="popular"), stored("D"))
    whole = home.page()
    assert [(one.place, source_at(whole.list_version, one.place)) for one in whole.films] == [
        (1, "gigachat"), (2, "personal"), (3, "top"), (4, "personal"),
    ]  # fmt: skip
    second = home.page(limit=2, after=home.page(limit=2).after)
    assert [one.place for one in second.films] == [3, 4]
    assert second.list_version == whole.list_version
    home.say("A", 5)
    left = home.page()
    assert [(one.place, one.source) for one in left.films] == [(1, "personal"), (2, "top"), (3, "personal")]
    assert [source_at(left.list_version, one.place) for one in left.films] == [one.source for one in left.films]
    assert number_of(left.list_version) == number_of(whole.list_version)


SAID = ("You like films that take their time.", "Drama above all.")


def test_the_models_sentences_on_a_taste_are_told_in_its_language_alone() -> None:
    home = Home()
    home.publish(stored("A"), taste=SAID, taste_language="en")
    assert home.page("en").taste == SAID
    assert home.page("ru").taste == ()


def test_the_models_sentences_on_a_taste_are_not_for_a_child() -> None:
    home = Home()
    home.publish(stored("A"), taste=SAID, taste_language="en")
    page = home_page(home.store, home.feedback, lambda: TOP, USER, "en", 20, None, NOW, Narrowing(age_limit=12))
    assert page.taste == ()


def test_a_stranger_is_told_no_taste() -> None:
    assert Home().page().taste == ()
