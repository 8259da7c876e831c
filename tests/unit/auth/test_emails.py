import unicodedata

import pytest

from chalicelib.auth.emails import deliverable, folded, normalised
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


def test_a_domain_in_punycode_signs_in_as_it_registered() -> None:
    for given in (
        "vera@xn--e1afmkfd.xn--80akhbyknj4f",
        " Vera@XN--e1afmkfd.xn--80akhbyknj4f ",
        "vera@пример.испытание",
    ):
        assert normalised(given) == folded(given) == "vera@пример.испытание"
    assert folded("vera@xn--\u00e9.example") == "vera@xn--é.example"
    assert folded("xn--a") == "xn--a"


def test_a_letter_goes_to_an_address_in_ascii() -> None:
    assert deliverable("vera@пример.испытание") == "vera@xn--e1afmkfd.xn--80akhbyknj4f"
    assert deliverable("вера@пример.испытание") is None


@pytest.mark.parametrize("given", ["", "vera", "vera@", "@example.com", "a b@example.com", "vera@localhost", "a" * 300])
def test_an_address_is_refused_when_it_is_none(given: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        normalised(given)
    assert refusal.value.field == "email"
