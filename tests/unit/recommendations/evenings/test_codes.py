"""Codes as people read them out and type them."""

import pytest

from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.evenings.codes import LENGTH, LETTERS, code_of, guest_of, key_of, new_code
from chalicelib.recommendations.evenings.model import GUEST


def test_no_two_letters_look_alike_and_no_code_is_a_word() -> None:
    assert not set(LETTERS) & set("01OILUAEIOUY".replace("Y", ""))
    assert len(set(LETTERS)) == len(LETTERS) == 28
    assert len({new_code() for _ in range(500)}) == 500
    assert all(len(code) == LENGTH and set(code) <= set(LETTERS) for code in (new_code() for _ in range(50)))


@pytest.mark.parametrize("typed", ["BCKMH-PTX23", "bckmh ptx23", " bckmhptx23 ", "ВСКМН-РТХ23", "вскмнртх23"])
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    assert code_of(typed) == "BCKMHPTX23"


@pytest.mark.parametrize("typed", ["", "BCKMHPTX2", "BCKMHPTX234", "BCKMHPTX20", "BCKMHPTXЖ3", "../../etc"])
def test_what_is_no_code_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInputError):
        code_of(typed)


def test_neither_code_nor_token_is_stored_as_it_is() -> None:
    assert "BCKMHPTX23" not in key_of("BCKMHPTX23")
    assert key_of("BCKMHPTX23") != key_of("BCKMHPTX24")
    token = "t" * 43
    assert guest_of(token).startswith(GUEST)
    assert token not in guest_of(token)
    assert guest_of(token) != guest_of("u" * 43)


@pytest.mark.parametrize("token", ["", "short", "t" * 42, "t" * 44, "t" * 42 + "!", "t" * 42 + "\n"])
def test_a_token_that_could_be_guessed_is_refused(token: str) -> None:
    with pytest.raises(InvalidInputError):
        guest_of(token)
