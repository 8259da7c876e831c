"""A site's own sign-in on loopback, as the page meets one: discovery, a form, codes and tokens of a `FakeApi`.

It keeps who has signed in by a cookie, and holds the page to what the standards ask: PKCE with S256 (RFC 7636), the
registered address to come back to, a code good for once.
"""

import base64
import hashlib
import json
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from chalicelib.auth.elsewhere.trusted import TrustedIssuer
from tests.browser.fake_api import FakeApi, User

AUDIENCE, CLIENT = "kinosovet", "films-page"
FORM = (
    "<!doctype html><html lang='en'><title>Sign in</title><form method='post'><button id='yes'>Olga</button></form>"
    "<a id='no' href='{refusal}'>No</a></html>"
)

type Query = dict[str, str]


@dataclass
class FakeIssuer:
    """`asked`: each authorization request. What it does wrong is told by the fields below `mistakes`."""

    api: FakeApi
    url: str = ""
    page: str = ""  # the only address to come back to
    asked: list[Query] = field(default_factory=list)
    granted: list[str] = field(default_factory=list)  # kinds of grants, in their order
    sessions: set[str] = field(default_factory=set)
    codes: dict[str, Query] = field(default_factory=dict)
    refresh_tokens: set[str] = field(default_factory=set)
    seconds: int = 900
    gives_refresh_tokens: bool = True
    opaque_access: bool = False  # the access token is for the issuer alone; the identity token is for us
    changed: Query = field(default_factory=dict)  # in what it sends the viewer back with
    claims: dict[str, Any] = field(default_factory=dict)  # in its identity tokens
    is_away: bool = False
    is_unknown: bool = False  # the API does not believe its tokens

    def trusted(self) -> TrustedIssuer:
        return TrustedIssuer(self.url, AUDIENCE, client_id=CLIENT)

    def discovery(self) -> dict[str, Any]:
        names = {"authorization_endpoint": "form", "token_endpoint": "token", "end_session_endpoint": "end"}
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in names.items()}

    def back(self, asked: Query, **answer: str) -> str:
        assert (asked["redirect_uri"], asked["client_id"]) == (self.page, CLIENT)
        given = {"state": asked["state"], "iss": self.url} | answer | self.changed
        return f"{asked['redirect_uri']}?{urlencode(given)}"

    def let_in(self, asked: Query) -> str:
        """Where a viewer who has signed in goes, with a code."""
        code = uuid.uuid4().hex
        self.codes[code] = asked
        return self.back(asked, code=code)

    def traded(self, form: Query) -> tuple[int, dict[str, Any]]:
        """The token endpoint's answer."""
        self.granted.append(form["grant_type"])
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self.refresh_tokens:
                return 400, {"error": "invalid_grant"}
            return 200, self._tokens({})
        asked = self.codes.pop(form["code"], None)
        if asked is None or form["redirect_uri"] != self.page or form["client_id"] != CLIENT:
            return 400, {"error": "invalid_grant"}
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        assert asked["code_challenge_method"] == "S256"
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        return 200, self._tokens({"nonce": asked["nonce"]})

    def _tokens(self, more: dict[str, Any]) -> dict[str, Any]:
        identity = self._token(aud=AUDIENCE if self.opaque_access else CLIENT, **more | self.claims)
        access = uuid.uuid4().hex if self.opaque_access else self._token(aud=[AUDIENCE])
        self.api.users.setdefault("olga", User(str(uuid.uuid4()), "olga", "", None, "ru", is_from_elsewhere=True))
        if not self.is_unknown:
            believed = identity if self.opaque_access else access
            self.api.access[believed] = ("olga", time.monotonic() + self.seconds)
        given: dict[str, Any] = {
            "access_token": access,
            "id_token": identity,
            "token_type": "Bearer",
            "expires_in": self.seconds,
        }
        if self.gives_refresh_tokens:
            given["refresh_token"] = uuid.uuid4().hex
            self.refresh_tokens = {str(given["refresh_token"])}
        return given

    def _token(self, **claims: Any) -> str:
        now = int(time.time())
        whole = {"iss": self.url, "sub": "olga", "iat": now, "exp": now + self.seconds, "jti": uuid.uuid4().hex}
        parts = ({"alg": "RS256"}, whole | claims)
        encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
        return ".".join([*encoded, "signature"])


@contextmanager
def running_issuer(issuer: FakeIssuer) -> Iterator[FakeIssuer]:
    """At a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            if issuer.is_away:
                self.answer(503, {})
            elif parts.path == "/.well-known/openid-configuration":
                self.answer(200, issuer.discovery())
            elif parts.path == "/form":
                issuer.asked.append(asked)
                is_known = "signed-in=" in self.headers.get("Cookie", "") and bool(issuer.sessions)
                if asked.get("prompt") == "none":
                    self.leave(issuer.let_in(asked) if is_known else issuer.back(asked, error="login_required"))
                elif is_known and asked.get("prompt") != "login":
                    self.leave(issuer.let_in(asked))
                else:
                    refusal = issuer.back(asked, error="access_denied").replace("&", "&amp;")
                    self.answer(200, FORM.format(refusal=refusal), "text/html")
            elif parts.path == "/end":
                issuer.sessions.clear()
                assert asked["post_logout_redirect_uri"] == issuer.page
                self.leave(issuer.page)
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            if self.path == "/token":
                self.answer(*issuer.traded({name: values[-1] for name, values in parse_qs(body).items()}))
            else:
                issuer.sessions.add("olga")
                issuer.api.is_sign_in_old = False
                self.leave(issuer.let_in(issuer.asked[-1]))

        def leave(self, address: str) -> None:
            self.send_response(303)
            self.send_header("Location", address)
            self.send_header("Set-Cookie", "signed-in=yes; HttpOnly; SameSite=Lax")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def answer(self, status: int, body: Any, kind: str = "application/json") -> None:
            content = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: the tests look at `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
