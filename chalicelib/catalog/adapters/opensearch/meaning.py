"""Films' vectors in an index of their own beside the films: `ALIAS_meaning`, which a reload does not touch.

A field for each model and length, since OpenSearch fixes a vector's length by field; bytes, searched by Lucene's HNSW
(k-NN plugin, `engine: lucene`, `data_type: byte`: OpenSearch 2.9, `ignore_unmapped`: 2.11; on OpenSearch Service it is
there). The vectors are searched and not kept a second time in `_source`. What they have cost lies in a document of its
own, whose replacing decides between two writers.
https://docs.opensearch.org/latest/mappings/supported-field-types/knn-vector/
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from itertools import batched
from typing import Any, NamedTuple

import msgspec

from chalicelib.catalog.meaning import Known, Spent, Vector
from chalicelib.catalog.model import CatalogChangedError

PAGE = 5_000
ROWS_A_REQUEST = 500  # of 1,024 components 2 MB; Amazon's smallest hosts take 10
STATE = "state"  # no film's id
SETTINGS = {"index": {"knn": True, "number_of_shards": 1, "auto_expand_replicas": "0-1"}}
MAPPING = {
    "dynamic": "strict",
    "_source": {"excludes": ["by_*"]},
    "properties": {
        "film_id": {"type": "keyword"},
        "model": {"type": "keyword"},
        "digest": {"type": "keyword", "index": False, "doc_values": False},
        "state": {"type": "object", "enabled": False},
    },
}


class _State(NamedTuple):
    """Whose vectors lie there, what they have cost, and what a conditional write compares (none before the first)."""

    model: str = ""
    components: int = 0
    spent: Spent = Spent()
    condition: Mapping[str, int] = {}


class MeaningIndex:
    """The vectors beside the films of one alias. All but `begin` are POST requests."""

    def __init__(self, client: Any, alias: str) -> None:
        self._client, self._index = client, f"{alias}_meaning"

    def begin(self, seconds: float) -> None:
        """Makes the index where there is none; an engine without k-NN refuses it, and then has none."""
        body = {"settings": SETTINGS, "mappings": MAPPING}
        self._client.indices.create(index=self._index, body=body, ignore=400, request_timeout=seconds)

    def nearest(self, vector: Vector, limit: int, timeout: Any) -> list[str]:
        """Ids of films by cosine, nearest first. An index or a model that is not there has none."""
        values = list(memoryview(vector.values).cast("b"))
        if not any(values):
            return []
        answer = self._client.search(
            index=self._index,
            body=nearest_body(field_of(vector.model, len(values)), values, limit),
            request_timeout=timeout,
            ignore_unavailable=True,
        )
        return [hit["_id"] for hit in answer["hits"]["hits"]]

    def known(self, model: str, seconds: float) -> tuple[Known, Mapping[str, Any]]:
        """What was embedded by that model, and an error where one answer held one."""
        state, error = self._state(seconds)
        body: dict[str, object] = {
            "size": PAGE, "sort": [{"film_id": "asc"}], "query": {"term": {"model": model}},
            "_source": ["digest"], "track_total_hits": False,
        }  # fmt: skip
        digests: dict[str, bytes] = {}
        while not error and (
            hits := self._client.search(index=self._index, body=body, request_timeout=seconds)["hits"]["hits"]
        ):
            digests |= {hit["_id"]: bytes.fromhex(hit["_source"]["digest"]) for hit in hits}
            body |= {"search_after": hits[-1]["sort"]}
        return Known(digests, state.spent), error

    def put_vectors(
        self,
        model: str,
        new: Mapping[str, tuple[bytes, bytes]],
        spent: Spent,
        gone: Iterable[str],
        seconds: float,
    ) -> Mapping[str, Any]:
        """As the port has it. Returns an error where one answer held one: of the vectors then some may be missing, and
        are found missing when it is looked what is known.

        Raises:
            CatalogChangedError: another writer was first.
        """
        state, error = self._state(seconds)
        if error:
            return error
        is_other = state.model != model
        held = 0 if is_other else state.components
        components = held or next((len(vector) for _, vector in new.values()), 0)
        if components != held:
            self._add_field(model, components, seconds)
        if error := self._claim(_State(model, components, spent, state.condition), seconds):
            return error
        if is_other and (error := self._delete_others(model, seconds)):
            return error
        for some in batched(_rows(model, components, new, gone), ROWS_A_REQUEST, strict=False):
            if error := self._bulk(b"".join(some), seconds):
                return error
        return {}

    def _add_field(self, model: str, components: int, seconds: float) -> None:
        """By POST: the client's own method is a PUT, to which functions have no right."""
        told = {"body": _mapping_of(model, components), "params": {"request_timeout": seconds}}
        self._client.transport.perform_request("POST", f"/{self._index}/_mapping", **told)

    def _state(self, seconds: float) -> tuple[_State, Mapping[str, Any]]:
        answer = self._client.mget(index=self._index, body={"ids": [STATE]}, request_timeout=seconds)
        held = answer["docs"][0]
        if error := held.get("error"):
            return _State(), error
        if not held.get("found"):
            return _State(), {}
        said = held["_source"]["state"]
        condition = {"if_seq_no": held["_seq_no"], "if_primary_term": held["_primary_term"]}
        return _State(said["model"], said["components"], Spent(said["day"], said["tokens"]), condition), {}

    def _claim(self, state: _State, seconds: float) -> Mapping[str, Any]:
        """Writes what the vectors have cost, on the condition that nobody has meanwhile."""
        action = {"index": {"_id": STATE, **state.condition}} if state.condition else {"create": {"_id": STATE}}
        said = {"model": state.model, "components": state.components, "day": state.spent.day,
                "tokens": state.spent.tokens}  # fmt: skip
        error = self._bulk(_line(action) + _line({"state": said}), seconds)
        if error.get("type") == "version_conflict_engine_exception":
            raise CatalogChangedError("The films' vectors have been changed meanwhile. Try again.")
        return error

    def _delete_others(self, model: str, seconds: float) -> Mapping[str, Any]:
        others = {"filter": [{"exists": {"field": "film_id"}}], "must_not": [{"term": {"model": model}}]}
        body = {"size": PAGE, "_source": False, "query": {"bool": others}, "track_total_hits": False}
        while hits := self._client.search(index=self._index, body=body, request_timeout=seconds)["hits"]["hits"]:
            if error := self._bulk(b"".join(_line({"delete": {"_id": hit["_id"]}}) for hit in hits), seconds):
                return error
        return {}

    def _bulk(self, raw: bytes, seconds: float) -> Mapping[str, Any]:
        """The first error of the answer; a film that is not there to be deleted is none."""
        answer = self._client.bulk(body=raw, index=self._index, refresh=True, request_timeout=seconds)
        done = (one for item in answer["items"] for one in item.values())
        return next((one["error"] for one in done if one.get("error")), {})


