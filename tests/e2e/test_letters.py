"""A forgotten password, set anew by the letter that the deployed stack has sent into its folder."""

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default

from tests.deployed import DEADLINE_SECONDS, PASSWORD, Stack, Viewer, wait_for


def code_for(stack: Stack, email: str) -> str | None:
    """What stands on a line of its own in the letter to this address."""
    for path in (stack.state / "mail").glob("*.eml"):
        letter = message_from_bytes(path.read_bytes(), policy=default)
        if letter["To"] == email:
            return next(line for line in str(letter.get_content()).splitlines() if len(line) > 40 and " " not in line)
    return None


def test_password_is_set_anew_by_a_letter_and_nobody_learns_who_has_an_account(
    stack: Stack, stranger: Viewer, new_viewer: Callable[..., Viewer]
) -> None:
    viewer = new_viewer("en")
    answers = [
        stranger.call("POST", "v1/auth/reset", {"email": email}) for email in (viewer.email, f"no.{viewer.email}")
    ]
    assert [(answer.status_code, answer.text) for answer in answers] == [(202, answers[0].text)] * 2
    code = wait_for(lambda: code_for(stack, viewer.email), DEADLINE_SECONDS)
    reset = {"token": code, "new_password": f"{PASSWORD}, forgotten"}
    assert stranger.call("POST", "v1/auth/reset/confirm", reset).status_code == 204
    assert stranger.call("POST", "v1/auth/reset/confirm", reset).status_code == 400
    assert stranger.call("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token}).status_code == 401
    credentials = {"email": viewer.email, "password": reset["new_password"]}
    stranger.token = stranger.ok("POST", "v1/auth/login", credentials)["access_token"]
    assert stranger.ok("GET", "v1/me")["confirmed"] is True
    assert code_for(stack, f"no.{viewer.email}") is None
    assert not [line for line in stack.log_lines() if code in line or viewer.email in line]
