"""Keys, not letters: each text is what the other one's keys write."""

import pytest

from chalicelib.catalog.typed.layout import on_other_layout


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("vfnhbwf", "матрица"), ("Vfnhbwf 2", "Матрица 2"), ("[jhjibq gkj[jq", "хороший плохой"),
        ("k.,jdm b ujke,b", "любовь и голуби"), ("`kjxrf", "ёлочка"), ("{FKR", "ХАЛК"),
        ("ьфекшч", "matrix"), ("Еру Шырщгт", "The Ishoun"), ("игпэы дшау", "bug's life"),
    ],
)  # fmt: skip
def test_the_same_keys_are_read_on_the_other_layout_when_one_script_is_typed(typed: str, meant: str) -> None:
    assert on_other_layout(typed) == meant


@pytest.mark.parametrize("typed", ["", "1984", "матрица matrix", "?!"])
def test_nothing_is_read_when_the_layout_cannot_be_told(typed: str) -> None:
    assert on_other_layout(typed) is None
