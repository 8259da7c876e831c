"""An issuer of tokens on this machine, as a site has one: discovery document, key set, keys of three algorithms.

It can rotate its keys, be slow, fail, redirect, and say more than anybody should read.
"""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

AUDIENCE = "films"
ALGORITHMS = ("RS256", "ES256", "EdDSA")


def new_key(algorithm: str) -> Any:
    """A private key for one of the three."""
    if algorithm == "RS256":
        return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    return ec.generate_private_key(ec.SECP256R1()) if algorithm == "ES256" else ed25519.Ed25519PrivateKey.generate()


def public_jwk(algorithm: str, key: Any, kid: str) -> dict[str, Any]:
    """Its public half, as a key set holds it."""
    kinds: dict[str, Any] = {"RS256": jwt.algorithms.RSAAlgorithm, "ES256": jwt.algorithms.ECAlgorithm,
                             "EdDSA": jwt.algorithms.OKPAlgorithm}  # fmt: skip
    made: dict[str, Any] = json.loads(kinds[algorithm].to_jwk(key.public_key()))
    made.pop("key_ops", None)
    return made | {"kid": kid, "alg": algorithm, "use": "sig"}


class Issuer:
    """One issuer. `asked` counts requests by path; `fault` is what it does instead of answering."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: dict[str, tuple[str, Any]] = {}  # by algorithm: key id and private key
        self.more_keys: list[dict[str, Any]] = []
        self.asked: dict[str, int] = {}
        self.fault = ""
        self.named = url
        for algorithm in ALGORITHMS:
            self.rotate(algorithm)

    def rotate(self, algorithm: str) -> None:
        """Another key signs from now on, and the one before is no longer published."""
        self.keys[algorithm] = (f"{algorithm}-{uuid4().hex[:8]}", new_key(algorithm))

    def key_set(self) -> dict[str, Any]:
        """What it publishes."""
        own = [public_jwk(algorithm, key, kid) for algorithm, (kid, key) in self.keys.items()]
        return {"keys": [*own, *self.more_keys]}

    def claims(self, subject: str = "42", **changed: Any) -> dict[str, Any]:
        """Of a good token; a change to None leaves a claim out."""
        now = int(datetime.now(UTC).timestamp())
        good = {"iss": self.url, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 300}
        return {name: value for name, value in (good | changed).items() if value is not None}

    def token(self, subject: str = "42", algorithm: str = "RS256", header: Any = None, **changed: Any) -> str:
        """A token that one of its keys has signed."""
        kid, key = self.keys[algorithm]
        return jwt.encode(self.claims(subject, **changed), key, algorithm, {"kid": kid} | (header or {}))

    def setting(self, **more: Any) -> dict[str, Any]:
        """Its entry in `TRUSTED_ISSUERS`."""
        return {"issuer": self.url, "audience": AUDIENCE} | more


class _Handler(BaseHTTPRequestHandler):
    issuer: Issuer

    def do_GET(self) -> None:
        issuer = self.issuer
        issuer.asked[self.path] = issuer.asked.get(self.path, 0) + 1
        if issuer.fault == "500":
            self._answer(500, b"{}")
        elif issuer.fault == "redirect":
            self.send_response(302)
            self.send_header("Location", f"{issuer.url}/elsewhere")
            self.end_headers()
        elif issuer.fault == "huge":
            self._answer(200, json.dumps(issuer.key_set() | {"filling": "x" * 200_000}).encode())
        elif issuer.fault == "slow":
            self.send_response(200)
            self.end_headers()
            for _ in range(300):
                self.wfile.write(b" ")
                time.sleep(0.1)
        elif self.path == "/.well-known/openid-configuration":
            self._answer(200, json.dumps({"issuer": issuer.named, "jwks_uri": f"{issuer.url}/keys"}).encode())
        elif self.path in ("/keys", "/elsewhere"):
            self._answer(200, json.dumps(issuer.key_set()).encode())
        else:
            self._answer(404, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextmanager
def running_issuer() -> Iterator[Issuer]:
    """An issuer at a port of its own."""
    handler = type("Handler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    handler.issuer = issuer  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()


def encoded(value: object) -> str:
    """A part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
