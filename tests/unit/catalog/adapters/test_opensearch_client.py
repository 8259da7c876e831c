"""How the client is opened: signed for Amazon, and only where the catalogue is OpenSearch."""

import subprocess
import sys

import pytest

from chalicelib.catalog.adapters.opensearch.catalog import _auth


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
