"""Small documents of other sites: fetched over TLS, within a bound of bytes and seconds, without following anybody."""

import http.client
import time
from urllib.parse import urlsplit

BYTES_MAX = 131_072  # a key set has some thousand
CHUNK_BYTES = 16_384
SECONDS_MAX = 5.0  # of each wait, and of the body in all: an issuer that sends a byte a second is as good as away


class NotFetchedError(Exception):
    """Another answer than a document of a decent size."""


def fetch(url: str, seconds: float = SECONDS_MAX) -> bytes:
    """The document at a URL.

    Raises:
        NotFetchedError: no 200 (a redirect is none either), or more than `BYTES_MAX`.
        OSError: nobody answers, the certificate is not good, or it took too long.
    """
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=seconds)
    deadline = time.monotonic() + seconds
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", path, headers={"Accept": "application/json", "User-Agent": "Kinosovet"})
        answer = connection.getresponse()
        body = b""
        while len(body) <= BYTES_MAX and (part := answer.read1(CHUNK_BYTES)):
            body += part
            if time.monotonic() > deadline:
                raise NotFetchedError(f"not within {seconds} s: {url}")
        if answer.status != 200 or len(body) > BYTES_MAX:
            raise NotFetchedError(f"{answer.status}, {len(body)} bytes: {url}")
        return body
    except http.client.HTTPException as error:
        raise NotFetchedError(f"{type(error).__name__}: {url}") from error
    finally:
        connection.close()
