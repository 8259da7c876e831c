"""One viewer's first like through the deployed stack: proof that everything is wired, and a warm-up for the next."""

import ipaddress
import json
import secrets
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

DEADLINE_SECONDS = 120
# RFC 2544's networks are nobody's: this viewer takes none of the accounts that an address may make in an hour.
NETWORK = ipaddress.ip_network("198.18.0.0/15")
AT_ONCE = 8  # a browser asks for six things at once, and there may be two


def first_like(url: str, wanted: str, meanwhile: Callable[[str], None]) -> None:
    """Registers a throw-away viewer, likes three films (GigaChat's first question), waits until the list's source is
    the wanted one, and deletes the viewer again. While the question is under way the page is looked at as a browser
    does it, and `meanwhile` gets the viewer's token.

    Raises:
        SystemExit: it did not get there in time; the last answer is shown.
    """
    email, password = f"first-like-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(16)
    home = {"X-Forwarded-For": str(NETWORK[secrets.randbelow(NETWORK.num_addresses)])}
    _call(url, "POST", "v1/auth/register", {"email": email, "password": password}, headers=home)
    token = _call(url, "POST", "v1/auth/login", {"email": email, "password": password})["access_token"]
    top = _call(url, "GET", "v1/recommendations", token=token)
    for film in top["films"][:3]:
        _call(url, "PUT", f"v1/feedback/{film['film_id']}", {"rating": "like"}, token)
    meanwhile(token)
    _look_around(url, top["films"][0]["film_id"])
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (page := _call(url, "GET", "v1/recommendations", token=token))["source"] != wanted:
        if time.monotonic() > deadline:
            sys.exit(f"\nthe list did not turn {wanted} within {DEADLINE_SECONDS} s: {json.dumps(page)[:500]}")
        time.sleep(0.2)
    _call(url, "DELETE", "v1/me", token=token)


def _look_around(url: str, film_id: str) -> None:
    """The page's own requests, several at once: each worker of the API opens what it will need."""
    paths = ("v1/films?limit=24", f"v1/films/{film_id}", f"v1/films/{film_id}/similar", "v1/films?query=star")
    get_at_once(url, paths * 4, AT_ONCE)


def get_at_once(url: str, paths: Sequence[str], at_once: int) -> None:
    """Gets them all, so many at one time. Raises SystemExit when one fails."""
    with ThreadPoolExecutor(at_once) as pool:
        asked = [pool.submit(_call, url, "GET", path) for path in paths]
    for one in asked:
        one.result()


def _call(
    url: str, method: str, path: str, body: object = None, token: str = "", headers: Mapping[str, str] = {}
) -> Any:
    given = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {}), **headers}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url + path, data, given, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            raw = answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"\n{method} {path}: {error.code} {error.read().decode()[:500]}")
    return json.loads(raw) if raw else None
