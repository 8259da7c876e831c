"""Declares a route: parses the request, finds the signed-in user, and turns what the view returns into an answer.

A route is declared once, by `endpoint`; the declaration is also what the OpenAPI document is made from.
"""

import functools
import inspect
import logging
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import unquote

import msgspec
from chalice import Blueprint, Response
from chalice.app import MultiDict, Request

from chalicelib import aws, errors, tracing
from chalicelib.callers import TABLE, Access
from chalicelib.http.client_address import client_address
from chalicelib.http.problems import problem_of
from chalicelib.language import Language
from chalicelib.settings import settings

log = logging.getLogger(__name__)


class Viewer(msgspec.Struct, frozen=True):
    """Who the verified token says is calling. The only source of a user id there is."""

    user_id: str
    language: Language
    age_limit: int | None = None
    region: str | None = None
    session_id: str | None = None  # as its store names it; None for whoever has no session here
    signed_in_at: int | None = None  # seconds since the epoch; refreshing does not renew it
    unconfirmed: bool = False  # whether an address that has to be confirmed is not yet
    is_operator: bool = False


class Door(Protocol):
    """What stands before a route."""

    authorizer: Any  # Chalice's, for routes before which API Gateway asks it

    def admit(self, access: Access, headers: Mapping[str, str], claims: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """The viewer for whom a call is, in the form of an authorizer's context; None where it is for nobody. `claims`:
        what API Gateway's authorizer has said. Raises `UnauthorizedError` or `ForbiddenError`."""


JSON = "application/json"
AWAY = "Something that this needs does not answer right now. Try again soon."
OWN_ACCOUNTS = "/v1/auth/"
"""Below it is what a site without accounts of its own has not."""
SOURCES_OWN = "source_id"
"""The parameter of a path that names a film as its source does; every other `…_id` is a UUID."""


class Call[B, Q](msgspec.Struct, frozen=True, kw_only=True):
    """One parsed request: `body` and `query` are None where the endpoint declares none."""

    body: B
    query: Q
    language: Language
    address: str
    request_id: str
    user_agent: str = ""  # to be looked at and not to be kept
    maybe_viewer: Viewer | None = None

    @property
    def age_limit(self) -> int | None:
        """The profile's; None for a stranger."""
        return self.maybe_viewer.age_limit if self.maybe_viewer else None

    @property
    def region(self) -> str | None:
        """The profile's; None for a stranger."""
        return self.maybe_viewer.region if self.maybe_viewer else None

    @property
    def viewer(self) -> Viewer:
        """The viewer for whom the call is, of an endpoint that is for viewers alone."""
        if self.maybe_viewer is None:
            raise errors.UnauthorizedError("Sign in first.")
        return self.maybe_viewer


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A declared route, as the OpenAPI document needs it."""

    name: str
    """The view's, and what generated clients call it by: it does not change."""
    method: str
    path: str
    summary: str
    description: str
    status: int
    access: Access
    body: type | None
    query: type | None
    answer: type | None
    errors: tuple[int, ...]
    media: str = JSON


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
    door: Door | None = None,
    problems: tuple[int, ...] = (),
    media: str = JSON,
    content_types: Sequence[str] = (JSON,),
) -> Callable[[Callable[..., object]], Callable[..., Response]]:
    """Declares a route. The view gets a `Call` and the path's parameters and returns a struct, a dict or None (204).

    Who may call it stands in `callers.TABLE`, and `door` sees to that before anything else is looked at.
    Bad input, unknown fields and domain errors become problem documents here and nowhere else. `media`: of an
    answer that is no JSON, which the view makes itself; `content_types`: of a body that it does not look at.
    """

    access = TABLE[f"{method} {path}"]
    if access.looks and door is None:
        raise ValueError(f"nothing stands before {method} {path}")

    def declare(view: Callable[..., object]) -> Callable[..., Response]:
        said = inspect.cleandoc(view.__doc__ or view.__name__)
        summary = said.splitlines()[0].rstrip(".")
        ENDPOINTS.append(
            Endpoint(name=view.__name__, method=method, path=path, summary=summary, description=said, status=status,
                     access=access,
                     body=body, query=query, answer=answer, errors=problems, media=media)
        )  # fmt: skip

        @functools.wraps(view)
        def handle(**path_values: str) -> Response:
            request_id = str(blueprint.current_request.context.get("requestId", ""))
            with tracing.tracing("api", request_id, tracing.correlation_of(request_id)):
                response = answered(path_values)
                tracing.note(route=f"{method} {path}", status=response.status_code)
                return response

        def answered(path_values: Mapping[str, str]) -> Response:
            try:
                if path.startswith(OWN_ACCOUNTS) and not settings().own_accounts:
                    raise errors.NotFoundError("There is nothing at this path.")
                request = blueprint.current_request
                claims = door.admit(access, request.headers, request.context.get("authorizer") or {}) if door else None
                call = _parse(request, body, query, claims)
                if call.maybe_viewer:
                    tracing.note(viewer=tracing.hashed(call.maybe_viewer.user_id))
                return answer_of(view(call, **_ids(path_values)), status)
            except errors.DomainError as error:
                return problem_of(error)
            except Exception as error:
                if not aws.does_not_answer(error):
                    raise
                log.exception("a service that %s %s needs does not answer", method, path)
                return problem_of(errors.UnavailableError(AWAY))

        asked_first = door.authorizer if door and access.by_gateway else None
        blueprint.route(path, methods=[method], authorizer=asked_first, content_types=list(content_types))(handle)
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


