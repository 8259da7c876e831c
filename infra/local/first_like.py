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


def registered(url: str) -> Mapping[str, str]:
    """What a new throw-away viewer sends, who has an account here."""
    email, password = f"first-like-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(16)
    home = {"X-Forwarded-For": str(NETWORK[secrets.randbelow(NETWORK.num_addresses)])}
    _call(url, "POST", "v1/auth/register", {"email": email, "password": password}, home)
    token = _call(url, "POST", "v1/auth/login", {"email": email, "password": password})["access_token"]
    return {"Authorization": f"Bearer {token}"}


def acted_for(url: str, key: str) -> Mapping[str, str]:
    """What the site's own server sends for a new throw-away viewer, where nobody has an account; a new key is known
    within seconds."""
    viewer = {"Authorization": f"Bearer {key}", "X-Viewer": f"first-like-{secrets.token_hex(6)}"}
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}v1/me", headers=viewer), timeout=60).close()  # noqa: S310
            break
        except urllib.error.HTTPError as error:
            error.close()
            time.sleep(0.2)
    return viewer


def first_like(url: str, viewer: Mapping[str, str], wanted: str, meanwhile: Callable[[], None]) -> None:
    """A throw-away viewer (by what they send) likes three films, which is GigaChat's first question; waits until the
    list's source is the wanted one, and deletes the viewer again. While the question is under way the page is looked
    at as a browser does it.

    Raises:
        SystemExit: it did not get there in time; the last answer is shown.
    """
    top = _call(url, "GET", "v1/recommendations", headers=viewer)
    for film in top["films"][:3]:
        _call(url, "PUT", f"v1/feedback/{film['film_id']}", {"rating": "like"}, viewer)
    meanwhile()
    _look_around(url, top["films"][0]["film_id"])
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (page := _call(url, "GET", "v1/recommendations", headers=viewer))["source"] != wanted:
        if time.monotonic() > deadline:
            sys.exit(f"\nthe list did not turn {wanted} within {DEADLINE_SECONDS} s: {json.dumps(page)[:500]}")
        time.sleep(0.2)
    _call(url, "DELETE", "v1/me", headers=viewer)


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


def _call(url: str, method: str, path: str, body: object = None, headers: Mapping[str, str] = {}) -> Any:
    given = {"Content-Type": "application/json", **headers}
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url + path, data, given, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            raw = answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"\n{method} {path}: {error.code} {error.read().decode()[:500]}")
    return json.loads(raw) if raw else None
