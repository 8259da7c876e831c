"""Catching up with changes that were made meanwhile, on a journal in memory; OpenSearch's own is in `tests/real`."""

from collections.abc import Mapping
from typing import Any

from chalicelib.catalog.adapters.opensearch.journal import Entry, Journal, catch_up
from chalicelib.catalog.model import Film
from tests.contract.catalog_contract import AMELIE, MATRIX, ROBOCOP, film


class MemoryJournal(Journal):
    """Entries as OpenSearch would number them."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.newest = -1

    def write(self, film_id: str, one: Film | None) -> None:
        self.newest += 1
        self.entries[film_id] = Entry(self.newest, one)

    def since(self, number: int, seconds: float) -> dict[str, Entry]:  # noqa: ARG002
        return {film_id: entry for film_id, entry in self.entries.items() if entry.number > number}


def test_a_change_that_comes_while_an_older_one_is_made_is_the_last_word() -> None:
    journal, index = MemoryJournal(), dict[str, Film | None]()
    journal.write(ROBOCOP.film_id, None)  # before the load began
    begun = journal.newest
    journal.write(MATRIX.film_id, None)
    renamed = film(MATRIX.source_id, "Renamed", 2026)

    def make(films: Mapping[str, Film | None]) -> None:
        if journal.newest < 3:  # a writer notes its change and makes it; then ours, which is older, arrives
            journal.write(MATRIX.film_id, renamed)
            index[MATRIX.film_id] = renamed
            journal.write(AMELIE.film_id, AMELIE)
        index.update(films)

    catch_up(journal, begun, make, 1.0)
    assert index == {MATRIX.film_id: renamed, AMELIE.film_id: AMELIE}


def test_an_entry_keeps_the_film_as_a_text_and_null_for_one_that_is_withdrawn() -> None:
    sent: list[dict[str, Any]] = []

    class Client:
        def bulk(self, **given: Any) -> dict[str, Any]:
            sent.append(given)
            return {"errors": False}

    Journal(Client(), "films").note({MATRIX.film_id: MATRIX, AMELIE.film_id: None}, 4.0)
    (given,) = sent
    assert given["index"] == "films_changes"
    lines = given["body"].decode().splitlines()
    assert lines[0] == f'{{"index":{{"_id":"{MATRIX.film_id}"}}}}'
    assert '"film":"{\\"title\\":\\"The Matrix\\"' in lines[1]
    assert lines[3] == '{"film":null}'
