"""Ids of viewers without an account here."""

import uuid

from chalicelib.viewer_ids import is_from_elsewhere, of_issuer, of_server


def test_the_id_is_the_contracts() -> None:
    assert of_issuer("https://a.example", "42") == str(uuid.uuid5(uuid.NAMESPACE_URL, "https://a.example\n42"))
    assert of_server("42") == str(uuid.uuid5(uuid.NAMESPACE_URL, "server\n42"))


def test_the_same_name_at_two_places_is_two_viewers() -> None:
    made = {of_issuer("https://a.example", "42"), of_issuer("https://b.example", "42"), of_server("42")}
    assert len(made) == 3
    assert of_issuer("https://a.example", "1\n2") != of_issuer("https://a.example\n1", "2x"), "no two names make one id"


def test_nobody_from_elsewhere_is_one_of_ours() -> None:
    assert is_from_elsewhere(of_server("42"))
    assert is_from_elsewhere(of_issuer("https://a.example", "42"))
    assert not is_from_elsewhere(str(uuid.uuid4()))
    assert not is_from_elsewhere("nobody")
