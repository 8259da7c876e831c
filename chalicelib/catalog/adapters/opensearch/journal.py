"""The single changes of a catalogue in OpenSearch, noted beside it, so that a full load under way loses none.

A change is noted first and made second, by the alias. A load that swaps the alias in between has the change in the
index that goes; it finds it here and makes it again. Entries are known by OpenSearch's own sequence numbers, which grow
with each write of the one shard, so that no clock is compared.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import batched
from typing import Any, NamedTuple

import msgspec

from chalicelib.catalog.flat_fields import document_of, film_of_json
from chalicelib.catalog.model import Film

PAGE = 1_000
SETTINGS = {"index": {"number_of_shards": 1, "auto_expand_replicas": "0-1"}}
MAPPING = {"dynamic": False, "properties": {}}  # nothing but the numbers is searched for


class Entry(NamedTuple):
    """How a film is since its last change. None: withdrawn."""

    number: int
    film: Film | None


class Journal:
    """The changes of one alias: `ALIAS_changes`, which is none of the indexes `ALIAS-…` that a load makes and removes.

    Functions use `note` and `count_withdrawn` alone, POST requests as all that they ask.
    """

    def __init__(self, client: Any, alias: str) -> None:
        self._client, self._index = client, f"{alias}_changes"

    def note(self, films: Mapping[str, Film | None], seconds: float) -> dict[str, Any]:
        """Writes an entry a film over the one before. Returns OpenSearch's answer, which may hold errors."""
        raw = b"".join(_lines(films))
        answer: dict[str, Any] = self._client.bulk(body=raw, index=self._index, request_timeout=seconds)
        return answer

    def begin(self, seconds: float) -> int:
        """Makes the index where there is none. Returns the number of its newest entry, -1 when it is empty."""
        body = {"settings": SETTINGS, "mappings": MAPPING}
        self._client.indices.create(index=self._index, body=body, ignore=400, request_timeout=seconds)
        self._client.indices.refresh(index=self._index, request_timeout=seconds)
        newest = self._search({"size": 1, "sort": [{"_seq_no": "desc"}]}, seconds)
        return int(newest[0]["sort"][0]) if newest else -1

    def since(self, number: int, seconds: float) -> dict[str, Entry]:
        """All later entries, by film id."""
        self._client.indices.refresh(index=self._index, request_timeout=seconds)
        hits = self._pages({"range": {"_seq_no": {"gt": number}}}, seconds)
        return {hit["_id"]: Entry(int(hit["_seq_no"]), _film(hit["_source"]["film"])) for page in hits for hit in page}

    def count_withdrawn(self, seconds: float) -> int:
        """How many films have been withdrawn since the last load. An index that nobody has made yet has none."""
        self._client.indices.refresh(index=self._index, ignore_unavailable=True, request_timeout=seconds)
        hits = self._pages({"match_all": {}}, seconds)
        return sum(hit["_source"]["film"] is None for page in hits for hit in page)

    def forget(self, number: int, seconds: float) -> None:
        """Removes entries up to that number, but for those written again since: what has been loaded is newer."""
        for page in self._pages({"range": {"_seq_no": {"lte": number}}}, seconds):
            raw = b"".join(
                msgspec.json.encode(
                    {
                        "delete": {
                            "_id": hit["_id"],
                            "if_seq_no": hit["_seq_no"],
                            "if_primary_term": hit["_primary_term"],
                        }
                    }
                )
                + b"\n"
                for hit in page
            )
            self._client.bulk(body=raw, index=self._index, request_timeout=seconds)

    def _pages(self, query: dict[str, object], seconds: float) -> Iterator[list[dict[str, Any]]]:
        body: dict[str, object] = {
            "size": PAGE, "sort": [{"_seq_no": "asc"}], "query": query, "seq_no_primary_term": True,
        }  # fmt: skip
        while hits := self._search(body, seconds):
            yield hits
            body |= {"search_after": hits[-1]["sort"]}

    def _search(self, body: dict[str, object], seconds: float) -> list[dict[str, Any]]:
        answer = self._client.search(index=self._index, body=body, request_timeout=seconds, ignore_unavailable=True)
        return list(answer["hits"]["hits"])


def catch_up(journal: Journal, since: int, make: Callable[[Mapping[str, Film | None]], None], seconds: float) -> None:
    """Has `make` make every change after `since` that it has not made yet, until there is no newer one.

    An entry that changes while it is made is found again: who writes notes first.
    """
    made: dict[str, int] = {}
    while True:
        entries = journal.since(since, seconds)
        fresh = {film_id: entry for film_id, entry in entries.items() if made.get(film_id) != entry.number}
        if not fresh:
            return
        for some in batched(fresh.items(), PAGE, strict=False):
            make({film_id: entry.film for film_id, entry in some})
        made |= {film_id: entry.number for film_id, entry in fresh.items()}


def _lines(films: Mapping[str, Film | None]) -> Iterator[bytes]:
    for film_id, film in films.items():
        # The film as a text: a site that has never been reloaded since 0.2 has this index made by the first entry.
        text = None if film is None else msgspec.json.encode(document_of(film)).decode()
        yield msgspec.json.encode({"index": {"_id": film_id}}) + b"\n"
        yield msgspec.json.encode({"film": text}) + b"\n"


def _film(text: str | None) -> Film | None:
    return None if text is None else film_of_json(text.encode())
