"""How the client is opened: signed for Amazon, and only where the catalogue is OpenSearch."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from chalicelib import resources
from chalicelib.catalog.adapters.opensearch.catalog import _auth
from chalicelib.catalog.model import CatalogUnavailableError, FilmQuery
from chalicelib.catalog.port import Catalog
from chalicelib.settings import settings
from tests.contract.catalog_contract import MATRIX


@pytest.mark.parametrize(("host", "service"), [("search-films.eu-west-1.es.amazonaws.com", "es"),
                                               ("abc123.eu-west-1.aoss.amazonaws.com", "aoss")])  # fmt: skip
def test_requests_are_signed_when_the_host_is_amazons(host: str, service: str) -> None:
    headers = _auth(host, None, None)("POST", f"https://{host}/films/_search", b"{}", {})
    assert headers["Authorization"].startswith("AWS4-HMAC-SHA256")
    assert f"/eu-west-1/{service}/aws4_request" in headers["Authorization"]


def test_user_and_password_are_sent_when_the_url_has_them() -> None:
    assert _auth("search.example.org", "films", "secret") == ("films", "secret")
    assert _auth("search.example.org", None, None) is None


@pytest.mark.parametrize(
    ("url", "loaded"),
    [
        ("s3://films/catalog", {"sqlite3"}),
        ("https://search.example.org/films", {"opensearchpy"}),
    ],
)
def test_the_other_engine_stays_out_when_a_catalogue_is_opened(url: str, loaded: set[str]) -> None:
    code = (
        f"import sys; from chalicelib import resources; resources.open_catalog({url!r}); "
        "print(*{'sqlite3', 'opensearchpy', 'boto3'} & set(sys.modules))"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert set(said.split()) == loaded


def test_an_endpoint_of_ones_own_is_signed_for_when_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    headers = _auth("films.example.org", None, None, "es")("POST", "https://films.example.org/x", b"{}", {})
    assert "/eu-central-1/es/aws4_request" in headers["Authorization"]
    assert _auth("films.example.org", "films", "secret", "es") == ("films", "secret")


@pytest.mark.parametrize(("sign", "signed"), [("auto", False), ("es", True)])
def test_the_setting_reaches_the_requests(sign: str, signed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    sent = requests_of(monkeypatch, {"CATALOG_SIGN": sign}, lambda catalog: catalog.top(1))
    assert [("Authorization" in headers) for _, headers in sent] == [signed]


def test_functions_read_and_change_films_by_post_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """IAM's action goes by the method: `es:ESHttpPost` is all that they are granted."""
    for read in (
        lambda catalog: catalog.search(FilmQuery(text="matrix")),
        lambda catalog: catalog.search(FilmQuery()),
        lambda catalog: catalog.get_many(["a"]),
        lambda catalog: catalog.find_by_source_ids(["a"]),
        lambda catalog: catalog.find_by_titles(["matrix"]),
        lambda catalog: catalog.similar(["a"]),
        lambda catalog: catalog.top(1),
        lambda catalog: catalog.upsert([MATRIX]),
        lambda catalog: catalog.withdraw(["a"]),
    ):
        assert {method for method, _ in requests_of(monkeypatch, {}, read)} == {"POST"}


def requests_of(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], read: Callable[[Catalog], object]
) -> list[tuple[str, dict[str, str]]]:
    """Method and headers of what a reader of the catalogue sends; nothing answers."""
    sent: list[tuple[str, dict[str, str]]] = []

    def urlopen(_: object, method: str, url: str, *__: object, headers: dict[str, str], **___: object) -> None:
        sent.append((method, headers))
        raise NewConnectionError(HTTPConnection("films.example.org"), f"nothing answers at {url}")

    monkeypatch.setattr(HTTPConnectionPool, "urlopen", urlopen)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    try:
        catalog = resources.open_catalog("https://films.example.org/films")
        with pytest.raises(CatalogUnavailableError):
            read(catalog)
    finally:
        settings.cache_clear()
    return sent[:1]
