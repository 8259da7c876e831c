"""What belongs to no package: liveness, and the document that describes the API."""

from functools import cache

import msgspec
from chalice import Blueprint, Response

from chalicelib.http.endpoint import ENDPOINTS, OWN_ACCOUNTS, Call, answer_of, endpoint
from chalicelib.settings import settings

bp = Blueprint(__name__)


class Health(msgspec.Struct, frozen=True):
    """Alive: the function runs and its modules import. Stores are not asked; their failures show where they matter."""

    status: str = "ok"


@endpoint(bp, "GET", "/v1/health", answer=Health)
def get_health(_call: Call[None, None]) -> Health:
    """Liveness."""
    return Health()


@endpoint(bp, "GET", "/v1/openapi.json", answer=dict)
def get_openapi(_call: Call[None, None]) -> Response:
    """This document."""
    answer = answer_of(_document())
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def _document() -> dict[str, object]:
    from chalicelib.http.openapi import document

    return document([one for one in ENDPOINTS if settings().own_accounts or not one.path.startswith(OWN_ACCOUNTS)])
