"""Serves the page and a `FakeApi` on loopback, below a stage as API Gateway does: `http://127.0.0.1:PORT/api/`.

python -m tests.browser.fake_server 5350
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from chalicelib.auth.elsewhere.trusted import TrustedIssuer
from chalicelib.web.assets import find_asset, index
from chalicelib.web.elsewhere import SignInElsewhere, sign_in_elsewhere
from chalicelib.web.headers import asset_headers, page_headers
from tests.browser.fake_api import FakeApi

STAGE = "/api/"


@contextmanager
def served(
    api: FakeApi, port: int = 0, issuer: TrustedIssuer | None = None, *, own_accounts: bool = True
) -> Iterator[str]:
    """The page's address, with the API given behind it; a free port unless one is named. `issuer`: where viewers sign
    in, who then have no accounts here."""
    there = sign_in_elsewhere(issuer) if issuer or not own_accounts else SignInElsewhere("", ())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            path = self.path.removeprefix(STAGE)
            if path.partition("?")[0] == "":
                self.reply(200, page_headers(there.asked), index(there.told))
            elif path.startswith("assets/"):
                found = find_asset(path.removeprefix("assets/"))
                if found:
                    self.reply(200, asset_headers(found[0].content_type, found[1]), found[0].text)
                else:
                    self.reply(404, {}, "")
            else:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = api.handle(self.command, path, headers, json.loads(body) if body else None)
                kind = {"Content-Type": "application/json" if answer.status < 400 else "application/problem+json"}
                text = "" if answer.body is None else json.dumps(answer.body)
                self.reply(answer.status, kind | answer.headers, text)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer  # noqa: N815 - http.server's names

        def reply(self, status: int, headers: dict[str, str], text: str) -> None:
            content = text.encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet: the tests look at `api.requests`."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """A browser that closes a tab drops its connections: not worth a word."""

    server = Server(("127.0.0.1", port), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{STAGE}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with served(FakeApi(), int(sys.argv[1])) as address:
        print(address)
        Thread(target=lambda: None).start()
        sys.stdin.read()
