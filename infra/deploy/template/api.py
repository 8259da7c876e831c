"""What API Gateway itself answers: problem documents, and 405 for a method that a known path does not have."""

import json

from app import app
from chalicelib.http.problems import SECURITY_HEADERS

STAGE = "api"
API_NAME = {"Ref": "AWS::StackName"}  # metrics go by it: two stacks of an account are two APIs
METHODS = ("get", "post", "put", "patch", "delete", "options")
UNQUOTED = {"Content-Security-Policy": "default-src; base-uri; frame-ancestors; sandbox"}
"""The gateway takes a fixed value between single quotes, so there are none in it: an empty list of sources is 'none'.
https://www.w3.org/TR/CSP3/#match-url-to-source-list"""
RATED = (
    ("/v1/feedback/{film_id}", "PUT", "LikesPerSecond"),
    ("/v1/feedback/{film_id}", "DELETE", "LikesPerSecond"),
    ("/v1/feedback/import", "POST", "ImportsPerSecond"),
)
"""One function answers all routes, and none may use it up: each method has tokens of its own, and these have fewer.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html"""
ECHOED = "method.request.header.Origin"
"""The gateway's own refusals know no list, and say nothing of anybody; what is asked before a call knows it."""
COMPRESS_FROM_BYTES = 1_024  # below that gzip costs more than it saves


def api_globals() -> dict[str, object]:
    """With a version said, SAM leaves out the second, public stage `Stage` that it makes otherwise.

    https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/sam-property-api-openapiversion.html
    """
    return {"OpenApiVersion": "2.0"}  # as Chalice writes it


def api() -> dict[str, object]:
    """Overrides of Chalice's RestAPI."""
    return {
        "RestAPI": {
            "Properties": {
                "MinimumCompressionSize": COMPRESS_FROM_BYTES,
                "MethodSettings": _limits(),
                "DefinitionBody": {
                    "info": {"title": API_NAME},
                    "x-amazon-apigateway-gateway-responses": gateway_responses(
                        {"Fn::If": ["NamesOrigins", ECHOED, {"Ref": "AWS::NoValue"}]}
                    ),
                    "paths": _missing_methods(),
                },
            }
        }
    }


def _limits() -> list[dict[str, object]]:
    """Requests a second, and as many at once."""

    def limit(path: str, method: str, parameter: str) -> dict[str, object]:
        most = {"Ref": parameter}
        return {"ResourcePath": path, "HttpMethod": method, "ThrottlingRateLimit": most, "ThrottlingBurstLimit": most}

    encoded = (("/" + path.replace("/", "~1"), method, parameter) for path, method, parameter in RATED)
    return [limit("/*", "*", "RequestsPerSecond"), *(limit(*one) for one in encoded)]


def gateway_responses(origin: object = None) -> dict[str, dict[str, object]]:
    """Gateway errors by type. An unknown path is 403 by default; viewers and clients expect 404. `origin`: whose pages
    may read them, as a response's parameter."""
    made = _gateway_responses()
    for one in made.values() if origin else ():
        parameters: dict[str, object] = dict(one["responseParameters"])  # type: ignore[call-overload]
        one["responseParameters"] = parameters | {"gatewayresponse.header.Access-Control-Allow-Origin": origin}
    return made


def _gateway_responses() -> dict[str, dict[str, object]]:
    return {
        "MISSING_AUTHENTICATION_TOKEN": _response(404, "Not found", "There is nothing at this path."),
        "UNAUTHORIZED": _response(
            401, "Unauthorized", "Sign in: the access token is missing, wrong or expired.", challenge=True
        ),
        "ACCESS_DENIED": _response(403, "Forbidden", "This is not yours."),
        # An exception in the authorizer is a configuration error to AWS, a policy it cannot read is a failure.
        "AUTHORIZER_CONFIGURATION_ERROR": _response(503, "Service unavailable", "Sign-in cannot be checked right now."),
        "AUTHORIZER_FAILURE": _response(503, "Service unavailable", "Sign-in cannot be checked right now."),
        "REQUEST_TOO_LARGE": _response(413, "Content too large", "The body is larger than the gateway takes."),
        "THROTTLED": _response(429, "Too many requests", "Slow down, please.", retry_seconds=2),
        "UNSUPPORTED_MEDIA_TYPE": _response(415, "Unsupported media type", "Send application/json."),
        "DEFAULT_4XX": _response(None, "Bad request", "The gateway refused the request."),
        "DEFAULT_5XX": _response(None, "Internal error", "The request failed."),
    }


def _response(
    status: int | None, title: str, detail: str, *, challenge: bool = False, retry_seconds: int = 0
) -> dict[str, object]:
    body = {"type": "about:blank", "title": title, "detail": detail, "request_id": "$context.requestId"}
    text = json.dumps(body | ({"status": status} if status else {}))
    headers = {
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        "gatewayresponse.header.Cache-Control": "'no-store'",
        **{f"gatewayresponse.header.{name}": f"'{value}'" for name, value in (SECURITY_HEADERS | UNQUOTED).items()},
    }
    if challenge:
        headers["gatewayresponse.header.WWW-Authenticate"] = "'Bearer'"
    if retry_seconds:
        headers["gatewayresponse.header.Retry-After"] = f"'{retry_seconds}'"
    answer: dict[str, object] = {"responseTemplates": {"application/json": text}, "responseParameters": headers}
    return answer | ({"statusCode": status} if status else {})


def _missing_methods() -> dict[str, object]:
    """Every method that a path lacks goes to the app too, which answers 405; the gateway alone says 403."""
    return {
        path: {method: _to_the_app() for method in METHODS if method.upper() not in held}
        for path, held in app.routes.items()
    }


def _to_the_app() -> dict[str, object]:
    uri = (
        "arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${APIHandler.Arn}/invocations"
    )
    return {
        "responses": {"405": {"description": "Method not allowed"}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": {"Fn::Sub": uri},
            "passthroughBehavior": "when_no_match",
        },
    }
