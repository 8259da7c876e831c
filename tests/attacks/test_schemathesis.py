"""Requests that Schemathesis makes from the OpenAPI document, one after another where an answer leads on: no 5xx, and
no answer that the document does not describe."""

import copy
import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from requests import Response
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance

from tests.deployed import Stack, registered
from tests.operations import DOCUMENT, Site, opened_site

REQUESTS = int(os.environ.get("ATTACKS", "1000"))
STEPS = 10
LINKS = {
    # what an answer holds, where it was given, and which operations take it
    "film_id": ("search_films", "200", "$response.body#/films/0/film_id",
                ("get_film", "similar_films", "put_feedback",
                 "delete_feedback")),
    "session_id": ("list_sessions", "200", "$response.body#/sessions/0/session_id",
                   ("end_session",)),
    "import_id": ("begin_import", "201", "$response.body#/import_id", ("get_import",)),
    "cursor": ("get_recommendations", "200", "$response.body#/next_cursor", ("get_recommendations",)),
}  # fmt: skip


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Site]:
    with opened_site(stack) as opened:
        yield opened


def linked() -> dict[str, Any]:
    """The document, saying which answers lead on to which operations. Who calls is the test's to say: of two headers
    that tell it, Schemathesis draws now one and now another, which Hypothesis takes for a strategy that is none."""
    found = copy.deepcopy(DOCUMENT)
    operations = {one["operationId"]: one for methods in found["paths"].values() for one in methods.values()}
    for operation in operations.values():
        operation["security"] = [one for one in operation["security"] if len(one) < 2 and "guest" not in one]
    for name, (source, status, where, targets) in LINKS.items():
        links = operations[source]["responses"][status].setdefault("links", {})
        links |= {f"{name} of {target}": {"operationId": target, "parameters": {name: where}} for target in targets}
    return found


def test_no_request_of_the_document_meets_a_defect(site: Site, tried: Counter[tuple[str, str]]) -> None:
    row = "requests that Schemathesis makes", "no 5xx, and no answer but those of the document"
    started = schemathesis.openapi.from_dict(linked()).as_state_machine()

    class Visit(started):  # type: ignore[misc, valid-type]
        """Some requests, one after another."""

        def get_call_kwargs(self, case: Case[Any]) -> dict[str, Any]:
            of_servers = case.path.startswith(("/v1/catalog", "/v1/imports"))
            token = site.server_keys["catalog"] if of_servers else site.viewer.token
            return {"base_url": site.stack.url, "headers": {"Authorization": f"Bearer {token}"}, "timeout": 60}

        def validate_response(self, response: Response, case: Case[Any], **_: Any) -> None:
            checks = [not_a_server_error, content_type_conformance, response_schema_conformance]
            case.validate_response(response, checks=checks)

        def after_call(self, response: Response, case: Case[Any]) -> None:
            tried[row] += 1
            has_gone = case.method == "DELETE" and response.status_code == 204 and case.path.startswith("/v1/me")
            if has_gone or (response.status_code == 401 and case.operation.definition.raw["security"]):
                site.viewer = registered(site.stack)

    often = settings(
        max_examples=20, stateful_step_count=STEPS, deadline=None, suppress_health_check=list(HealthCheck),
        database=None, phases=(Phase.generate,),
    )  # fmt: skip
    while tried[row] < REQUESTS:
        Visit.run(settings=often)
