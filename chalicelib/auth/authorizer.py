"""The authorizer of every signed-in route. Cold starts pay for each import here, so stores load on the first call.

API Gateway wires it by this module's and function's name: renaming either takes a deployment.
"""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chalice import AuthResponse, Blueprint
from chalice.app import AuthRequest

from chalicelib import resources
from chalicelib.errors import UnauthorizedError
from chalicelib.init_phase import opens
from chalicelib.settings import AUTHORIZER_CACHE_SECONDS

if TYPE_CHECKING:
    from chalicelib.auth.admission import Admitted

bp = Blueprint(__name__)


def admitted(authorization: str) -> "Admitted":
    """Whom this `Authorization` header speaks for. Raises `UnauthorizedError`."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError("Sign in first.")
    return resources.admission().admit(token.strip(), datetime.now(UTC))


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
