"""What all routes share at the edge: parsing, the signed-in user, cursors, answers and problem documents (RFC 9457).

A route is declared once, by `endpoint`; the declaration is also what the OpenAPI document is made from.
"""

import base64
import functools
import hashlib
import hmac
import logging
import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec
from chalice import Blueprint, Response
from chalice.app import Request

from chalicelib import errors, wiring
from chalicelib.auth.authorizer import authorize
from chalicelib.settings import settings

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
MAC_BYTES = 12  # 96 bits: a forger who tries a million cursors a second needs longer than the sun has
STATUS_OF: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.InvalidInputError, 400),
    (errors.UnauthorizedError, 401),
    (errors.NotFoundError, 404),
    (errors.ConflictError, 409),
    (errors.GoneError, 410),
    (errors.TooLargeError, 413),
    (errors.UnsupportedMediaTypeError, 415),
    (errors.TooManyRequestsError, 429),
    (errors.UnavailableError, 503),
)
TITLES = {
    400: "Bad request", 401: "Unauthorized", 403: "Forbidden", 404: "Not found", 405: "Method not allowed",
    409: "Conflict", 410: "Gone", 413: "Content too large", 415: "Unsupported media type", 429: "Too many requests",
    500: "Internal error", 503: "Service unavailable",
}  # fmt: skip


class Viewer(msgspec.Struct, frozen=True):
    """Who the verified token says is calling. The only source of a user id there is."""

    user_id: str
    language: Literal["ru", "en"]


