"""What a film is about, by stems."""

from chalicelib.catalog.titles.stems import stem
from chalicelib.recommendations.wishes.lexicon import genres
from chalicelib.recommendations.wishes.themes import themes


def test_a_theme_is_found_in_any_case_and_names_genres() -> None:
    assert themes()[(stem("ограблению"),)] == themes()[(stem("heist"),)]
    assert {genre for theme in themes().values() for genre in theme.genres} <= set(genres().values())
