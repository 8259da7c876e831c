"""The local file and the changes beside it: together or not at all."""

from pathlib import Path

import msgspec
import pytest

from chalicelib.catalog.adapters.snapshot.descriptions import Built, beside
from chalicelib.catalog.adapters.snapshot.local_place import LocalPlace
from chalicelib.catalog.adapters.snapshot.pointer import Pointer, changed, moved
from chalicelib.catalog.model import CatalogChangedError


@pytest.fixture
def place(tmp_path: Path) -> LocalPlace:
    place = LocalPlace(tmp_path / "catalog.sqlite")
    assert place.find_current() is None
    place.put_current(Pointer(stored(place, b"one"), 1), None)
    return place


def stored(place: LocalPlace, content: bytes) -> str:
    built = place.path.with_name("built")
    built.write_bytes(content)
    beside(built).write_bytes(content + b" told")
    return place.store(Built(built, beside(built)))


def test_whoever_has_read_another_pointer_loses(place: LocalPlace) -> None:
    held = place.find_current()
    assert held
    place.put_current(changed(held.pointer, {"a": None}), held.tag)
    with pytest.raises(CatalogChangedError):
        place.put_current(changed(held.pointer, {"b": None}), held.tag)
    with pytest.raises(CatalogChangedError):
        place.put_current(Pointer("x", 0), None)
    now = place.find_current()
    assert now
    assert [one.film_id for one in now.pointer.changes] == ["a"]


@pytest.mark.parametrize("dies", [True, False])
def test_the_changes_belong_to_the_file_when_somebody_dies_between_the_two(
    place: LocalPlace, monkeypatch: pytest.MonkeyPatch, dies: bool
) -> None:
    held = place.find_current()
    assert held
    place.put_current(changed(held.pointer, {"a": None}), held.tag)
    held = place.find_current()
    assert held
    after = moved(held.pointer, stored(place, b"two"), 2, includes=1)
    if dies:
        with monkeypatch.context() as patched:
            patched.setattr(LocalPlace, "_stored", lambda *_: place.path.with_name("nowhere"))
            with pytest.raises(FileNotFoundError):
                place.put_current(after, held.tag)
    else:
        place.put_current(after, held.tag)
    now = place.find_current()
    assert now
    assert (place.path.read_bytes(), len(now.pointer.changes)) == ((b"one", 1) if dies else (b"two", 0))


def test_a_file_that_was_put_there_by_hand_has_no_changes(place: LocalPlace) -> None:
    held = place.find_current()
    assert held
    place.put_current(changed(held.pointer, {"a": None}), held.tag)
    other = place.path.with_name("other")
    other.write_bytes(b"by hand")
    other.replace(place.path)
    now = place.find_current()
    assert now
    assert now.pointer.changes == ()
    assert msgspec.json.encode(now.pointer)
