"""Problem documents (RFC 9457): the one place where a domain error becomes an HTTP status, and what every answer
carries."""

from collections.abc import Callable

import msgspec
from chalice import Response
from chalice.app import Request

from chalicelib import errors
from chalicelib.http.cross_origin import allowed_origin, preflight, shown_to
from chalicelib.settings import settings

PROBLEM = "application/problem+json"
SIGN_IN_TOO_OLD = "insufficient_user_authentication"
"""RFC 9470. It stands in the document too: API Gateway renames a function's header `WWW-Authenticate`
(https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html)."""
SECURITY_HEADERS = {
    # No answer but the page is one to look at.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
"""Of every answer that has no stricter or wider ones, the gateway's own too."""
STATUS_OF: tuple[tuple[type[errors.DomainError], int], ...] = (
    (errors.InvalidInputError, 400),
    (errors.UnauthorizedError, 401),
    (errors.ForbiddenError, 403),
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
    if isinstance(error, errors.TooManyRequestsError) and error.proof_of_work:
        extra["proof_of_work"] = error.proof_of_work
    if isinstance(error, errors.SignInTooOldError):
        extra["error"] = SIGN_IN_TOO_OLD
    response = problem(status, error.detail, **extra)
    if isinstance(error, errors.TooManyRequestsError):
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if status == 401:
        response.headers["WWW-Authenticate"] = f'Bearer error="{extra["error"]}"' if "error" in extra else "Bearer"
    return response


def finish(request: Request, get_response: Callable[[Request], Response]) -> Response:
    """The app's `http` middleware: Chalice's own errors (404, 405, 415, 500) become problem documents too, every
    problem carries the request id, and nothing personal is cached by anybody."""
    path, named = str(request.context.get("resourcePath") or ""), settings().cors_origins
    origin = allowed_origin(request.headers, path, named) if named else None
    asked_before = preflight(request.headers, origin) if origin and request.method == "OPTIONS" else None
    response = asked_before or get_response(request)
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
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id
    if named:
        response.headers["Vary"] = "Origin"
    if origin:
        response.headers.update(shown_to(origin))
    return response
