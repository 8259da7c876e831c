"""Feedback's look into a viewer's own list: it works while the catalogue is down."""

from chalicelib.feedback.model import Listed
from chalicelib.recommendations.listed_film import find_listed_film
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film_id, ranked
from tests.fake_lanes import FakeRecommendationStore

USER = "user"


def test_the_film_comes_with_titles_and_year_when_the_list_holds_it() -> None:
    store = FakeRecommendationStore()
    films = [ranked("Alien"), ranked("Solaris", title_ru="Солярис", year=1972)]
    store.publish(USER, stored_list(films, None, taste_of([], NOW), 1, NOW, NOW, NOW, {}))
    known = find_listed_film(store, USER, film_id("Solaris")).film
    assert known
    assert (known.titles.in_language("ru"), known.titles.in_language("en"), known.year) == ("Солярис", "Solaris", 1972)
    assert find_listed_film(store, USER, film_id("Stalker")).film is None
    assert find_listed_film(store, "somebody else", film_id("Solaris")).film is None


def test_there_is_none_when_the_viewer_has_no_list() -> None:
    assert find_listed_film(FakeRecommendationStore(), USER, film_id("Alien")) == Listed(None, 0)


def test_it_tells_how_much_feedback_it_was_made_from() -> None:
    store = FakeRecommendationStore()
    said = [feedback("Stalker"), feedback("Mirror", rating="seen"), feedback("Alien", rating=None, steer="exclude")]
    store.publish(USER, stored_list([ranked("Solaris")], None, taste_of(said, NOW), 1, NOW, NOW, NOW, {}))
    assert find_listed_film(store, USER, film_id("Solaris")).judged == 3
    assert find_listed_film(store, USER, film_id("Nosferatu")).judged == 3
