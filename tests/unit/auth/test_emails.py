import unicodedata

import pytest

from chalicelib.auth.emails import folded, normalised
from chalicelib.errors import InvalidInputError


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Vera@Example.COM", "vera@example.com"),
        ("  vera@example.com ", "vera@example.com"),
        ("ИВАН@Почта.РФ", "иван@почта.рф"),
        (unicodedata.normalize("NFD", "Andrée@example.com"), "andrée@example.com"),
        ("demo@kino.test", "demo@kino.test"),
    ],
)
def test_an_address_has_one_form_when_spelled_differently(given: str, kept: str) -> None:
    assert normalised(given) == kept
    assert folded(given) == kept


@pytest.mark.parametrize("given", ["", "vera", "vera@", "@example.com", "a b@example.com", "vera@localhost", "a" * 300])
def test_an_address_is_refused_when_it_is_none(given: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        normalised(given)
    assert refusal.value.field == "email"
