"""The way out of the weekly letter: one press, by nobody in particular."""

from typing import Annotated

import msgspec
from chalice import Blueprint, Response

from chalicelib import resources
from chalicelib.auth.model import Account
from chalicelib.http.endpoint import Call, endpoint
from chalicelib.language import Language
from chalicelib.weekly.unsubscribe import find_owner, unsubscribe
from chalicelib.weekly.write import farewell

bp = Blueprint(__name__)

HTML = "text/html; charset=utf-8"
BODIES = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
"""RFC 8058 3.1: mail programs post `List-Unsubscribe=One-Click` as one form or the other. It is not looked at."""
HEADERS = {
    "Content-Type": HTML,
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the address is the key
    "X-Frame-Options": "DENY",
}


class WayOut(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A letter's own token."""

    token: Annotated[str, msgspec.Meta(max_length=100)]


@endpoint(bp, "GET", "/v1/letters/unsubscribe", query=WayOut, media="text/html")
def show_unsubscribe(call: Call[None, WayOut]) -> Response:
    """A page with one button that ends the weekly letters; looking at it ends nothing."""
    owner = find_owner(call.query.token, resources.account_store(), resources.token_keys())
    done = owner is None or owner.letters_since is None
    return Response(farewell(_language(owner, call.language), done=done, token=call.query.token), headers=HEADERS)


@endpoint(bp, "POST", "/v1/letters/unsubscribe", query=WayOut, media="text/html", content_types=BODIES)
def unsubscribe_from_letters(call: Call[None, WayOut]) -> Response:
    """Ends the weekly letters of whoever got the one with this token (RFC 8058). Safe to repeat."""
    owner = unsubscribe(call.query.token, resources.account_store(), resources.token_keys())
    return Response(farewell(_language(owner, call.language), done=True), headers=HEADERS)


def _language(owner: Account | None, otherwise: Language) -> Language:
    return owner.language if owner else otherwise
