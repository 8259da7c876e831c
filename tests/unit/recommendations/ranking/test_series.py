"""Which films belong to one series, by their titles."""

import pytest

from chalicelib.recommendations.ranking.series import same_series, series_of
from tests.factories import film


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Star Wars: Episode IV - A New Hope", "star wars"),
        ("The Godfather: Part II", "godfather"),
        ("Godfather, The", "godfather"),
        ("Rocky III", "rocky"),
        ("Alien 3", "alien"),
        ("Alien³", "alien"),
        ("Harry Potter and the Goblet of Fire", "harry potter"),
        ("2001: A Space Odyssey", "2001"),
        ("IV", "iv"),
    ],
)
def test_the_key_is_what_the_series_is_called_when_number_and_subtitle_are_gone(title: str, key: str) -> None:
    assert series_of(film(title)) == key


def test_a_longer_name_belongs_to_the_series_when_it_begins_with_all_of_it() -> None:
    assert same_series("batman", "batman begins")
    assert same_series("batman begins", "batman")
    assert not same_series("batman", "batmania")
    assert not same_series("it", "it follows"), "a short word begins too many titles"
