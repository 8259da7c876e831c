"""A site's own name for a viewer is the same user for whoever derives it."""

import uuid

import pytest

from chalicelib.auth.viewer_ids import user_id_of_issuer, user_id_of_site
from chalicelib.errors import InvalidInputError


def test_ids_are_those_of_the_contract() -> None:
    site = uuid.uuid5(uuid.NAMESPACE_URL, "server\nv 17")
    assert user_id_of_site("v 17") == str(site)
    issued = uuid.uuid5(uuid.NAMESPACE_URL, "https://id.example\n17")
    assert user_id_of_issuer("https://id.example", "17") == str(issued)


def test_the_same_subject_of_two_issuers_is_two_viewers() -> None:
    assert len({user_id_of_issuer(one, "17") for one in ("https://a.example", "https://b.example", "server")}) == 3


@pytest.mark.parametrize("viewer", ["", " ", " v", "v\n", "a\nb", "\x00", "x" * 129])
def test_an_id_that_no_header_can_carry_is_refused(viewer: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        user_id_of_site(viewer)
    assert refused.value.field == "viewer"
    assert user_id_of_site("x" * 128)
