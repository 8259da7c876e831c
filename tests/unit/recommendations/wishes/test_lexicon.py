"""What people call kinds leads to what the catalogue calls them."""

from chalicelib.catalog.titles.stems import stem
from chalicelib.catalog.typed.kind_words import find_genre
from chalicelib.recommendations.wishes.lexicon import countries, genres


def test_every_genre_is_one_that_films_may_be_marked_with() -> None:
    assert [name for name in set(genres().values()) if not find_genre(name.replace("-", " ").lower().split())] == []


def test_a_country_is_known_by_its_adjective_and_by_its_name() -> None:
    assert {countries()[(stem(word),)] for word in ("французский", "french", "франции", "france")} == {"France"}
    assert countries()[(stem("русский"),)] == "Russia, Soviet Union"
