"""The cookie that holds the page's refresh token.

It has no `Path`: the browser then takes the request's own folder, `…/v1/auth/session`, whatever stage or proxy stands
before it, so the cookie goes to the three session routes and nowhere else.
"""

from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie

NAME = "kinosovet_refresh"
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")


def kept_cookie(refresh_token: str, seconds: int, headers: Mapping[str, str]) -> str:
    """The `Set-Cookie` value. `headers` of the request, names in lower case, say whether the page is a local one."""
    return f"{NAME}={refresh_token}; Max-Age={seconds}; {_attributes(headers)}"


def ended_cookie(headers: Mapping[str, str]) -> str:
    """The `Set-Cookie` value that removes it."""
    return f"{NAME}=; Max-Age=0; {_attributes(headers)}"


def refresh_token_in(headers: Mapping[str, str]) -> str | None:
    """The refresh token of a request, or None."""
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(NAME)
    except CookieError:
        return None
    return found.value if found and found.value else None


def _attributes(headers: Mapping[str, str]) -> str:
    # A browser drops a Secure cookie of a plain http page; only the emulator on one's own machine is one.
    host = headers.get("host", "").rsplit(":", 1)[0]
    is_local = host in LOCAL_HOSTS and headers.get("x-forwarded-proto") != "https"
    return "HttpOnly; SameSite=Strict" if is_local else "HttpOnly; SameSite=Strict; Secure"
