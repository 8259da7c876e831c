"""The page, its files and its sessions, served by the API itself: one origin, so no CORS and no second host.

The page's refresh token travels in a cookie that no script can read (decision 051); other clients use `/v1/auth`.
"""

from datetime import UTC, datetime

import msgspec
from chalice import Blueprint, Response

from chalicelib import resources
from chalicelib.auth import sessions
from chalicelib.auth.device import device_of
from chalicelib.auth.routes import Credentials
from chalicelib.auth.sign_in import sign_in
from chalicelib.errors import ForbiddenError, UnauthorizedError
from chalicelib.http.endpoint import Call, answer_of, endpoint
from chalicelib.http.problems import problem
from chalicelib.settings import settings
from chalicelib.web.assets import find_asset, index
from chalicelib.web.cookie import ended_cookie, is_own_page, kept_cookie, refresh_token_in
from chalicelib.web.elsewhere import sign_in_elsewhere
from chalicelib.web.headers import asset_headers, page_headers

bp = Blueprint(__name__)


class AccessToken(msgspec.Struct, frozen=True, kw_only=True):
    """What the page's script gets to see of a session."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int


@bp.route("/", methods=["GET"])
def get_page() -> Response:
    """The page. Without accounts of our own it signs in at the first trusted issuer (decision 074)."""
    if settings().own_accounts:
        return Response(index(), headers=page_headers())
    issuers = resources.trusted_issuers()
    there = sign_in_elsewhere(issuers.first if issuers else None)
    return Response(index(there.told), headers=page_headers(there.asked))


@bp.route("/assets/{name}", methods=["GET"])
def get_asset(name: str) -> Response:
    """One of the page's files; only names that the page itself gives out are known."""
    found = find_asset(name)
    if found is None:
        return problem(404, "There is no such file.")
    asset, is_current = found
    return Response(asset.text, headers=asset_headers(asset.content_type, is_current))


@endpoint(bp, "POST", "/v1/auth/session/login", body=Credentials, answer=AccessToken, problems=(400, 401, 403, 429))
def login_page(call: Call[Credentials, None]) -> Response:
    """Signs the page in: the refresh token comes as a cookie that scripts cannot read, instead of an older one."""
    _refuse_other_pages()
    given, now = call.body, datetime.now(UTC)
    device = device_of(call.user_agent)
    pair = sign_in(given.email, given.password, call.address, resources.auth_dependencies(), now, given.proof, device)
    if left := refresh_token_in(_headers()):
        sessions.log_out(left, resources.session_store())
    return _kept(pair)


@endpoint(bp, "POST", "/v1/auth/session/refresh", answer=AccessToken, problems=(401, 403))
def refresh_page(call: Call[None, None]) -> Response:
    """A new access token for the session in the cookie."""
    _refuse_other_pages()
    used = refresh_token_in(_headers())
    if used is None:
        raise UnauthorizedError("There is no session to go on with.")
    return _kept(sessions.refresh(used, resources.auth_dependencies(), datetime.now(UTC), call.address))


@endpoint(bp, "POST", "/v1/auth/session/logout", status=204, problems=(403,))
def logout_page(_call: Call[None, None]) -> Response:
    """Ends the session in the cookie and removes it."""
    _refuse_other_pages()
    if used := refresh_token_in(_headers()):
        sessions.log_out(used, resources.session_store())
    return Response("", status_code=204, headers={"Set-Cookie": ended_cookie(_headers(), _path())})


def _headers() -> dict[str, str]:
    return {name.lower(): value for name, value in bp.current_request.headers.items()}


def _path() -> str:
    """As API Gateway saw it, a stage before it where there is one."""
    return str(bp.current_request.context.get("path", ""))


def _refuse_other_pages() -> None:
    """Raises `ForbiddenError` when a browser says that another site's page sends this."""
    if not is_own_page(_headers()):
        raise ForbiddenError("This is for the page itself.")


def _kept(pair: sessions.TokenPair) -> Response:
    response = answer_of(AccessToken(access_token=pair.access_token, expires_in=pair.expires_in))
    response.headers["Set-Cookie"] = kept_cookie(
        pair.refresh_token, settings().refresh_token_seconds, _headers(), _path()
    )
    return response
