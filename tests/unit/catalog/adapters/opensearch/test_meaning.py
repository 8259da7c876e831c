"""What is asked of an engine for films' vectors: the manual's shapes, by POST alone, each error told. The contract runs
on a real node (`tests/real/test_opensearch_meaning.py`)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from urllib3 import HTTPConnectionPool, HTTPResponse

from chalicelib import resources
from chalicelib.catalog.adapters.meaning_file import FilmVectorFile
from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchFilmVectors
from chalicelib.catalog.adapters.opensearch.meaning import MAPPING, SETTINGS, field_of, nearest_body
from chalicelib.catalog.meaning import Spent
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError
from chalicelib.settings import settings
from tests.contract.film_vectors_contract import EAST, NORTH, TODAY, row, vector

URL = "https://films.example.org/films"
FIELD = field_of("m", 2)


class Domain:
    """An engine that keeps what it was asked; `held` is the state that it has, `refuses` by the end of a path."""

    def __init__(self) -> None:
        self.held: dict[str, Any] | None = None
        self.refuses: dict[str, dict[str, Any]] = {}
        self.asked: list[tuple[str, str, str]] = []

    def urlopen(self, method: str, url: str, body: bytes | None) -> HTTPResponse:
        path = url.partition("?")[0].removeprefix("/films_meaning")
        text = (body or b"").decode()
        self.asked.append((method, path, text))
        said: dict[str, Any] = {"hits": {"hits": []}}
        if path == "/_mget":
            found = {"found": True, "_seq_no": 7, "_primary_term": 1, "_source": {"state": self.held}}
            said = {"docs": [self.refuses.get(path) or (found if self.held else {"found": False})]}
        elif path == "/_bulk":
            said = {"items": [{"index": self.refuses.get(path, {})}]}
        return HTTPResponse(
            json.dumps(said).encode(), status=200, headers={"content-type": "application/json"}, preload_content=True
        )

    def lines(self, place: int) -> list[dict[str, Any]]:
        bulks = [text for _, path, text in self.asked if path == "/_bulk"]
        return [json.loads(line) for line in bulks[place].splitlines()]


@pytest.fixture
def domain(monkeypatch: pytest.MonkeyPatch) -> Domain:
    made = Domain()

    def urlopen(_: object, method: str, url: str, body: bytes | None, *__: object, **___: object) -> HTTPResponse:
        return made.urlopen(method, url, body)

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)
    return made


@pytest.fixture
def store(domain: Domain) -> OpenSearchFilmVectors:
    return OpenSearchFilmVectors(URL)


def test_the_query_is_the_manuals() -> None:
    assert nearest_body("by_x_2", [1, -2], 5) == {
        "size": 5,
        "_source": False,
        "query": {"knn": {"by_x_2": {"vector": [1, -2], "k": 5, "ignore_unmapped": True}}},
        "track_total_hits": False,
    }


def test_the_index_is_for_k_nn_and_keeps_no_vector_twice() -> None:
    assert SETTINGS["index"]["knn"] is True
    assert MAPPING["_source"] == {"excludes": ["by_*"]}
    assert FIELD.startswith("by_")


def test_a_first_write_adds_the_field_claims_the_state_and_sends_the_rows(
    store: OpenSearchFilmVectors, domain: Domain
) -> None:
    store.put("m", {"north": row(*NORTH), "none": row(0.0, 0.0)}, TODAY, gone=["old", "north"])
    assert [(method, path) for method, path, _ in domain.asked] == [
        ("POST", "/_mget"), ("POST", "/_mapping"), ("POST", "/_bulk"), ("POST", "/_search"), ("POST", "/_bulk"),
    ]  # fmt: skip
    assert json.loads(domain.asked[1][2])["properties"] == {
        FIELD: {
            "type": "knn_vector",
            "dimension": 2,
            "data_type": "byte",
            "method": {"name": "hnsw", "engine": "lucene", "space_type": "cosinesimil"},
        }
    }
    state = {"model": "m", "components": 2, "day": TODAY.day, "tokens": TODAY.tokens}
    assert domain.lines(0) == [{"create": {"_id": "state"}}, {"state": state}]
    deleted, *rows = domain.lines(1)
    assert deleted == {"delete": {"_id": "old"}}
    assert rows[1][FIELD] == [0, 127]
    assert FIELD not in rows[3], "the engine refuses a vector without length"


def test_a_later_write_is_on_the_condition_that_nobody_else_has(store: OpenSearchFilmVectors, domain: Domain) -> None:
    domain.held = {"model": "m", "components": 2, "day": "", "tokens": 0}
    store.put("m", {"east": row(*EAST)}, TODAY)
    assert [path for _, path, _ in domain.asked] == ["/_mget", "/_bulk", "/_bulk"]
    assert domain.lines(0)[0] == {"index": {"_id": "state", "if_seq_no": 7, "if_primary_term": 1}}


def test_another_model_has_a_field_of_its_own(store: OpenSearchFilmVectors, domain: Domain) -> None:
    domain.held = {"model": "m", "components": 2, "day": "", "tokens": 0}
    store.put("better", {"east": row(*EAST)}, TODAY)
    assert field_of("better", 2) in domain.asked[1][2]
    assert len({field_of("m", 2), field_of("better", 2), field_of("m", 3)}) == 3


@pytest.mark.parametrize(
    ("path", "error", "raised"),
    [
        ("/_mget", {"error": {"type": "index_not_found_exception"}}, CatalogUnavailableError),
        ("/_bulk", {"error": {"type": "version_conflict_engine_exception"}}, CatalogChangedError),
        ("/_bulk", {"error": {"type": "mapper_parsing_exception"}}, CatalogUnavailableError),
    ],
)
def test_an_error_within_an_answer_is_told(
    store: OpenSearchFilmVectors, domain: Domain, path: str, error: dict[str, Any], raised: type[Exception]
) -> None:
    domain.refuses[path] = error
    with pytest.raises(raised):
        store.put("m", {"north": row(*NORTH)}, Spent())


def test_nothing_is_asked_for_what_has_no_length(store: OpenSearchFilmVectors, domain: Domain) -> None:
    assert store.nearest(vector(0.0, 0.0), 3) == []
    assert domain.asked == []


@pytest.mark.parametrize("read", [lambda store: store.nearest(vector(*NORTH), 3), lambda store: store.known("m")])
def test_functions_read_by_post_alone(
    store: OpenSearchFilmVectors, domain: Domain, read: Callable[[OpenSearchFilmVectors], object]
) -> None:
    read(store)
    assert {method for method, _, _ in domain.asked} == {"POST"}


@pytest.mark.parametrize(("url", "kind"), [("s3://files/meaning", FilmVectorFile), (URL, OpenSearchFilmVectors)])
def test_the_address_says_where_vectors_lie(url: str, kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEANING_URL", url)
    settings.cache_clear()
    try:
        assert isinstance(resources.film_vectors.__wrapped__(), kind)
    finally:
        settings.cache_clear()
