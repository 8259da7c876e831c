"""Small documents of other sites: fetched over TLS, within a bound of bytes and seconds, without following anybody."""

import http.client
import socket
import ssl
from contextlib import suppress
from functools import cache
from threading import Timer
from urllib.parse import urlsplit

BYTES_MAX = 131_072  # a key set has some thousand
SECONDS_MAX = 5.0  # in all: an issuer that sends a byte a second is as good as away


class NotFetchedError(Exception):
    """Another answer than a document of a decent size."""


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def fetch(url: str, seconds: float = SECONDS_MAX) -> bytes:
    """The document at a URL.

    Raises:
        NotFetchedError: no 200 (a redirect is none either), or more than `BYTES_MAX`.
        OSError: nobody answers, the certificate is not good, or it took too long.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    more = {"context": _tls()} if parts.scheme == "https" else {}
    connection = kind(parts.hostname or "", parts.port, timeout=seconds, **more)  # type: ignore[arg-type]
    watchdog = None
    try:
        connection.connect()
        watchdog = Timer(seconds, _hang_up, [connection.sock])  # each single wait has a bound; this is that of all
        watchdog.daemon = True
        watchdog.start()
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": "Kinosovet"})
        answer = connection.getresponse()
        body = answer.read(BYTES_MAX + 1)
        if answer.status != 200 or len(body) > BYTES_MAX:
            raise NotFetchedError(f"{answer.status}, {len(body)} bytes: {url}")
        return body
    except http.client.HTTPException as error:
        raise NotFetchedError(f"{type(error).__name__}: {url}") from error
    finally:
        if watchdog:
            watchdog.cancel()
        connection.close()


def _hang_up(open_socket: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        open_socket.shutdown(socket.SHUT_RDWR)
