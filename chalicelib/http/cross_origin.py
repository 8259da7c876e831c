"""Calls from other sites' pages (CORS): for the origins that the operator names, and for nobody else.

No cookie goes along (`Access-Control-Allow-Credentials` is never sent), so the page's own session routes are left out.
https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from collections.abc import Mapping
from functools import cache

from chalice import Response

METHODS = "GET, POST, PUT, PATCH, DELETE"
HEADERS = "Authorization, Content-Type, X-Guest"  # no `X-Viewer`: a server's key has no business in a browser
EXPOSED = "Retry-After, X-Request-Id"
MAX_AGE_SECONDS = 600  # what browsers keep at least; an origin that is taken off the list is refused from then on
PATHS, PAGES_OWN = "/v1/", "/v1/auth/session/"


def allowed_origin(headers: Mapping[str, str], path: str, named: str) -> str | None:
    """The origin of a request if it is among those named (with commas), on a path that others may call."""
    origin = headers.get("origin", "")
    is_open = path.startswith(PATHS) and not path.startswith(PAGES_OWN)
    return origin if is_open and origin in _origins(named) else None


def preflight(headers: Mapping[str, str], origin: str) -> Response | None:
    """What a browser asks before it sends more than a form could; None where it is no such question."""
    if "access-control-request-method" not in headers:
        return None
    allowed = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": HEADERS,
        "Access-Control-Max-Age": str(MAX_AGE_SECONDS),
    }
    return Response("", status_code=204, headers=allowed | shown_to(origin))


def shown_to(origin: str) -> dict[str, str]:
    """What lets a page of that origin read an answer."""
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": EXPOSED}


@cache
def _origins(named: str) -> frozenset[str]:
    return frozenset(one.strip().rstrip("/") for one in named.split(",") if one.strip())
