"""The names a film goes by and the keys it is found under."""

from chalicelib.catalog.titles.aliases import forms_of, joined_languages, keys_of, lookup_keys, names_of, parts_of
from chalicelib.catalog.titles.normalize import title_key
from tests.factories import film


def test_each_name_is_told_once_its_own_first_when_several_are_the_same() -> None:
    found = names_of(film("Alien", title_ru="Чужой", original_title="Alien", alternative_titles=("Alien³", "Чужой")))
    assert found == ("Alien", "Чужой", "Alien³")


def test_a_name_in_brackets_stands_for_itself_too() -> None:
    assert forms_of("City of Lost Children, The (Cité des enfants perdus, La)")[1:] == (
        "City of Lost Children, The",
        "Cité des enfants perdus, La",
    )
    assert "Seven" in forms_of("Se7en (a.k.a. Seven)")
    assert forms_of("Blade Runner (1982)") == ("Blade Runner (1982)", "Blade Runner")


def test_a_title_said_in_two_languages_has_two_halves_and_others_have_none() -> None:
    assert joined_languages("Круэлла - Cruella") == ("Круэлла", "Cruella")
    assert joined_languages("The Matrix / Матрица") == ("The Matrix", "Матрица")
    assert joined_languages("Face/Off") == ()


def test_a_film_is_found_when_any_name_is_looked_up() -> None:
    keys = keys_of(film("Star Wars: Episode V - The Empire Strikes Back", title_ru="Империя наносит ответный удар"))
    for written in ("the empire strikes back", "Империя наносит ответный удар", "Star Wars 5: The Empire Strikes Back"):
        assert lookup_keys(written) & keys, written
    assert not lookup_keys("The Phantom Menace") & keys
    assert title_key("Империя наносит ответный удар") in keys


def test_a_title_has_a_head_and_a_subtitle_when_it_has_parts_and_no_keys_for_them_else() -> None:
    of_two = keys_of(film("Zathura: A Space Adventure"))
    assert lookup_keys("Zathura") & of_two
    assert lookup_keys("Space Adventure") & of_two
    assert keys_of(film("Solaris")) == {"solaris"}


def test_numbers_and_the_word_part_are_compared_as_numbers_when_a_title_has_parts() -> None:
    assert parts_of("Star Wars: Episode V - A Title")[0] == ("star", "wars")
    assert parts_of("The Godfather: Part II")[-1] == parts_of("The Godfather: 2")[-1]
