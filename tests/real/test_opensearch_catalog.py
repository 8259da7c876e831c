"""OpenSearch keeps the catalogue's contract, and its own promises on top: strict mapping, alias swap."""

import uuid

import pytest
from opensearchpy import OpenSearch
from opensearchpy.exceptions import RequestError

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog, open_client
from chalicelib.catalog.model import CatalogUnavailableError, FilmQuery
from chalicelib.catalog.port import Catalog
from infra.local.opensearch.node import PATIENT_SECONDS
from tests.contract import opensearch_tape
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIX, CatalogContract


@pytest.fixture(scope="module")
def catalog(opensearch_url: str) -> Catalog:
    return _loaded(opensearch_url)


@pytest.fixture
def fresh_catalog(opensearch_url: str) -> Catalog:
    return _loaded(opensearch_url)


class TestOpenSearchCatalog(CatalogContract):
    """All of it."""


@pytest.fixture
def client(opensearch_url: str) -> OpenSearch:
    opened: OpenSearch = open_client(opensearch_url, PATIENT_SECONDS)
    return opened


def _loaded(url: str) -> OpenSearchCatalog:
    catalog = OpenSearchCatalog(f"{url}/test-{uuid.uuid4().hex[:8]}", PATIENT_SECONDS)
    catalog.replace_all(FILMS)
    return catalog


def test_a_field_is_refused_when_the_mapping_does_not_know_it(client: OpenSearch, opensearch_url: str) -> None:
    alias = f"test-{uuid.uuid4().hex[:8]}"
    OpenSearchCatalog(f"{opensearch_url}/{alias}", PATIENT_SECONDS).replace_all([AMELIE])
    with pytest.raises(RequestError, match="strict_dynamic_mapping"):
        client.index(index=alias, body={"film_id": "x", "stars": 5})


def test_one_index_serves_and_one_waits_when_reloaded_often(client: OpenSearch, opensearch_url: str) -> None:
    alias = f"test-{uuid.uuid4().hex[:8]}"
    catalog = OpenSearchCatalog(f"{opensearch_url}/{alias}", PATIENT_SECONDS)
    for films in (FILMS, [MATRIX], [AMELIE]):
        catalog.replace_all(films)
    assert len(client.indices.get(index=f"{alias}-*")) == 2
    assert len(client.indices.get_alias(name=alias)) == 1
    assert catalog.search(FilmQuery()).films == (AMELIE,)


def test_no_half_catalogue_is_left_when_a_load_breaks_off(client: OpenSearch, opensearch_url: str) -> None:
    alias = f"test-{uuid.uuid4().hex[:8]}"

    def failing() -> object:
        yield MATRIX
        raise RuntimeError("the source broke off")

    with pytest.raises(RuntimeError):
        OpenSearchCatalog(f"{opensearch_url}/{alias}", PATIENT_SECONDS).replace_all(failing())  # type: ignore[arg-type]
    assert client.indices.get(index=f"{alias}-*") == {}


def test_the_catalogue_is_unavailable_when_it_was_never_loaded(opensearch_url: str) -> None:
    catalog = OpenSearchCatalog(f"{opensearch_url}/test-never", PATIENT_SECONDS)
    with pytest.raises(CatalogUnavailableError):
        catalog.search(FilmQuery())
    with pytest.raises(CatalogUnavailableError):
        catalog.get_many([MATRIX.film_id])


def test_no_index_of_the_aliass_name_is_made_when_films_come_before_the_first_load(
    client: OpenSearch, opensearch_url: str
) -> None:
    alias = f"test-{uuid.uuid4().hex[:8]}"
    catalog = OpenSearchCatalog(f"{opensearch_url}/{alias}", PATIENT_SECONDS)
    with pytest.raises(CatalogUnavailableError, match="not been loaded yet"):
        catalog.upsert([MATRIX])
    assert not client.indices.exists(index=alias)
    catalog.replace_all([AMELIE])
    assert catalog.search(FilmQuery()).films == (AMELIE,), "what was refused did not come by the load"


def test_a_change_is_not_lost_when_it_meets_the_swap(
    client: OpenSearch, opensearch_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A writer has looked the alias up before the swap, and writes to the index that goes; an older change of the same
    film must not come after a newer one."""
    alias = f"test-{uuid.uuid4().hex[:8]}"
    catalog = OpenSearchCatalog(f"{opensearch_url}/{alias}", PATIENT_SECONDS)
    catalog.replace_all(FILMS)
    swap = OpenSearchCatalog._swap

    def with_changes_around(self: OpenSearchCatalog, index: str) -> None:
        writer = OpenSearchCatalog(f"{opensearch_url}/{alias}", PATIENT_SECONDS)
        writer.withdraw([MATRIX.film_id, AMELIE.film_id])
        swap(self, index)
        writer.upsert([AMELIE])

    monkeypatch.setattr(OpenSearchCatalog, "_swap", with_changes_around)
    catalog.replace_all(FILMS)
    held = {one.film_id for one in catalog.search(FilmQuery(limit=100)).films}
    assert held == {one.film_id for one in FILMS if one != MATRIX}
    monkeypatch.undo()
    catalog.replace_all(FILMS)
    assert catalog.get(MATRIX.film_id) == MATRIX, "a load that begins later is newer"
    client.indices.refresh(index=f"{alias}_changes")
    assert int(client.count(index=f"{alias}_changes")["count"]) == 0, "and what it is newer than is forgotten"


def test_the_tape_of_the_fast_tests_is_what_this_node_is_asked_and_answers(opensearch_url: str) -> None:
    tape, now = opensearch_tape.read(), opensearch_tape.recorded(opensearch_url)
    kept = ("method", "url", "params", "body")
    assert [[one[name] for name in kept] for one in now["exchanges"]] == [
        [one[name] for name in kept] for one in tape["exchanges"]
    ], "python -m tests.contract.opensearch_tape makes it anew"
    assert now["said"] == tape["said"]
