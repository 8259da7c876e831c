"""The small document beside a snapshot: what it keeps when films change and snapshots follow each other."""

import msgspec
import pytest

from chalicelib.catalog.adapters.snapshot import pointer as pointers
from chalicelib.catalog.adapters.snapshot.formats import FORMAT
from chalicelib.catalog.adapters.snapshot.pointer import Pointer, changed, is_full, is_to_be_folded, moved, read_pointer

DOCUMENT = b'{"title":"Stalker"}'


def test_a_pointer_of_0_1_is_read_and_0_1_reads_ours() -> None:
    class Current(msgspec.Struct, frozen=True):  # as 0.1 had it
        sha256: str
        films: int

    assert read_pointer(b'{"sha256": "abc", "films": 9}') == Pointer("abc", 9)
    ours = msgspec.json.encode(changed(Pointer("abc", 9), {"a": DOCUMENT}))
    assert msgspec.json.decode(ours, type=Current) == Current("abc", 9)


def test_the_last_change_of_a_film_is_the_one_that_is_kept() -> None:
    held = changed(Pointer("abc", 9), {"a": DOCUMENT, "b": DOCUMENT})
    held = read_pointer(msgspec.json.encode(changed(held, {"a": None})))
    assert [(one.number, one.film_id, one.document) for one in held.changes] == [(2, "b", DOCUMENT), (3, "a", None)]
    assert held.last_change == 3


def test_changes_that_a_new_snapshot_does_not_include_stay_beside_it() -> None:
    held = changed(changed(Pointer("abc", 9), {"a": DOCUMENT}), {"b": DOCUMENT})
    after = moved(held, "def", 10, includes=1)
    assert ([one.film_id for one in after.changes], after.last_change, after.generation) == (["b"], 2, 1)
    assert changed(after, {"c": None}).changes[-1].number == 3, "numbers never start anew"
    assert moved(None, "def", 10, includes=0) == Pointer("def", 10, format=FORMAT)


def test_the_same_file_put_in_place_again_is_another_snapshot() -> None:
    held = Pointer("abc", 9)
    again = moved(moved(held, "def", 9, 0), "abc", 9, 0)
    assert not pointers.is_same_snapshot(held, again)
    assert pointers.is_same_snapshot(held, changed(held, {"a": None}))


@pytest.mark.parametrize(
    ("films", "size", "is_due", "is_too_much"),
    [(249, 10, False, False), (250, 10, True, False), (3, 2**19, True, False), (20, 2**19, True, True),
     (2_000, 10, True, False), (2_001, 10, True, True)],
)  # fmt: skip
def test_many_or_large_changes_are_folded_and_too_many_refused(
    films: int, size: int, is_due: bool, is_too_much: bool
) -> None:
    text = msgspec.json.encode({"title": "x" * size})
    held = changed(Pointer("abc", 9), {str(n): text for n in range(films)})
    assert (is_to_be_folded(held), is_full(held)) == (is_due, is_too_much)
