"""A cursor is a position that nobody can make up."""

import base64

import pytest

from chalicelib.errors import InvalidInputError
from chalicelib.http.cursors import MAC_BYTES, seal, unseal

OLD, NEW = b"o" * 32, b"n" * 32


def test_the_position_comes_back_when_the_cursor_is_ours() -> None:
    position = {"film_id": "abc", "score": 0.25, "название": "Солярис"}
    assert unseal(seal(position, [NEW]), dict[str, object], [NEW]) == position


def test_a_cursor_goes_on_when_the_keys_were_rotated_meanwhile() -> None:
    cursor = seal([1, "a"], [OLD])
    assert unseal(cursor, list[object], [NEW, OLD]) == [1, "a"]
    with pytest.raises(InvalidInputError):
        unseal(cursor, list[object], [NEW])


def test_a_cursor_is_sealed_with_the_newest_key() -> None:
    assert unseal(seal(["a"], [NEW, OLD]), list[str], [NEW]) == ["a"]


def _changed(cursor: str, place: int) -> str:
    raw = bytearray(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    raw[place] ^= 1
    return base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()


@pytest.mark.parametrize("place", [0, MAC_BYTES - 1, MAC_BYTES, -1])
def test_a_cursor_is_refused_when_one_bit_differs(place: int) -> None:
    with pytest.raises(InvalidInputError, match="not issued here"):
        unseal(_changed(seal({"place": "20"}, [NEW]), place), dict[str, str], [NEW])


@pytest.mark.parametrize("made_up", ["", "!", "abc", "ß", "W10", "a" * 10_000])
def test_a_cursor_is_refused_when_it_is_made_up(made_up: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        unseal(made_up, list[int], [NEW])
    assert refusal.value.field == "cursor"


def test_a_cursor_of_another_route_is_refused_when_its_position_has_another_form() -> None:
    with pytest.raises(InvalidInputError):
        unseal(seal({"place": "20"}, [NEW]), list[int], [NEW])