class Call[B, Q](msgspec.Struct, frozen=True, kw_only=True):
    """One parsed request: `body` and `query` are None where the endpoint declares none."""

    body: B
    query: Q
    language: Literal["ru", "en"]
    address: str
    request_id: str
    maybe_viewer: Viewer | None = None

    @property
    def viewer(self) -> Viewer:
        """The signed-in viewer of an endpoint declared with `signed_in=True`."""
        if self.maybe_viewer is None:
            raise errors.UnauthorizedError("Sign in first.")
        return self.maybe_viewer


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A declared route, as the OpenAPI document needs it."""

    method: str
    path: str
    summary: str
    status: int
    signed_in: bool
    body: type | None
    query: type | None
    answer: type | None
    errors: tuple[int, ...]


ENDPOINTS: list[Endpoint] = []


def endpoint(
    blueprint: Blueprint,
    method: str,
    path: str,
    *,
    body: type | None = None,
    query: type | None = None,
    answer: type | None = None,
    status: int = 200,
    signed_in: bool = False,
    problems: tuple[int, ...] = (),
) -> Callable[[Callable[..., object]], Callable[..., Response]]:
    """Declares a route. The view gets a `Call` and the path's parameters and returns a struct, a dict or None (204).

    Bad input, unknown fields and domain errors become problem documents here and nowhere else.
    """

    def declare(view: Callable[..., object]) -> Callable[..., Response]:
        summary = (view.__doc__ or view.__name__).strip().splitlines()[0]
        ENDPOINTS.append(
            Endpoint(method=method, path=path, summary=summary, status=status, signed_in=signed_in, body=body,
                     query=query, answer=answer, errors=problems)
        )  # fmt: skip

        @functools.wraps(view)
        def handle(**path_values: str) -> Response:
            try:
                call = _parse(blueprint.current_request, body, query)
                return answer_of(view(call, **_ids(path_values)), status)
            except errors.DomainError as error:
                return problem_of(error)

        route = blueprint.route(path, methods=[method], **({"authorizer": authorize} if signed_in else {}))
        route(handle)
        return handle

    return declare


def answer_of(value: object, status: int = 200) -> Response:
    """A JSON answer; None is an empty one. A `Response` passes through."""
    if isinstance(value, Response):
        return value
    if value is None:
        return Response("", status_code=204, headers={})
    headers = {"Content-Type": "application/json; charset=utf-8"}
    return Response(msgspec.json.encode(value).decode(), status_code=status, headers=headers)


def problem(status: int, detail: str, **extra: object) -> Response:
    """A problem document; `request_id` is added by `finish`."""
    body = {"type": "about:blank", "title": TITLES.get(status, "Error"), "status": status, "detail": detail} | extra
    return Response(msgspec.json.encode(body).decode(), status_code=status, headers={"Content-Type": PROBLEM})


def problem_of(error: errors.DomainError) -> Response:
    """The one place where a domain error becomes an HTTP status."""
    status = next((code for kind, code in STATUS_OF if isinstance(error, kind)), 500)
    extra: dict[str, object] = {}
    if isinstance(error, errors.InvalidInputError) and error.field:
        extra["errors"] = [{"field": error.field, "message": error.detail}]
    response = problem(status, error.detail, **extra)
    if isinstance(error, errors.TooManyRequestsError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def finish(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """The app's `http` middleware: Chalice's own errors (404, 405, 415, 500) become problem documents too, every
    problem carries the request id, and nothing personal is cached by anybody."""
    response = get_response(request)
    request_id = str(request.context.get("requestId", ""))
    if response.status_code >= 400:
        kind = str(response.headers.get("Content-Type", ""))
        if kind != PROBLEM:
            retitled = problem(response.status_code, TITLES.get(response.status_code, "The request failed."))
            retitled.headers.update(
                {k: v for k, v in response.headers.items() if k.lower() in ("allow", "retry-after")}
            )
            response = retitled
        body = msgspec.json.decode(response.body)
        response.body = msgspec.json.encode(body | {"request_id": request_id}).decode()
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers["X-Request-Id"] = request_id
    return response


def _parse(request: Request, body: type | None, query: type | None) -> "Call[Any, Any]":
    context = request.context
    claims = context.get("authorizer") or {}
    viewer = None
    if claims.get("principalId"):
        viewer = Viewer(claims["principalId"], "en" if claims.get("language") == "en" else "ru")
    return Call(
        body=_body(request, body) if body else None,
        query=_query(request.query_params, query) if query else None,
        language=viewer.language if viewer else _language(request.headers.get("accept-language", "")),
        address=str((context.get("identity") or {}).get("sourceIp", "")),
        request_id=str(context.get("requestId", "")),
        maybe_viewer=viewer,
    )


def _language(accepted: str) -> Literal["ru", "en"]:
    """Russian unless the first accepted language says English (api.md: `ru` by default)."""
    return "en" if accepted.strip().lower().startswith("en") else "ru"


def _ids(path_values: Mapping[str, str]) -> dict[str, str]:
    """Path parameters; those named `…_id` must be UUIDs and come back in canonical form."""
    return {name: uuid_of(value, name) if name.endswith("_id") else value for name, value in path_values.items()}


def uuid_of(text: str, field: str) -> str:
    """The canonical UUID, or `InvalidInputError` naming the field."""
    if not re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text):
        raise errors.InvalidInputError(f"{field} must be a UUID.", field)
    return str(uuid.UUID(text))


def _body(request: Request, kind: type) -> object:
    raw: bytes = request.raw_body or b""
    if len(raw) > settings().max_body_bytes:
        raise errors.TooLargeError(f"A body may hold at most {settings().max_body_bytes} bytes.")
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise _located(error) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise errors.InvalidInputError("The body is not valid JSON.") from None


def _query(given: Mapping[str, str] | None, kind: type) -> object:
    try:
        return msgspec.convert(dict(given or {}), type=kind, strict=False)
    except msgspec.ValidationError as error:
        raise _located(error) from None


def _located(error: msgspec.ValidationError) -> errors.InvalidInputError:
    """msgspec says "… - at `$.field`" for a wrong value and "… `field`" for an unknown or a missing one."""
    text = str(error)
    message, _, path = text.partition(" - at `$")
    field = path.rstrip("`").lstrip(".")
    if not field and (named := re.search(r"field `([^`]+)`", message)):
        field = named[1]
    return errors.InvalidInputError(message, field or None)


def seal(position: object) -> str:
    """An opaque cursor: the position with a MAC over it."""
    raw = msgspec.json.encode(position)
    return base64.urlsafe_b64encode(_mac(wiring.cursor_keys()[0], raw) + raw).rstrip(b"=").decode()


def unseal[P](cursor: str, kind: type[P]) -> P:
    """The position in a cursor that `seal` made; anything else is an `InvalidInputError`."""
    try:
        sealed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        raw = sealed[MAC_BYTES:]
        if any(hmac.compare_digest(sealed[:MAC_BYTES], _mac(key, raw)) for key in wiring.cursor_keys()):
            return msgspec.json.decode(raw, type=kind)
    except (ValueError, msgspec.MsgspecError):
        pass
    raise errors.InvalidInputError("The cursor was not issued here.", "cursor")


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, raw, hashlib.sha256)[:MAC_BYTES]
