"""The cookie that holds the page's refresh token, and who may send it.

Its name says what the browser has to guarantee (RFC 6265bis 4.1.3). Where the API stands at the root of its host it is
`__Host-…`, which no other host of the domain can set. Below a stage or a proxy's folder it is `__Secure-…` without a
`Path`: the browser then takes the request's own folder, `…/v1/auth/session`, so the cookie goes to the session routes
and nowhere else. On a plain http page of one's own machine it has neither prefix, and so had it in 0.2.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

NAME = "kinosovet_refresh"
HOST_NAME, SECURE_NAME = f"__Host-{NAME}", f"__Secure-{NAME}"
NAMES = (HOST_NAME, SECURE_NAME, NAME)
"""The strongest first. The last one is read everywhere: whoever signed in on 0.2 stays signed in."""
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def kept_cookie(refresh_token: str, seconds: int, headers: Mapping[str, str], path: str = "") -> str:
    """The `Set-Cookie` value. `headers` of the request, names in lower case, say whether the page is a local one;
    `path`, as API Gateway saw it, whether the API stands at the root of its host."""
    name, attributes = _name_and_attributes(headers, path)
    return f"{name}={refresh_token}; Max-Age={seconds}; {attributes}"


def ended_cookie(headers: Mapping[str, str], path: str = "") -> str:
    """The `Set-Cookie` value that removes it."""
    name, attributes = _name_and_attributes(headers, path)
    return f"{name}=; Max-Age=0; {attributes}"


def refresh_token_in(headers: Mapping[str, str]) -> str | None:
    """The refresh token of a request. None when there is none, and when a name comes twice: somebody else has set one
    of the two, and nobody can say which."""
    found: dict[str, list[str]] = {}
    for part in headers.get("cookie", "").split(";"):
        name, _, value = part.strip().partition("=")
        if name in NAMES:
            found.setdefault(name, []).append(value.strip('"'))
    strongest = next((found[name] for name in NAMES if name in found), [])
    return strongest[0] if len(strongest) == 1 and strongest[0] else None


def is_own_page(headers: Mapping[str, str]) -> bool:
    """Whether a request comes from the page itself, as far as browsers say. A client that is none says nothing.

    Behind a proxy the page's host is not the one that the API hears, so the browser's own judgement counts too
    (https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header).
    """
    origin, site = headers.get("origin"), headers.get("sec-fetch-site")
    if origin is not None and urlsplit(origin).netloc != headers.get("host", ""):
        return site == "same-origin" and origin != "null"
    return site in (None, "same-origin", "none")


def _name_and_attributes(headers: Mapping[str, str], path: str) -> tuple[str, str]:
    # A browser drops a Secure cookie of a plain http page; only the emulator on one's own machine is one.
    host = headers.get("host", "").rsplit(":", 1)[0]
    if host in LOCAL_HOSTS and headers.get("x-forwarded-proto") != "https":
        return NAME, "HttpOnly; SameSite=Strict"
    if path.startswith("/v1/"):
        return HOST_NAME, "Path=/; HttpOnly; SameSite=Strict; Secure"
    return SECURE_NAME, "HttpOnly; SameSite=Strict; Secure"
