"""Documents of other sites: what is taken, and how long it may take."""

import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from chalicelib.auth.elsewhere.adapters.documents import NotFetchedError, fetch
from tests.issuer_twin import running_issuer


def test_a_document_comes_as_it_is() -> None:
    with running_issuer() as issuer:
        assert b"jwks_uri" in fetch(f"{issuer.url}/.well-known/openid-configuration")


@pytest.mark.parametrize("fault", ["500", "redirect", "huge"])
def test_another_answer_is_none(fault: str) -> None:
    with running_issuer() as issuer:
        issuer.fault = fault
        with pytest.raises(NotFetchedError):
            fetch(f"{issuer.url}/keys")
        assert "/elsewhere" not in issuer.asked


def test_a_document_that_comes_byte_by_byte_is_cut_off() -> None:
    with running_issuer() as issuer:
        issuer.fault = "slow"
        began = time.monotonic()
        with suppress(NotFetchedError, OSError):
            assert len(fetch(f"{issuer.url}/keys", 0.5)) < 20
        assert time.monotonic() - began < 2


def test_nobody_who_is_away_is_waited_for() -> None:
    with pytest.raises(OSError, match=r"."):
        fetch("http://127.0.0.1:9/keys", 0.5)


@contextmanager
def over_tls(folder: Path, named: str = "127.0.0.1") -> Iterator[str]:
    """A site's address; its certificate, of that name and by nobody but itself, is `folder/own.pem`."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a site")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address(named))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    own = folder / "own.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    own.write_bytes(certificate.public_bytes(Encoding.PEM) + private)

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.path.encode())

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        try:
            yield f"https://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


def test_a_site_is_heard_over_tls_when_its_certificate_is_vouched_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with over_tls(tmp_path) as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        assert fetch(f"{url}/keys?of=us") == b"/keys?of=us"
        assert fetch(url) == b"/"
        monkeypatch.delenv("SSL_CERT_FILE")
        with pytest.raises(ssl.SSLCertVerificationError):
            fetch(f"{url}/keys")


def test_a_certificate_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with over_tls(tmp_path, named="127.0.0.2") as url:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "own.pem"))
        with pytest.raises(ssl.SSLCertVerificationError):
            fetch(f"{url}/keys")
