"""The GigaChat stand-in inside a test's own process, on a port of its own."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.gigachat.access import Access
from infra.local.gigachat.server import GigaChatServer
from infra.local.gigachat.service import Service

CREDENTIALS = base64.b64encode(b"client:secret").decode()


class StandIn:
    """A running stand-in: its addresses, and its control as a test sees it."""

    def __init__(self, server: GigaChatServer) -> None:
        self.root = f"http://127.0.0.1:{server.server_address[1]}"
        self.base_url = f"{self.root}/v1"
        self.auth_url = f"{self.root}/api/v2/oauth"
        self.service = server.service

    def fault(self, kind: str, count: int | None = 1, **more: object) -> None:
        """Makes the next `count` answers fail that way."""
        status, body = self.request("POST", "/control/fault", {"kind": kind, "count": count, **more})
        assert status == 200, body

    def bill(self) -> dict[str, Any]:
        """The service's books."""
        bill: dict[str, Any] = self.request("GET", "/control/bill")[1]
        return bill

    def request(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, Any]:
        """Any request, as a plain client makes it: status and JSON body."""
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, headers or {}, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")


@contextmanager
def running_standin(*, token_seconds: float = 1_800.0, latency_seconds: float = 0.0, **more: Any) -> Iterator[StandIn]:
    """A stand-in that answers at once, for as long as the block lasts."""
    latency = (latency_seconds, latency_seconds)
    service = Service(access=Access(token_seconds=token_seconds), latency_seconds=latency, **more)
    with GigaChatServer(0, service) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield StandIn(server)
        finally:
            server.shutdown()
            thread.join()
