"""Which issuers a site trusts, as `TRUSTED_ISSUERS` says it.

The authorizer imports this on every cold start, so it imports nothing heavy.
"""

import ipaddress
import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

DISCOVERY = "/.well-known/openid-configuration"  # OpenID Connect Discovery 1.0, 4
FIELDS = {"issuer", "audience", "jwks_url", "operator_claim"}


class OperatorClaim(NamedTuple):
    """Whoever's token has this claim with this value, or with it in a list, is an operator."""

    name: str
    value: str


class TrustedIssuer(NamedTuple):
    """Whose tokens are believed, when they are meant for `audience`. `jwks_url`: where its keys lie; empty: where its
    discovery document says."""

    issuer: str
    audience: str
    jwks_url: str = ""
    operator_claim: OperatorClaim | None = None

    @property
    def discovery_url(self) -> str:
        """Where an issuer says where its keys lie."""
        return self.issuer.rstrip("/") + DISCOVERY


def parse(text: str, *, is_local: bool) -> tuple[TrustedIssuer, ...]:
    """The issuers of a setting, `[{"issuer", "audience", "jwks_url"?, "operator_claim"?: {"name", "value"}}]`; an empty
    text is none. `is_local`: plain `http` is taken for issuers on this machine.

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
    if not parts.hostname or not (parts.scheme == "https" or plain) or parts.username or not url.isprintable():
        raise ValueError(f"{url!r} is no https address")


def _parsed(entry: Any, *, is_local: bool) -> TrustedIssuer:
    if not isinstance(entry, dict) or not set(entry) <= FIELDS:
        raise ValueError(f"a trusted issuer has the fields {', '.join(sorted(FIELDS))}, and no others")
    made = TrustedIssuer(
        _text(entry, "issuer"),
        _text(entry, "audience"),
        entry.get("jwks_url") or "",
        _claim(entry.get("operator_claim")),
    )
    check_address(made.issuer, is_local=is_local)
    if urlsplit(made.issuer).query or urlsplit(made.issuer).fragment or " " in made.issuer:
        raise ValueError(f"the issuer {made.issuer!r} has a query, a fragment or a blank")  # Discovery 1.0, 3
    if made.jwks_url:
        check_address(made.jwks_url, is_local=is_local)
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
