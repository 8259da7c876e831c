"""Films' vectors in a real OpenSearch with its k-NN plugin: the contract, and what is promised on top of it."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from opensearchpy import OpenSearch

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog, OpenSearchFilmVectors, open_client
from chalicelib.catalog.adapters.opensearch.meaning import MeaningIndex, field_of
from chalicelib.catalog.meaning import FilmVectorStore
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError
from infra.local.opensearch.node import PATIENT_SECONDS
from tests.contract.catalog_contract import FILMS
from tests.contract.film_vectors_contract import EAST, NORTH, TODAY, FilmVectorsContract, row, vector


@pytest.fixture
def url(opensearch_url: str) -> str:
    return f"{opensearch_url}/test-{uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def client(opensearch_url: str) -> OpenSearch:
    opened: OpenSearch = open_client(opensearch_url, PATIENT_SECONDS)
    return opened


@pytest.fixture
def store(url: str, client: OpenSearch) -> FilmVectorStore:
    MeaningIndex(client, url.rsplit("/", 1)[1]).begin(PATIENT_SECONDS)  # as a load of films does
    return OpenSearchFilmVectors(url, PATIENT_SECONDS)


class TestOpenSearchFilmVectors(FilmVectorsContract):
    """All of it."""


def test_a_load_makes_the_index_and_the_next_one_leaves_the_vectors(url: str) -> None:
    OpenSearchCatalog(url, PATIENT_SECONDS).replace_all(FILMS)
    store = OpenSearchFilmVectors(url, PATIENT_SECONDS)
    store.put("m", {"north": row(*NORTH)}, TODAY)
    OpenSearchCatalog(url, PATIENT_SECONDS).replace_all(FILMS)
    assert store.nearest(vector(*NORTH), 3) == ["north"]


def test_nothing_is_near_and_nothing_known_when_films_were_never_loaded(url: str, client: OpenSearch) -> None:
    store = OpenSearchFilmVectors(url, PATIENT_SECONDS)
    assert store.nearest(vector(*NORTH), 3) == []
    with pytest.raises(CatalogUnavailableError):
        store.known("m")
    with pytest.raises(CatalogUnavailableError):
        store.put("m", {"north": row(*NORTH)}, TODAY)
    assert not client.indices.exists(index=f"{url.rsplit('/', 1)[1]}_meaning"), "made without k-NN by the write"


@pytest.mark.usefixtures("store")
def test_a_write_is_lost_to_another_one_meanwhile(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = (OpenSearchFilmVectors(url, PATIENT_SECONDS) for _ in range(2))
    for name in ("north", "east"):  # the first document, and one that is there
        read = mine._index._state(PATIENT_SECONDS)

        def before(_: MeaningIndex, __: float, read: Any = read) -> Any:
            return read

        other.put("m", {name: row(*NORTH)}, TODAY)
        with monkeypatch.context() as patched:
            patched.setattr(MeaningIndex, "_state", before)
            with pytest.raises(CatalogChangedError):
                mine.put("m", {"lost": row(*EAST)}, TODAY)
    assert set(other.known("m").digests) == {"north", "east"}


def test_a_vector_is_kept_once(store: FilmVectorStore, url: str, client: OpenSearch) -> None:
    store.put("m", {"north": row(*NORTH)}, TODAY)
    index = f"{url.rsplit('/', 1)[1]}_meaning"
    kept: Mapping[str, Any] = client.get(index=index, id="north")["_source"]
    assert set(kept) == {"film_id", "model", "digest"}
    fields = client.indices.get_mapping(index=index)[index]["mappings"]["properties"]
    assert fields[field_of("m", 2)]["data_type"].lower() == "byte"


def test_more_films_are_known_than_one_page_holds(store: FilmVectorStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.catalog.adapters.opensearch.meaning.PAGE", 2)
    monkeypatch.setattr("chalicelib.catalog.adapters.opensearch.meaning.ROWS_A_REQUEST", 2)
    new = {f"film {number}": row(1.0, number) for number in range(5)}
    store.put("m", new, TODAY)
    assert set(store.known("m").digests) == set(new)
    assert store.nearest(vector(1.0, 4.0), 1) == ["film 4"]
