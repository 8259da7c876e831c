"""The answer to a request: films with reasons, what was understood, none that the viewer has feedback on."""

import pytest

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.errors import InvalidInputError
from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.wishes.answer import answer_plan, answer_words, in_order_of_taste
from chalicelib.recommendations.wishes.model import Wish
from tests.factories import NOW, feedback
from tests.fakes import FakeCatalog, FakeFeedbackStore
from tests.unit.recommendations.wishes.conftest import GHOSTBUSTERS, GROUNDHOG_DAY, TOY_STORY


def _store(*items: Feedback) -> FakeFeedbackStore:
    store = FakeFeedbackStore()
    for item in items:
        store.put("user", item, None)
    return store


def test_films_come_with_reasons_and_what_was_understood(catalog: Catalog) -> None:
    answer = answer_words(catalog, FakeFeedbackStore(), "user", "романтическая комедия", "ru", 20, NOW)
    assert [(film.title, film.reason, film.source) for film in answer.films] == [
        ("День сурка", "Мелодрама, комедия", "search")
    ]
    assert [(wish.kind, wish.value, wish.text) for wish in answer.understood] == [
        ("genre", "Romance", "романтическая"), ("genre", "Comedy", "комедия")
    ]  # fmt: skip
    assert (answer.source, answer.state, answer.dropped) == ("search", "fresh", ())


def test_the_same_comes_when_what_was_understood_is_sent_back(catalog: Catalog) -> None:
    said = answer_words(catalog, FakeFeedbackStore(), "user", "like Alien, funny", "en", 20, NOW)
    again = answer_plan(catalog, FakeFeedbackStore(), "user", said.understood, "en", 20, NOW)
    assert again == said
    assert said.films


def test_no_film_with_feedback_is_ever_in_it(catalog: Catalog) -> None:
    store = _store(feedback("Toy Story", rating="seen"))
    answer = answer_words(catalog, store, "user", "comedy", "en", 20, NOW)
    assert answer.films
    assert TOY_STORY.film_id not in {film.film_id for film in answer.films}


def test_the_profiles_age_limit_holds_whatever_is_asked(catalog: Catalog) -> None:
    answer = answer_words(shown_to(catalog, 6), FakeFeedbackStore(), "user", "horror 18+", "en", 20, NOW)
    assert all(film.age_rating is not None and film.age_rating <= 6 for film in answer.films)


@pytest.mark.parametrize("text", ["", "   ", "!!!", "zxcv asdf qwer", "\u0000\u202e", "🙂" * 100])
def test_nonsense_is_no_error(catalog: Catalog, text: str) -> None:
    assert answer_words(catalog, FakeFeedbackStore(), "user", text, "ru", 20, NOW).films == ()


def test_a_value_of_the_wrong_kind_is_refused(catalog: Catalog) -> None:
    for wish in (Wish(kind="genre", value=3), Wish(kind="year_to", value="2000")):
        with pytest.raises(InvalidInputError):
            answer_plan(catalog, FakeFeedbackStore(), "user", (wish,), "ru", 20, NOW)


def test_what_resembles_the_liked_films_comes_first(catalog: Catalog) -> None:
    taste = taste_of([feedback("Home Alone")], NOW)
    order = in_order_of_taste(catalog, taste, [GROUNDHOG_DAY, GHOSTBUSTERS, TOY_STORY])
    assert order[0].film_id == TOY_STORY.film_id
    assert in_order_of_taste(catalog, taste_of([], NOW), [TOY_STORY]) == []


def test_it_is_said_when_the_catalogue_is_away() -> None:
    catalog = FakeCatalog()
    catalog.down = True
    with pytest.raises(CatalogUnavailableError):
        answer_words(catalog, FakeFeedbackStore(), "user", "comedy", "ru", 20, NOW)
