"""What others call a viewer is the same user, whoever derives it."""

import uuid

from chalicelib.viewer_ids import is_from_elsewhere, of_issuer, of_server


def test_ids_are_those_of_the_contract() -> None:
    assert of_server("v 17") == str(uuid.uuid5(uuid.NAMESPACE_URL, "server\nv 17"))
    assert of_issuer("https://id.example", "17") == str(uuid.uuid5(uuid.NAMESPACE_URL, "https://id.example\n17"))


def test_the_same_name_elsewhere_is_another_viewer() -> None:
    assert len({of_issuer("https://a.example", "17"), of_issuer("https://b.example", "17"), of_server("17")}) == 3
    assert is_from_elsewhere(of_server("17"))
    assert not is_from_elsewhere(str(uuid.uuid4()))
