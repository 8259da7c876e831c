"""What the page is told of signing in elsewhere; that it is told, is asked of the page itself in `test_routes.py`."""

import json

from chalicelib.auth.elsewhere.trusted import TrustedIssuer
from chalicelib.web.elsewhere import sign_in_elsewhere


def test_the_client_is_called_as_the_audience_unless_it_has_a_name() -> None:
    plain = TrustedIssuer("https://id.example:8443/realms/films", "films")
    told, asked = sign_in_elsewhere(plain)
    assert json.loads(told)["client_id"] == "films"
    assert asked == ("https://id.example:8443", "")
    told, asked = sign_in_elsewhere(plain._replace(client_id="page", token_origin="https://login.example"))
    assert (json.loads(told)["client_id"], json.loads(told)["audience"]) == ("page", "films")
    assert asked == ("https://id.example:8443", "https://login.example")


def test_nobody_is_told_a_key_or_a_claim() -> None:
    told, _ = sign_in_elsewhere(TrustedIssuer("https://id.example", "films", jwks_url="https://keys.example/secret"))
    assert set(json.loads(told)) == {"issuer", "audience", "client_id", "scope"}


def test_there_is_nowhere_to_go_without_an_issuer() -> None:
    assert sign_in_elsewhere(None) == ("{}", ())
