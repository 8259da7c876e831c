"""How the client is opened: signed for Amazon, and only when a search happens."""

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


@pytest.mark.parametrize("library", ["opensearchpy", "boto3", "snowballstemmer"])
def test_a_library_is_not_loaded_when_nobody_searches(library: str) -> None:
    code = (
        "import sys; from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog; "
        "from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog; "
        "OpenSearchCatalog('https://search.example.org/films'); EmbeddedCatalog('s3://films/catalog'); "
        f"sys.exit({library!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
