"""The authorizer of every signed-in route. Cold starts pay for each import here, so stores load on the first call.

API Gateway wires it by this module's and function's name: renaming either breaks a deployed stack.
"""

from datetime import UTC, datetime

from chalice import AuthResponse, Blueprint
from chalice.app import AuthRequest

from chalicelib import wiring
from chalicelib.auth.tokens import AUTHORIZER_CACHE_SECONDS, InvalidTokenError, verify
from chalicelib.settings import settings

bp = Blueprint(__name__)


@bp.authorizer(ttl_seconds=AUTHORIZER_CACHE_SECONDS)
def authorize(request: AuthRequest) -> AuthResponse:
    """Lets the token's user in, while the account and the session behind the token exist.

    The policy covers every route: API Gateway reuses it for other paths. Anything but "in" must be an exception whose
    text is exactly `Unauthorized`: API Gateway answers 401 to that alone.
    """
    scheme, _, token = str(request.token or "").partition(" ")
    if scheme.lower() != "bearer":
        raise Exception("Unauthorized")
    try:
        claims = verify(token.strip(), wiring.token_keys(), settings(), datetime.now(UTC))
    except InvalidTokenError:
        raise Exception("Unauthorized") from None
    account = wiring.account_store().find(claims.user_id)
    if account is None or wiring.session_store().find(claims.user_id, claims.session_id) is None:
        raise Exception("Unauthorized")
    return AuthResponse(routes=["*"], principal_id=claims.user_id, context={"language": account.language})
