"""Which hosts get signed requests, and what for."""

import pytest

from chalicelib.catalog.adapters.opensearch.signing import service_and_region

DOMAIN = "search-films-abc.eu-west-1.es.amazonaws.com"
VPC = "vpc-films-abc.eu-west-1.es.amazonaws.com"
DUAL_STACK = "search-films-abc.aos.eu-west-1.on.aws"
SERVERLESS = "abc123.eu-west-1.aoss.amazonaws.com"
CHINA = "search-films-abc.cn-north-1.es.amazonaws.com.cn"
OWN = "films.example.org"


@pytest.mark.parametrize(
    ("host", "sign", "expected"),
    [
        (DOMAIN, "auto", ("es", "eu-west-1")),
        (VPC, "auto", ("es", "eu-west-1")),
        (DUAL_STACK, "auto", ("es", "eu-west-1")),
        (SERVERLESS, "auto", ("aoss", "eu-west-1")),
        (CHINA, "auto", ("es", "cn-north-1")),
        (OWN, "auto", None),
        ("es.amazonaws.com.example.org", "auto", None),
        (OWN, "es", ("es", "eu-central-1")),
        (OWN, "aoss", ("aoss", "eu-central-1")),
        (DOMAIN, "es", ("es", "eu-west-1")),
        (DOMAIN, "no", None),
        (OWN, "no", None),
    ],
)
def test_requests_are_signed_for_amazon_and_where_it_is_asked_for(
    host: str, sign: str, expected: tuple[str, str] | None
) -> None:
    assert service_and_region(host, sign, "eu-central-1") == expected


@pytest.mark.parametrize(("sign", "region", "said"), [("yes", "eu-central-1", "auto, es, aoss or no"), ("es", "", OWN)])
def test_a_setting_that_makes_no_sense_is_said(sign: str, region: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        service_and_region(OWN, sign, region)
