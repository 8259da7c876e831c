"""Whose network address a request comes from. What a header says is the caller's word, unless a proxy that the site
trusts has written it."""

import ipaddress
from functools import cache

type Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def client_address(peer: str, forwarded_for: str, trusted: str) -> str:
    """The address that stands before the trusted proxies: `peer` where that is none of them.

    `peer` is who spoke to API Gateway; `forwarded_for` the header `X-Forwarded-For`, to which each proxy has added whom
    it heard; `trusted` the networks of the site's own proxies, with commas between them.

    Raises:
        ValueError: `trusted` holds something that is no network.
    """
    networks = _networks(trusted)
    address = peer
    for hop in reversed(forwarded_for.split(",")):
        if not _is_among(address, networks):
            break
        if _parsed(hop.strip()) is None:
            break
        address = hop.strip()
    return address


@cache
def _networks(text: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _is_among(address: str, networks: tuple[Network, ...]) -> bool:
    known = _parsed(address)
    return known is not None and any(known in network for network in networks)


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
