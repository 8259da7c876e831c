"""The authorizer of every signed-in route. Cold starts pay for each import here, so stores load on the first call.

API Gateway wires it by this module's and function's name: renaming either takes a deployment.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalice import AuthResponse, Blueprint
from chalice.app import AuthRequest

from chalicelib import resources
from chalicelib.auth.security_events import record
from chalicelib.errors import ForbiddenError, UnauthorizedError
from chalicelib.init_phase import opens
from chalicelib.settings import AUTHORIZER_CACHE_SECONDS

if TYPE_CHECKING:
    from chalicelib.auth.admission import Admitted

bp = Blueprint(__name__)

SERVER_KEYS_BEGIN_WITH = "ks_"  # as `server_keys.py` makes them, which a viewer's cold start need not import


def admitted(authorization: str) -> "Admitted":
    """Whom this `Authorization` header speaks for. Raises `UnauthorizedError`."""
    token = _bearer(authorization)
    if token is None:
        raise UnauthorizedError("Sign in first.")
    return resources.admission().admit(token, datetime.now(UTC))


def servers(*scopes: str) -> Callable[[str], None]:
    """Lets the site's own servers pass whose key has one of these scopes, and no viewer."""

    def let(authorization: str) -> None:
        key = _bearer(authorization)
        if key is None or not key.startswith(SERVER_KEYS_BEGIN_WITH):
            admitted(authorization)  # a viewer is known, and may not; anybody else is not known
            raise ForbiddenError("This is for the site's own servers: send a server key.")
        found = resources.server_keys().find(key)
        if found is None:
            record("server key refused", resources.token_keys())
            raise UnauthorizedError("This server key is unknown, or was revoked.")
        if not set(scopes) & set(found.scopes):
            raise ForbiddenError(f"This server key may not do that: it needs the scope {' or '.join(scopes)}.")

    return let


def _bearer(authorization: str) -> str | None:
    """What stands behind `Bearer`; None where another scheme is used, or none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


@bp.authorizer(ttl_seconds=AUTHORIZER_CACHE_SECONDS)
@opens("chalicelib.auth.admission", resources.opened_admission)
def authorize(request: AuthRequest) -> AuthResponse:
    """Lets the token's user in, while the account and the session behind the token exist.

    The policy covers every route: API Gateway reuses it for other paths. Anything but "in" must be an exception whose
    text is exactly `Unauthorized`: API Gateway answers 401 to that alone.
    """
    try:
        viewer = admitted(str(request.token or ""))
    except UnauthorizedError:
        raise Exception("Unauthorized") from None
    return AuthResponse(routes=["*"], principal_id=viewer.user_id, context=viewer.context)