def nearest_body(field: str, values: list[int], limit: int) -> dict[str, object]:
    """The `knn` query. https://docs.opensearch.org/latest/query-dsl/specialized/k-nn/index/"""
    knn = {field: {"vector": values, "k": limit, "ignore_unmapped": True}}
    return {"size": limit, "_source": False, "query": {"knn": knn}, "track_total_hits": False}


def field_of(model: str, components: int) -> str:
    """The field of that model's vectors of that length."""
    return f"by_{hashlib.sha256(model.encode()).hexdigest()[:12]}_{components}"


def _mapping_of(model: str, components: int) -> dict[str, object]:
    method = {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"}
    vector = {"type": "knn_vector", "dimension": components, "data_type": "byte", "method": method}
    return {"properties": {field_of(model, components): vector}}


def _rows(model: str, components: int, new: Mapping[str, tuple[bytes, bytes]], gone: Iterable[str]) -> Iterator[bytes]:
    for film_id in gone:
        if film_id not in new:
            yield _line({"delete": {"_id": film_id}})
    for film_id, (digest, vector) in new.items():
        if len(vector) != components:
            continue
        entry: dict[str, object] = {"film_id": film_id, "model": model, "digest": digest.hex()}
        if any(vector):  # the engine takes none without length, which is near nothing
            entry[field_of(model, components)] = list(memoryview(vector).cast("b"))
        yield _line({"index": {"_id": film_id}}) + _line(entry)


def _line(said: object) -> bytes:
    return msgspec.json.encode(said) + b"\n"
