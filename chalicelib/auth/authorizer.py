"""Who is let in: the authorizer that API Gateway asks before a signed-in route, and the door that every route has.

Cold starts of the authorizer pay for each import here, so stores load on the first call.
API Gateway wires it by this module's and function's name: renaming either takes a deployment.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalice import AuthResponse, Blueprint
from chalice.app import AuthRequest

from chalicelib import resources
from chalicelib.auth.security_events import record
from chalicelib.callers import OPERATOR_PATHS, Access
from chalicelib.errors import ForbiddenError, InvalidInputError, UnauthorizedError
from chalicelib.init_phase import opens
from chalicelib.settings import AUTHORIZER_CACHE_SECONDS
from chalicelib.tracing import hashed, note, tracing
from chalicelib.viewer_ids import is_sites_own, of_server

if TYPE_CHECKING:
    from chalicelib.auth.admission import Admitted
    from chalicelib.auth.server_keys import ServerKey

bp = Blueprint(__name__)

SERVER_KEYS_BEGIN_WITH = "ks_"  # as `server_keys.py` makes them, which a viewer's cold start need not import
SERVER = "server"
"""In the authorizer's context: whose key it is. The route asks again, for API Gateway knows no `X-Viewer`."""
VIEWER_HEADER = "X-Viewer"

type Claims = Mapping[str, Any]


def admitted(authorization: str) -> "Admitted":
    """Whom this `Authorization` header speaks for. Raises `UnauthorizedError`."""
    token = _bearer(authorization)
    if token is None:
        raise UnauthorizedError("Sign in first.")
    return resources.admission().admit(token, datetime.now(UTC))


@bp.authorizer(ttl_seconds=AUTHORIZER_CACHE_SECONDS)
@opens("chalicelib.auth.admission", resources.opened_admission)
def authorize(request: AuthRequest) -> dict[str, Any]:
    """Lets the token's user in, while the account and the session behind the token exist; and a server's key, of which
    the route asks more.

    The policy covers every route: API Gateway reuses it for other paths. Anything but "in" must be an exception whose
    text is exactly `Unauthorized`: API Gateway answers 401 to that alone.
    """
    with tracing("authorize", "", ""):  # API Gateway tells its authorizer no id of the request
        try:
            policy = _policy_for(request)
        except UnauthorizedError:
            policy = None
        note(admitted=policy is not None)
    if policy is None:
        raise Exception("Unauthorized")
    return policy


def _policy_for(request: AuthRequest) -> dict[str, Any]:
    authorization = str(request.token or "")
    if (key := _server_key(authorization)) is not None:
        server = _known(key)
        note(server=server.name)
        return _policy(request, f"{SERVER}:{server.name}", {SERVER: server.name}, operates=True)
    viewer = admitted(authorization)
    note(viewer=hashed(viewer.user_id))
    return _policy(request, viewer.user_id, viewer.context, operates=viewer.is_operator)


class Door:
    """What stands before every route: `access` says who may pass (`callers.py`)."""

    authorizer = authorize

    def admit(self, access: Access, headers: Mapping[str, str], claims: Claims) -> Claims | None:
        """The viewer for whom the call is, as the authorizer's context says it; None where it is for nobody.

        `claims`: what API Gateway's authorizer said, where the route has one.

        Raises:
            UnauthorizedError: nobody knows who is calling.
            ForbiddenError: whoever it is may not; names the scope that a server's key lacks.
            InvalidInputError: `X-Viewer` is no name.
        """
        authorization = headers.get("authorization", "")
        if (key := _server_key(authorization)) is not None:
            return self._server(access, _known(key), headers.get(VIEWER_HEADER.lower()))
        if access.by_gateway:
            if not claims.get("principalId") or claims.get(SERVER):
                raise UnauthorizedError("Sign in first.")
        elif access.strangers and not authorization:
            return None
        else:
            viewer = admitted(authorization)
            claims = {"principalId": viewer.user_id} | viewer.context
        if not access.viewers and not access.operators:
            raise ForbiddenError("This is for the site's own servers: send a server key.")
        if not access.viewers and not claims.get("operator"):
            raise ForbiddenError("This is for operators.")
        return claims

    def let_server(self, headers: Mapping[str, str], scope: str) -> None:
        """For a route that takes keys of several scopes, and needs one of them by what it is asked for. Raises
        `ForbiddenError`."""
        key = _server_key(headers.get("authorization", ""))
        if key is None or scope not in _known(key).scopes:
            raise ForbiddenError(f"This server key may not do that: it needs the scope {scope}.")

    def _server(self, access: Access, key: "ServerKey", sites_own: str | None) -> Claims | None:
        acts = access.viewers and (sites_own is not None or not access.scopes)
        wanted = ("act",) if acts else access.scopes
        if not set(wanted) & set(key.scopes):
            raise ForbiddenError(f"This server key may not do that: it needs the scope {' or '.join(wanted)}.")
        resources.server_use().note(key.name, datetime.now(UTC))
        if not acts:
            return None
        if sites_own is None:
            raise ForbiddenError(f"This is a viewer's: name them in the header {VIEWER_HEADER}.")
        if not is_sites_own(sites_own):
            raise InvalidInputError(f"{VIEWER_HEADER} has 1 to 128 visible ASCII characters.", VIEWER_HEADER)
        viewer = resources.admission().admit_by_id(of_server(sites_own), "ru", datetime.now(UTC))
        return {"principalId": viewer.user_id} | viewer.context


door = Door()


def _policy(request: AuthRequest, principal_id: str, context: Mapping[str, str], *, operates: bool) -> dict[str, Any]:
    """Every route, and for those who are no operators none of the operators' own: that is asked again at the route."""
    made: dict[str, Any] = AuthResponse(["*"], principal_id, dict(context)).to_dict(request)
    if not operates:
        stage = "/".join(request.method_arn.split("/")[:2])
        denied = {"Action": "execute-api:Invoke", "Effect": "Deny", "Resource": [f"{stage}/*{OPERATOR_PATHS}*"]}
        made["policyDocument"]["Statement"].append(denied)
    return made


def _known(key: str) -> "ServerKey":
    found = resources.server_keys().find(key)
    if found is None:
        record("server key refused", resources.token_keys())
        raise UnauthorizedError("This server key is unknown, or was revoked.")
    return found


def _server_key(authorization: str) -> str | None:
    token = _bearer(authorization)
    return token if token and token.startswith(SERVER_KEYS_BEGIN_WITH) else None


def _bearer(authorization: str) -> str | None:
    """What stands behind `Bearer`; None where another scheme is used, or none."""
    scheme, _, token = authorization.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
