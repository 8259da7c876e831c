"""Which issuers a site trusts, as `TRUSTED_ISSUERS` says it.

The authorizer imports this on every cold start, so it imports nothing heavy.
"""

import ipaddress
import json
import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

DISCOVERY = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0, 4
FIELDS = {"issuer", "audience", "jwks_url", "operator_claim", "client_id", "scope", "token_origin"}
HOST = re.compile(r"[A-Za-z0-9._:\[\]-]+")  # with a port; it also stands in the page's Content-Security-Policy


class OperatorClaim(NamedTuple):
    """Whoever's token has this claim with this value, or with it in a list, is an operator."""

    name: str
    value: str


class TrustedIssuer(NamedTuple):
    """Whose tokens are believed, when they are meant for `audience`. `jwks_url`: where its keys lie; empty: where its
    discovery document says.

    The last three are what our page signs in with where viewers have no accounts here: its client id (empty: the
    audience), the scope it asks for, and where it trades a code for tokens, if not at the issuer's own origin.
    """

    issuer: str
    audience: str
    jwks_url: str = ""
    operator_claim: OperatorClaim | None = None
    client_id: str = ""
    scope: str = "openid"
    token_origin: str = ""

    @property
    def discovery_url(self) -> str:
        """Where an issuer says where its keys lie."""
        return self.issuer.rstrip("/") + DISCOVERY


def parse(text: str, *, is_local: bool) -> tuple[TrustedIssuer, ...]:
    """The issuers of a setting, `[{"issuer", "audience", "jwks_url"?, "operator_claim"?: {"name", "value"},
    "client_id"?, "scope"?, "token_origin"?}]`; an empty text is none. `is_local`: plain `http` is taken for issuers on
    this machine.

    Raises:
        ValueError: not such a list; the text is for the operator.
    """
    entries = json.loads(text) if text.strip() else []
    if not isinstance(entries, list):
        raise ValueError("the trusted issuers are no JSON list")
    return tuple(_parsed(entry, is_local=is_local) for entry in entries)


def check_address(url: str, *, is_local: bool) -> None:
    """Raises `ValueError` unless keys may be fetched from there: over TLS, or from this machine by a local stage."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and is_local and _is_loopback(parts.hostname or "")
    if not HOST.fullmatch(parts.netloc) or not (parts.scheme == "https" or plain) or not url.isprintable():
        raise ValueError(f"{url!r} is no https address")


def origin_of(url: str) -> str:
    """Scheme and host of an address that `check_address` has let pass; empty for an empty one."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if url else ""


def _parsed(entry: Any, *, is_local: bool) -> TrustedIssuer:
    if not isinstance(entry, dict) or not set(entry) <= FIELDS:
        raise ValueError(f"a trusted issuer has the fields {', '.join(sorted(FIELDS))}, and no others")
    made = TrustedIssuer(
        _text(entry, "issuer"),
        _text(entry, "audience"),
        entry.get("jwks_url") or "",
        _claim(entry.get("operator_claim")),
        **{name: _text(entry, name) for name in ("client_id", "scope", "token_origin") if name in entry},
    )
    check_address(made.issuer, is_local=is_local)
    if urlsplit(made.issuer).query or urlsplit(made.issuer).fragment or " " in made.issuer:
        raise ValueError(f"the issuer {made.issuer!r} has a query, a fragment or a blank")  # Discovery 1.0, 3
    for url in filter(None, (made.jwks_url, made.token_origin)):
        check_address(url, is_local=is_local)
    if made.token_origin != origin_of(made.token_origin):
        raise ValueError(f"{made.token_origin!r} is more than an origin")
    if "openid" not in made.scope.split():
        raise ValueError(f"the scope {made.scope!r} has no openid")  # OpenID Connect Core 1.0, 3.1.2.1
    return made


def _claim(given: Any) -> OperatorClaim | None:
    if given is None:
        return None
    if not isinstance(given, dict) or set(given) != {"name", "value"}:
        raise ValueError("an operator claim has a name and a value")
    return OperatorClaim(_text(given, "name"), _text(given, "value"))


def _text(entry: dict[str, Any], name: str) -> str:
    value = entry.get(name)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a trusted issuer's {name} is missing")
    return value


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
