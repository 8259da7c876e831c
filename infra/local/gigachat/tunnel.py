"""A proxy on loopback that leads the service's host names to the stand-in, and nobody anywhere else.

With `HTTPS_PROXY` set to it, a function that calls https://api.giga.chat by its template's defaults reaches the
stand-in, certificate check included, without a change to the machine's hosts.
"""

import contextlib
import select
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from infra.local.gigachat.certificates import HOSTS

IDLE_SECONDS = 120.0
_CHUNK_BYTES = 65_536


class Tunnel(ThreadingHTTPServer):
    """A listening proxy; `target_port` is where the stand-in speaks TLS. `led` counts tunnels by host name."""

    daemon_threads = True

    def __init__(self, port: int, target_port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.target_port = target_port
        self.led: dict[str, int] = {}

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news."""


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Silent."""

    def do_CONNECT(self) -> None:
        tunnel = cast(Tunnel, self.server)
        host = self.path.rpartition(":")[0]
        if host not in HOSTS:
            self.send_error(403, "Only the stand-in's hosts")
            return
        tunnel.led[host] = tunnel.led.get(host, 0) + 1
        with socket.create_connection(("127.0.0.1", tunnel.target_port)) as there:
            self.send_response(200, "Connection established")
            self.end_headers()
            self.close_connection = True
            _join(self.connection, there)


def _join(one: socket.socket, other: socket.socket) -> None:
    """Passes bytes on both ways until one side has closed or nothing comes any more."""
    ways = {one: other, other: one}
    with contextlib.suppress(OSError):
        while True:
            readable, _, _ = select.select(list(ways), [], [], IDLE_SECONDS)
            if not readable:
                return
            for side in readable:
                chunk = side.recv(_CHUNK_BYTES)
                if not chunk:
                    return
                ways[side].sendall(chunk)
