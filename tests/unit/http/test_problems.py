"""Each kind of domain error is one status, and every problem has the same form."""

from typing import Any

import msgspec
import pytest
from chalice import Response

from chalicelib import errors
from chalicelib.http.problems import PROBLEM, STATUS_OF, finish, problem, problem_of


class FakeRequest:
    """As much of a request as `finish` looks at."""

    def __init__(self) -> None:
        self.context = {"requestId": "request-1"}


def body_of(response: Response) -> dict[str, Any]:
    return msgspec.json.decode(response.body, type=dict[str, Any])


def finished(response: Response) -> Response:
    return finish(FakeRequest(), lambda _: response)


def made(kind: type[errors.DomainError]) -> errors.DomainError:
    return errors.TooManyRequestsError("why", 42) if kind is errors.TooManyRequestsError else kind("why")


@pytest.mark.parametrize(("kind", "status"), STATUS_OF)
def test_the_status_is_that_of_the_kind_when_a_domain_error_is_raised(
    kind: type[errors.DomainError], status: int
) -> None:
    class Narrower(kind):  # type: ignore[valid-type, misc]
        """As every package has its own."""

    for response in (problem_of(made(kind)), problem_of(Narrower(*made(kind).args, *([1] if status == 429 else [])))):
        assert response.status_code == status
        assert (body_of(response)["status"], body_of(response)["detail"]) == (status, "why")
        assert response.headers["Content-Type"] == PROBLEM


def test_every_kind_of_domain_error_has_its_status() -> None:
    kinds = {kind for kind in errors.DomainError.__subclasses__() if kind.__module__ == errors.__name__}
    assert kinds == {kind for kind, _ in STATUS_OF}


def test_the_field_is_named_when_an_input_is_wrong() -> None:
    problem_with = body_of(problem_of(errors.InvalidInputError("too long", "name")))
    assert problem_with["errors"] == [{"field": "name", "message": "too long"}]
    assert "errors" not in body_of(problem_of(errors.InvalidInputError("say something")))


@pytest.mark.parametrize("status", sorted({status for _, status in STATUS_OF}))
def test_whatever_the_problem_is_it_says_by_which_request_it_came(status: int) -> None:
    assert body_of(finished(problem(status, "why")))["request_id"] == "request-1"


def test_the_client_is_told_when_to_come_back_and_how_to_sign_in() -> None:
    assert problem_of(errors.TooManyRequestsError("slowly", 42)).headers["Retry-After"] == "42"
    assert problem_of(errors.UnauthorizedError("who?")).headers["WWW-Authenticate"] == "Bearer"
    too_old = problem_of(errors.SignInTooOldError("again"))
    assert too_old.headers["WWW-Authenticate"] == 'Bearer error="insufficient_user_authentication"'
    assert (too_old.status_code, body_of(too_old)["error"]) == (401, "insufficient_user_authentication")


def test_every_answer_names_its_request_and_is_cached_by_nobody_when_it_leaves() -> None:
    for response in (Response({"films": []}), problem(404, "no such film")):
        headers = finished(response).headers
        assert headers["X-Request-Id"] == "request-1"
        assert headers["Cache-Control"] == "no-store"
    assert body_of(finished(problem(404, "no such film")))["request_id"] == "request-1"
    kept = Response("", headers={"Cache-Control": "public, max-age=60"})
    assert finished(kept).headers["Cache-Control"] == "public, max-age=60"


def test_chalices_own_errors_become_problems_and_tell_nothing_of_the_inside() -> None:
    raw = Response({"Code": "x", "Message": "Traceback: secret"}, status_code=405, headers={"Allow": "GET"})
    answer = finished(raw)
    assert answer.headers["Content-Type"] == PROBLEM
    assert answer.headers["Allow"] == "GET"
    assert body_of(answer)["detail"] == "Method not allowed"
    assert "secret" not in answer.body
