"""The address that counts is the one nearest to us that is no proxy of ours."""

import pytest

from chalicelib.http.client_address import client_address

EDGE = "203.0.113.0/24, 2001:db8::/32"


@pytest.mark.parametrize(
    ("peer", "forwarded_for", "trusted", "address"),
    [
        ("192.0.2.1", "", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", "", "192.0.2.1"),  # nobody is trusted
        ("192.0.2.1", "198.51.100.7", EDGE, "192.0.2.1"),  # a caller who pretends to be a proxy
        ("203.0.113.5", "198.51.100.7", EDGE, "198.51.100.7"),
        ("203.0.113.5", "10.0.0.1, 198.51.100.7", EDGE, "198.51.100.7"),  # what the client itself has said
        ("203.0.113.5", "198.51.100.7, 203.0.113.5", EDGE, "198.51.100.7"),  # API Gateway adds its peer
        ("203.0.113.5", "198.51.100.7, 2001:db8::1, 203.0.113.9", EDGE, "198.51.100.7"),
        ("203.0.113.5", "", EDGE, "203.0.113.5"),
        ("203.0.113.5", "unknown", EDGE, "203.0.113.5"),
        ("", "198.51.100.7", EDGE, ""),
    ],
)
def test_address_is_the_last_one_that_no_trusted_proxy_has(
    peer: str, forwarded_for: str, trusted: str, address: str
) -> None:
    assert client_address(peer, forwarded_for, trusted) == address


def test_a_network_that_is_none_is_the_sites_own_mistake() -> None:
    with pytest.raises(ValueError, match="everybody"):
        client_address("192.0.2.1", "", "everybody")
