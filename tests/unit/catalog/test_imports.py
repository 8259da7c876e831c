"""Films in bulk: taken in one step or not at all, each bad row told by its number, once or more often."""

import gzip
import json
from collections.abc import Iterable
from datetime import timedelta

import msgspec
import pytest

from chalicelib.catalog import imports
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.imports import LEASE, Import, RowError, begin_import, get_import, take_waiting
from chalicelib.catalog.model import Film, TooManyChangesError
from chalicelib.errors import NotFoundError
from tests.factories import NOW
from tests.fake_imports import MemoryImports, MemorySteps
from tests.fakes import FakeCatalog


def rows(count: int) -> list[bytes]:
    return [json.dumps({"id": f"b{number}", "title": f"Film {number}"}).encode() for number in range(count)]


def sent(store: MemoryImports, *lines: bytes, packed: bool = False) -> str:
    begun = begin_import(store, NOW)
    raw = b"\n".join(lines)
    store.sent[begun.import_id] = gzip.compress(raw) if packed else raw
    return begun.import_id


def took(*lines: bytes) -> tuple[Import, FakeCatalog]:
    store, catalog = MemoryImports(), FakeCatalog()
    import_id = sent(store, *lines)
    assert take_waiting(store, catalog, MemorySteps(), NOW) == 1
    assert store.sent == {}
    return get_import(store, import_id), catalog


def test_an_import_waits_for_its_file_and_is_unknown_when_nobody_has_begun_it() -> None:
    store = MemoryImports()
    begun = begin_import(store, NOW)
    assert (begun.upload_url, begun.expires_at) == (f"memory:{begun.import_id}?3600", NOW + timedelta(hours=1))
    assert get_import(store, begun.import_id).state == "waiting"
    assert take_waiting(store, FakeCatalog(), MemorySteps(), NOW) == 0
    with pytest.raises(NotFoundError):
        get_import(store, "another")


@pytest.mark.parametrize("packed", [False, True])
def test_all_films_come_in_one_step(packed: bool) -> None:
    store, catalog = MemoryImports(), FakeCatalog()
    import_id = sent(store, *rows(300)[:100], b"", b"  ", *rows(300)[100:], b"", packed=packed)
    take_waiting(store, catalog, MemorySteps(), NOW)
    assert get_import(store, import_id).state == "done"
    assert (get_import(store, import_id).rows, get_import(store, import_id).accepted) == (300, 300)
    assert (len(catalog.films), catalog.calls["upsert"]) == (300, 1)
    assert catalog.films[film_id_of("b7")].added_at == NOW


def test_a_bad_row_is_told_by_its_number_and_field_and_the_others_come() -> None:
    bad = [b'{"id": "x1"}', b"{", b'{"id": "x2", "title": "A", "year": "soon"}', b'{"id": "x3", "title": "A", "x": 1}',
           b"\xff\xfe"]  # fmt: skip
    held, catalog = took(*bad, *rows(100))
    assert (held.state, held.rows, held.accepted, held.rejected) == ("done", 105, 100, 5)
    assert [(one.row, one.field) for one in held.errors] == [(1, "title"), (2, ""), (3, "year"), (4, "x"), (5, "")]
    assert len(catalog.films) == 100


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([b"{}", *rows(10)], "Over 5 % of the rows are bad: nothing was changed."),
        ([], "The file has no row."),
        ([b'{"id": "' + b"x" * 2**20 + b'"}'], "Row 1 has more than 1,048,576 bytes."),
        ([gzip.compress(b"\n".join(rows(5_000)))[:-50]], "The file is cut off, or packed in another way than gzip."),
        ([b"\x1f\x8b no gzip"], "The file is cut off, or packed in another way than gzip."),
    ],
)
def test_a_file_that_is_no_good_changes_nothing_and_is_told_why(lines: list[bytes], said: str) -> None:
    held, catalog = took(*lines)
    assert (held.state, held.accepted, held.errors[-1]) == ("failed", 0, RowError(0, "", said))
    assert catalog.films == {}


