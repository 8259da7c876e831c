"""Who may call which route: one table. From it come the checks (`http/endpoint.py` asks `auth/authorizer.py`), what the
OpenAPI document says of security, and the page `docs/callers.md`.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

type Outcome = Literal["in", "401", "403"]

SCOPES = ("read", "act", "ingest", "catalog", "operate")
"""What a key of the site's own servers may be for."""


class Access(NamedTuple):
    """Whom a route lets in. `scopes`: of a server key that speaks for the site itself; one of them is enough.

    With the scope `act` and the header `X-Viewer` a server key speaks for a viewer, wherever viewers are let in.
    `looks`: whether it looks at what a caller sends at all; a bad token is then worse than none.
    """

    looks: bool = True
    strangers: bool = False
    viewers: bool = False
    operators: bool = False
    scopes: tuple[str, ...] = ()
    guests: bool = False  # strangers with a guest's token, which the route itself looks at

    @property
    def by_gateway(self) -> bool:
        """Whether API Gateway asks the authorizer first: where somebody has to be signed in."""
        return not self.strangers and (self.viewers or self.operators)


ANYBODY = Access(looks=False, strangers=True)
STRANGERS_TOO = Access(strangers=True, viewers=True, operators=True, scopes=("read",))
GUESTS_TOO = Access(strangers=True, viewers=True, operators=True, guests=True)
VIEWERS = Access(viewers=True, operators=True)
CATALOG_SERVERS = Access(scopes=("catalog",))
BULK_SERVERS = Access(scopes=("ingest", "catalog"))  # by what the file holds, as the route says
OPERATORS = Access(operators=True, scopes=("operate",))

OPERATOR_PATHS = "/v1/operator/"
"""Below it lies what is for operators alone: the authorizer's policy goes by the path."""

TABLE: Mapping[str, Access] = {
    "POST /v1/ask": VIEWERS,
    "POST /v1/auth/confirm": ANYBODY,
    "POST /v1/auth/login": ANYBODY,
    "POST /v1/auth/logout": ANYBODY,
    "POST /v1/auth/refresh": ANYBODY,
    "POST /v1/auth/register": ANYBODY,
    "POST /v1/auth/reset": ANYBODY,
    "POST /v1/auth/reset/confirm": ANYBODY,
    "POST /v1/auth/session/login": ANYBODY,
    "POST /v1/auth/session/logout": ANYBODY,
    "POST /v1/auth/session/refresh": ANYBODY,
    "PUT /v1/catalog/films/{source_id}": CATALOG_SERVERS,
    "DELETE /v1/catalog/films/{source_id}": CATALOG_SERVERS,
    "POST /v1/evenings": VIEWERS,
    "GET /v1/evenings/{code}": GUESTS_TOO,
    "DELETE /v1/evenings/{code}": GUESTS_TOO,
    "POST /v1/evenings/{code}/answers": GUESTS_TOO,
    "POST /v1/evenings/{code}/join": GUESTS_TOO,
    "POST /v1/events": VIEWERS,
    "GET /v1/feedback": VIEWERS,
    "POST /v1/feedback/import": VIEWERS,
    "PUT /v1/feedback/{film_id}": VIEWERS,
    "DELETE /v1/feedback/{film_id}": VIEWERS,
    "GET /v1/films": STRANGERS_TOO,
    "POST /v1/films/titles": STRANGERS_TOO,
    "GET /v1/films/{film_id}": STRANGERS_TOO,
    "GET /v1/films/{film_id}/similar": STRANGERS_TOO,
    "GET /v1/health": ANYBODY,
    "POST /v1/imports": BULK_SERVERS,
    "GET /v1/imports/{import_id}": BULK_SERVERS,
    "GET /v1/letters/unsubscribe": ANYBODY,
    "POST /v1/letters/unsubscribe": ANYBODY,
    "GET /v1/me": VIEWERS,
    "PATCH /v1/me": VIEWERS,
    "DELETE /v1/me": VIEWERS,
    "GET /v1/me/export": VIEWERS,
    "PUT /v1/me/password": VIEWERS,
    "GET /v1/me/sessions": VIEWERS,
    "DELETE /v1/me/sessions/{session_id}": VIEWERS,
    "GET /v1/openapi.json": ANYBODY,
    "GET /v1/operator/experiments": OPERATORS,
    "GET /v1/operator/outcomes": OPERATORS,
    "GET /v1/operator/queues/{queue}/dead-letters": OPERATORS,
    "POST /v1/operator/queues/{queue}/dead-letters/redrive": OPERATORS,
    "GET /v1/operator/status": OPERATORS,
    "GET /v1/operator/viewers": OPERATORS,
    "GET /v1/operator/viewers/{user_id}/list": OPERATORS,
    "GET /v1/recommendations": VIEWERS,
    "POST /v1/recommendations/refresh": VIEWERS,
}
"""By method and path. A route that is not in it cannot be declared."""

CALLERS = (
    "nobody",
    "a bad or expired token",
    "a deleted viewer",
    "a revoked key",
    "a viewer",
    "a viewer of a trusted issuer",
    "an operator",
    *(f"a key to {scope}" for scope in SCOPES),
    "a key to act, for a viewer",
    "a key to act, for a deleted viewer",
)
"""Every kind of caller, as documents and tests name them."""

_UNKNOWN = {"a bad or expired token", "a deleted viewer", "a revoked key", "a key to act, for a deleted viewer"}
_VIEWERS = {"a viewer", "a viewer of a trusted issuer", "a key to act, for a viewer"}


def outcome(access: Access, caller: str) -> Outcome:
    """What becomes of this kind of caller."""
    if not access.looks:
        return "in"
    if caller == "nobody":
        return "in" if access.strangers else "401"
    if caller == "a key to act, for a deleted viewer" and not access.viewers:
        return "403"  # it is a key that may not, whoever it is for
    if caller in _UNKNOWN:
        return "401"
    scope = caller.removeprefix("a key to ")
    let = (
        access.viewers
        if caller in _VIEWERS
        else access.operators
        if caller == "an operator"
        else scope in access.scopes
    )
    return "in" if let else "403"


def as_markdown() -> Iterator[str]:
    """The lines of the table in `docs/callers.md`."""
    yield "| route | " + " | ".join(CALLERS) + " |"
    yield "|---|" + "---|" * len(CALLERS)
    for operation, access in TABLE.items():
        yield f"| `{operation}` | " + " | ".join(outcome(access, caller) for caller in CALLERS) + " |"


if __name__ == "__main__":
    print("\n".join(as_markdown()))  # noqa: T201 - for docs/callers.md
