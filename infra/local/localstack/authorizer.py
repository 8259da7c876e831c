"""Lambda TOKEN authorizers: the free LocalStack imports them and lets everybody in. This asks them first.

Covers what ours needs: a bearer token, its policy for the called method, the context, and the cache. Documented at
https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html
"""

import fnmatch
import json
import time
from typing import Any, NamedTuple

from localstack.aws.connect import connect_to
from localstack.runtime import hooks
from localstack.services.apigateway.next_gen.execute_api import gateway_response as errors
from localstack.services.apigateway.next_gen.execute_api import handlers


class Kept(NamedTuple):
    """An authorizer's answer and when it must be asked again."""

    answer: dict[str, Any]
    until: float  # of the monotonic clock


_kept: dict[tuple[str, str], Kept] = {}


@hooks.on_infra_start()
def install() -> None:
    """Puts the check in front of every REST API method."""
    handlers.preprocess_request.append(check)


def check(_chain: object, context: Any, _response: object) -> None:
    """Passes the call on with the authorizer's context, or ends it with the gateway's own error."""
    method = context.resource_method
    if method.get("authorizationType") != "CUSTOM":
        return
    authorizer = context.deployment.rest_api.authorizers[method["authorizerId"]]
    header = authorizer["identitySource"].rpartition(".")[2]
    token = context.invocation_request["headers"].get(header)
    if not token:
        raise errors.UnauthorizedError("Unauthorized")
    called = (
        f"arn:aws:execute-api:{context.region}:{context.account_id}:{context.api_id}/{context.stage}/"
        f"{context.invocation_request['http_method']}{context.invocation_request['path']}"
    )
    answer = _answer(context.region, authorizer, token, called)
    if answer.get("errorMessage") == "Unauthorized":  # the one exception that means 401 and not 500
        raise errors.UnauthorizedError("Unauthorized")
    if "policyDocument" not in answer:
        raise errors.AuthorizerConfigurationError()
    if not _allowed(answer["policyDocument"]["Statement"], called):
        raise errors.AccessDeniedError("User is not authorized to access this resource")
    texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in answer.get("context", {}).items()}
    context.context_variables["authorizer"] = {**texts, "principalId": answer["principalId"]}


def _answer(region: str, authorizer: dict[str, Any], token: str, called: str) -> dict[str, Any]:
    key = (authorizer["id"], token)
    kept = _kept.get(key)
    if kept and kept.until > time.monotonic():
        return kept.answer
    event = {"type": "TOKEN", "authorizationToken": token, "methodArn": called}
    function = authorizer["authorizerUri"].partition("/functions/")[2].removesuffix("/invocations")
    reply = connect_to(region_name=region).lambda_.invoke(FunctionName=function, Payload=json.dumps(event))
    answer: dict[str, Any] = json.loads(reply["Payload"].read())
    if "policyDocument" in answer:  # AWS keeps policies, never errors
        _kept[key] = Kept(answer, time.monotonic() + int(authorizer.get("authorizerResultTtlInSeconds", 300)))
    return answer


def _allowed(statements: list[dict[str, Any]], called: str) -> bool:
    """One statement allows the call and none denies it."""
    effects = set()
    for statement in statements:
        resources = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
        if any(fnmatch.fnmatchcase(called, pattern) for pattern in resources):
            effects.add(statement["Effect"])
    return effects == {"Allow"}