@pytest.mark.parametrize(("limit", "value"), [("ROWS_MAX", 5), ("BYTES_MAX", 50)])
def test_a_file_beyond_the_limits_changes_nothing(monkeypatch: pytest.MonkeyPatch, limit: str, value: int) -> None:
    monkeypatch.setattr(imports, limit, value)
    held, catalog = took(*rows(6))
    assert (held.state, catalog.films) == ("failed", {})
    assert f"at most {value}" in held.errors[-1].message


def test_the_first_hundred_errors_are_told() -> None:
    held, _ = took(*[b"{}"] * 150, *rows(4_000))
    assert (held.rejected, len(held.errors), held.errors[-1].row) == (150, 100, 100)


def test_the_same_file_twice_changes_nothing() -> None:
    store, catalog = MemoryImports(), FakeCatalog()
    sent(store, *rows(3))
    take_waiting(store, catalog, MemorySteps(), NOW)
    before = dict(catalog.films)
    sent(store, *rows(3))
    take_waiting(store, catalog, MemorySteps(), NOW + timedelta(days=1))
    assert catalog.films == before


def test_a_file_is_taken_again_when_its_worker_died_and_left_alone_after_the_third_time() -> None:
    class Killed(BaseException):
        pass

    class Deadly(FakeCatalog):
        def upsert(self, films: Iterable[Film]) -> int:
            super().upsert(films)
            raise Killed

    store, now = MemoryImports(), NOW
    import_id = sent(store, *rows(3))
    for _ in range(imports.ATTEMPTS):
        with pytest.raises(Killed):
            take_waiting(store, Deadly(), MemorySteps(), now)
        assert take_waiting(store, FakeCatalog(), MemorySteps(), now) == 0, "somebody may still be at it"
        now += imports.LEASE
    assert take_waiting(store, FakeCatalog(), MemorySteps(), now) == 1
    assert get_import(store, import_id).state == "failed"
    assert store.sent == {}


def test_a_file_waits_when_the_catalogue_does_not_answer() -> None:
    store, catalog = MemoryImports(), FakeCatalog()
    import_id = sent(store, *rows(3))
    catalog.down = True
    for _ in range(imports.ATTEMPTS + 2):
        assert take_waiting(store, catalog, MemorySteps(), NOW) == 0
        assert get_import(store, import_id).state == "waiting"
    catalog.down = False
    assert take_waiting(store, catalog, MemorySteps(), NOW) == 1
    assert get_import(store, import_id).state == "done"


def test_what_comes_after_an_import_is_over_is_dropped() -> None:
    store, catalog = MemoryImports(), FakeCatalog()
    import_id = sent(store, *rows(3))
    take_waiting(store, catalog, MemorySteps(), NOW)
    store.sent[import_id] = msgspec.json.encode({"id": "late", "title": "Late"})
    take_waiting(store, catalog, MemorySteps(), NOW)
    assert (len(catalog.films), store.sent) == (3, {})


def test_no_file_keeps_those_behind_it_waiting() -> None:
    store, catalog, steps = MemoryImports(), FakeCatalog(), MemorySteps()
    of_viewers = [begin_import(store, NOW, "interactions").import_id for _ in range(2)]
    store.sent |= dict.fromkeys(of_viewers, b"{}")
    others = sent(store, *rows(1))
    store.put(others, Import(state="running", attempts=1, begun_at=NOW))  # somebody is at it
    last = sent(store, *rows(3))
    later = NOW + LEASE / 2
    assert take_waiting(store, catalog, steps, later) == 1
    assert steps.messages == of_viewers
    assert (get_import(store, last).state, get_import(store, others).state) == ("done", "running")


def test_no_file_that_the_catalogue_refuses_keeps_those_behind_it_waiting() -> None:
    class OneFilmAtMost(FakeCatalog):
        def upsert(self, films: Iterable[Film]) -> int:
            if len(given := list(films)) > 1:
                raise TooManyChangesError("wait", 1)
            return super().upsert(given)

    store = MemoryImports()
    first, second = sent(store, *rows(2)), sent(store, *rows(1))
    assert take_waiting(store, OneFilmAtMost(), MemorySteps(), NOW) == 1
    assert (get_import(store, first).state, get_import(store, second).state) == ("waiting", "done")
