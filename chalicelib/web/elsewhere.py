"""What the page is told where viewers have no accounts here: at which issuer they sign in, by authorization code and
PKCE, which the page does by itself (decision 074)."""

import json
from typing import NamedTuple

from chalicelib.auth.elsewhere.trusted import TrustedIssuer, origin_of


class SignInElsewhere(NamedTuple):
    """`told`: JSON for the page, `{"issuer", "audience", "client_id", "scope"}`, or `{}` where nobody is trusted.
    `asked`: the origins of the discovery document and of the token endpoint."""

    told: str
    asked: tuple[str, ...]


def sign_in_elsewhere(issuer: TrustedIssuer | None) -> SignInElsewhere:
    """How the page signs viewers in at this issuer."""
    if issuer is None:
        return SignInElsewhere("{}", ())
    told = {
        "issuer": issuer.issuer,
        "audience": issuer.audience,
        "client_id": issuer.client_id or issuer.audience,
        "scope": issuer.scope,
    }
    return SignInElsewhere(json.dumps(told), (origin_of(issuer.issuer), issuer.token_origin))
