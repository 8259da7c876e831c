"""What API Gateway answers by itself: problem documents like everybody else's."""

import json
from typing import Any

import pytest

from app import app
from chalicelib.http.problems import SECURITY_HEADERS
from infra.deploy.template.api import METHODS, RATED, api, gateway_responses
from infra.deploy.template.parameters import parameters

RESPONSES: dict[str, Any] = gateway_responses()


@pytest.mark.parametrize("kind", sorted(RESPONSES))
def test_gateway_error_is_a_problem_document(kind: str) -> None:
    response = RESPONSES[kind]
    problem = json.loads(response["responseTemplates"]["application/json"])
    assert {"type", "title", "detail", "request_id"} <= set(problem)
    assert problem["request_id"] == "$context.requestId"
    assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"


@pytest.mark.parametrize("kind", sorted(RESPONSES))
def test_gateway_error_is_as_closed_as_every_other_answer(kind: str) -> None:
    said = RESPONSES[kind]["responseParameters"]
    values = {name: said[f"gatewayresponse.header.{name}"] for name in SECURITY_HEADERS}
    assert values["Strict-Transport-Security"] == "'max-age=31536000; includeSubDomains'"
    assert values["X-Content-Type-Options"] == "'nosniff'"
    assert values["Content-Security-Policy"].startswith("'default-src; base-uri; frame-ancestors;")
    assert all(value[0] == value[-1] == "'" and value.count("'") == 2 for value in values.values())


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("MISSING_AUTHENTICATION_TOKEN", 404),  # the gateway's name for a path it does not know
        ("UNAUTHORIZED", 401),
        ("ACCESS_DENIED", 403),
        ("AUTHORIZER_FAILURE", 503),
        ("REQUEST_TOO_LARGE", 413),
        ("UNSUPPORTED_MEDIA_TYPE", 415),
        ("THROTTLED", 429),
    ],
)
def test_status_is_the_contracts_and_stands_in_the_body_too(kind: str, status: int) -> None:
    response = RESPONSES[kind]
    assert response["statusCode"] == status
    assert json.loads(response["responseTemplates"]["application/json"])["status"] == status


def test_likes_cannot_use_up_what_signing_in_needs() -> None:
    settings: Any = api()["RestAPI"]["Properties"]["MethodSettings"]  # type: ignore[index]
    limits = {(one["ResourcePath"], one["HttpMethod"]): one["ThrottlingRateLimit"]["Ref"] for one in settings}
    assert limits == {
        ("/*", "*"): "RequestsPerSecond",
        ("/~1v1~1feedback~1{film_id}", "PUT"): "LikesPerSecond",
        ("/~1v1~1feedback~1{film_id}", "DELETE"): "LikesPerSecond",
        ("/~1v1~1feedback~1import", "POST"): "ImportsPerSecond",
    }
    assert all(one["ThrottlingBurstLimit"] == one["ThrottlingRateLimit"] for one in settings)
    known: Any = parameters()
    assert known["ImportsPerSecond"]["Default"] < known["LikesPerSecond"]["Default"]
    assert known["LikesPerSecond"]["Default"] < known["RequestsPerSecond"]["Default"]


class Gateway:
    """The stage's buckets of tokens, as API Gateway keeps them: one for each method of each path, as large and filled
    as fast as the most exact setting says.
    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html"""

    def __init__(self) -> None:
        settings: Any = api()["RestAPI"]["Properties"]["MethodSettings"]  # type: ignore[index]
        known: Any = parameters()
        self.rates = {
            (one["ResourcePath"], one["HttpMethod"]): known[one["ThrottlingRateLimit"]["Ref"]]["Default"]
            for one in settings
        }
        self.buckets: dict[tuple[str, str], tuple[float, float]] = {}  # tokens, and when they were counted

    def answers(self, method: str, path: str, second: float) -> bool:
        """Whether a request gets through, or is answered 429."""
        rate = self.rates.get(("/" + path.replace("/", "~1"), method), self.rates["/*", "*"])
        tokens, counted = self.buckets.get((path, method), (rate, second))
        tokens = min(rate, tokens + (second - counted) * rate)
        self.buckets[path, method] = (tokens - 1 if tokens >= 1 else tokens, second)
        return bool(tokens >= 1)


def test_everybody_signs_in_while_a_burst_of_likes_is_throttled() -> None:
    gateway, liked, signed_in = Gateway(), 0, 0
    for request in range(10_000):  # ten seconds of a thousand likes each, and fifty sign-ins
        liked += gateway.answers("PUT", "/v1/feedback/{film_id}", request / 1_000)
        if request % 20 == 0:
            signed_in += gateway.answers("POST", "/v1/auth/login", request / 1_000)
    assert signed_in == 500
    assert 300 <= liked <= 331, "thirty a second, and a second's worth at once"


@pytest.mark.parametrize(("path", "method", "_limit"), RATED)
def test_a_route_with_a_limit_of_its_own_is_a_route(path: str, method: str, _limit: str) -> None:
    assert method in app.routes[path], "a name that API Gateway does not know limits nothing"


def test_unauthorized_names_the_scheme() -> None:
    assert RESPONSES["UNAUTHORIZED"]["responseParameters"]["gatewayresponse.header.WWW-Authenticate"] == "'Bearer'"


def test_every_method_of_every_path_reaches_the_app() -> None:
    """So that a wrong method is 405 from the app, where the gateway would say 403."""
    added = api()["RestAPI"]["Properties"]["DefinitionBody"]["paths"]  # type: ignore[index]
    for path, held in app.routes.items():
        assert {method.upper() for method in added[path]} | set(held) >= {method.upper() for method in METHODS}
