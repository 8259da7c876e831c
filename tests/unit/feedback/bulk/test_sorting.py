"""Every row is judged before any counts, and a worker's death costs one round."""

from collections.abc import Sequence

import pytest

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.imports import SentFile
from chalicelib.errors import UnavailableError
from chalicelib.feedback.bulk import sorting
from chalicelib.feedback.bulk.lines import FileRefusedError
from chalicelib.feedback.bulk.sorting import Films, begun
from tests.factories import film_id
from tests.import_site import FILMS, Site, row, some_rows


def test_bad_rows_are_named_by_number_and_field_in_order_and_the_rest_counts() -> None:
    site = Site()
    bad = [b'{"viewer": "v1"}', b"{", row(film="no such film"), row(rating="meh"), row(viewer=1) | {"viewer": " "},
           b"\xff", row(minutes_ago=-3_000)]  # fmt: skip
    held = site.took(*some_rows()[:20], *bad, b"", *some_rows()[20:])
    assert (held.state, held.rows, held.accepted, held.rejected) == ("done", 367, 360, 7)
    assert [(one.row, one.field) for one in held.errors] == [
        (21, "film"), (22, ""), (23, "film"), (24, "rating"), (25, "viewer"), (26, ""), (27, "at")
    ]  # fmt: skip


def test_nothing_of_anybody_is_changed_when_over_a_fifth_makes_no_sense() -> None:
    site = Site()
    held = site.took(*some_rows()[:79], *[b"{}"] * 21)
    assert (held.state, held.accepted, held.rejected) == ("failed", 0, 21)
    assert held.errors[-1].message == "Over 20 % of the rows make no sense: nothing was changed."
    assert (site.feedback.by_user, site.store.sent, site.store.pieces) == ({}, {}, {})
    assert site.took(*some_rows()[:80], *[b"{}"] * 20).state == "done", "a fifth is not over a fifth"


def test_a_film_is_called_by_its_own_id_or_by_its_sources() -> None:
    asked: list[str] = []

    def held(ids: Sequence[str]) -> dict[str, object]:
        asked.extend(ids)
        return {one.film_id: one for one in FILMS if one.film_id in asked}

    films = Films(held)
    own, sources = FILMS[0].film_id, "tt0000001"
    assert films.look_up([own.upper(), sources, own]) == {own.upper(): own, sources: None, own: own}
    films.look_up([own, sources])
    assert len(asked) == 3, "each name is looked up once"
    assert film_id_of(sources) in asked
    assert films.look_up(["x" * 36])["x" * 36] is None


def test_the_number_of_parts_follows_from_the_file_and_is_bounded() -> None:
    assert [begun(SentFile(size, "e")).parts for size in (0, 5 * 2**20, 2**32)] == [1, 3, 64]
    with pytest.raises(FileRefusedError):
        begun(SentFile(5 * 2**30 + 1, "e"))


def test_pieces_of_another_file_in_its_place_are_never_taken_for_its_own() -> None:
    names = {name for etag in ("a", "b") for name in sorting.pieces_of(begun(SentFile(9, etag)), 0)}
    assert len(names) == 2


@pytest.mark.parametrize("packed", [False, True])
def test_a_file_of_many_rounds_comes_to_the_same(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    whole = Site()
    whole.took(*some_rows())
    monkeypatch.setattr(sorting, "ROUND_ROWS", 7)
    monkeypatch.setattr(sorting, "TOGETHER", 3)
    monkeypatch.setattr(sorting, "PART_BYTES", 2_000)
    site = Site()
    assert site.took(*some_rows(), packed=packed).accepted == 360
    assert site.everything() == whole.everything()


@pytest.mark.parametrize("limit", [9, 10])
def test_a_file_of_too_many_rows_changes_nothing(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(sorting, "ROWS_MAX", limit)
    monkeypatch.setattr(sorting, "ROUND_ROWS", 4)
    site = Site()
    held = site.took(*some_rows()[:10], b"")
    assert (held.state == "failed") == (limit < 10)
    assert bool(site.feedback.by_user) == (limit == 10)


def test_an_empty_file_is_none() -> None:
    assert Site().took(b"").errors[-1].message == "The file has no row."


def test_a_file_waits_while_the_catalogue_does_not_answer() -> None:
    site = Site()
    site.begun(*some_rows())
    site.look()
    site.catalog.down = True
    message = site.queue.messages[0]
    with pytest.raises(UnavailableError):
        site.work()
    site.catalog.down = False
    site.queue.messages.append(message)
    assert site.work() == ["360 of 360 rows are kept"]
    assert film_id("Film 0") in {one.film_id for one in site.held()}