def _parse(
    request: Request, body: type | None, query: type | None, claims: Mapping[str, Any] | None
) -> "Call[Any, Any]":
    context = request.context
    viewer = _viewer(claims) if claims else None
    return Call(
        body=_body(request, body) if body else None,
        query=_query(request.query_params, query) if query else None,
        language=viewer.language if viewer else _language(request.headers.get("accept-language", "")),
        address=client_address(
            str((context.get("identity") or {}).get("sourceIp", "")),
            request.headers.get("x-forwarded-for", ""),
            settings().trusted_proxies,
        ),
        request_id=str(context.get("requestId", "")),
        user_agent=request.headers.get("user-agent", ""),
        maybe_viewer=viewer,
    )


def _viewer(claims: Mapping[str, Any]) -> Viewer:
    return Viewer(
        claims["principalId"],
        "en" if claims.get("language") == "en" else "ru",
        _number(claims.get("age_limit")),
        claims.get("region") or None,
        claims.get("session_id") or None,
        _number(claims.get("signed_in_at")),
        bool(claims.get("unconfirmed")),
        bool(claims.get("operator")),
    )


def _number(text: Any) -> int | None:
    return int(text) if text not in (None, "") else None


def _language(accepted: str) -> Language:
    """Russian unless the first accepted language says English (api.md: `ru` by default)."""
    return "en" if accepted.strip().lower().startswith("en") else "ru"


def _ids(path_values: Mapping[str, str]) -> dict[str, str]:
    """Path parameters; those named `…_id` must be UUIDs and come back in canonical form, but for a source's own."""
    return {
        name: uuid_of(value, name) if name.endswith("_id") and name != SOURCES_OWN else unquote(value)
        for name, value in path_values.items()
    }


def is_uuid(text: str) -> bool:
    """Whether it is one as it is usually written."""
    return re.fullmatch(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", text) is not None


def uuid_of(text: str, field: str) -> str:
    """The canonical UUID, or `InvalidInputError` naming the field."""
    if not is_uuid(text):
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


def _query(given: MultiDict | None, kind: type) -> object:
    asked = MultiDict({}) if given is None else given
    for name in asked:
        if len(asked.getlist(name)) > 1:  # who checks the first and who uses the last would see two requests
            raise errors.InvalidInputError("It is given more than once.", name)
    try:
        return msgspec.convert(dict(asked), type=kind, strict=False)
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
