"""One viewer's first like through the deployed stack: proof that everything is wired, and a warm-up."""

import json
import secrets
import sys
import time
import urllib.error
import urllib.request
from typing import Any

DEADLINE_SECONDS = 120


def first_like(url: str, wanted: str) -> None:
    """Registers a throw-away viewer, likes three films (GigaChat's first question), waits until the list's source is
    the wanted one, and deletes the viewer again.

    Raises:
        SystemExit: it did not get there in time; the last answer is shown.
    """
    email, password = f"first-like-{secrets.token_hex(6)}@example.com", secrets.token_urlsafe(16)
    _call(url, "POST", "v1/auth/register", {"email": email, "password": password})
    token = _call(url, "POST", "v1/auth/login", {"email": email, "password": password})["access_token"]
    top = _call(url, "GET", "v1/recommendations", token=token)
    for film in top["films"][:3]:
        _call(url, "PUT", f"v1/feedback/{film['film_id']}", {"rating": "like"}, token)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (page := _call(url, "GET", "v1/recommendations", token=token))["source"] != wanted:
        if time.monotonic() > deadline:
            sys.exit(f"\nthe list did not turn {wanted} within {DEADLINE_SECONDS} s: {json.dumps(page)[:500]}")
        time.sleep(0.2)
    _call(url, "DELETE", "v1/me", token=token)


def _call(url: str, method: str, path: str, body: object = None, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url + path, data, headers, method=method)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            raw = answer.read()
    except urllib.error.HTTPError as error:
        sys.exit(f"\n{method} {path}: {error.code} {error.read().decode()[:500]}")
    return json.loads(raw) if raw else None
