"""The contract's routes on the app itself, with AWS in memory."""

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.test import Client, HTTPResponse

from chalicelib import resources
from chalicelib.auth.letters.codes import new_code
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.recommendations.model import AskState
from chalicelib.settings import settings
from chalicelib.tracing import hashed
from tests.auth_world import EMAIL, PASSWORD, SECRET, accounts_record
from tests.aws import aws_in_memory
from tests.factories import feedback, film, film_id


class Api:
    """A client that speaks JSON. The local gateway raises what API Gateway would turn into a 401."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def __call__(self, method: str, path: str, body: object = None, token: str | None = None) -> HTTPResponse:
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
        raw = b"" if body is None else json.dumps(body).encode()
        return self._client.http.request(method, path, headers=headers, body=raw)

    def sign_in(self, password: str = PASSWORD) -> dict[str, Any]:
        answer = self("POST", "/v1/auth/login", {"email": EMAIL, "password": password})
        assert answer.status_code == 200, answer.body
        pair: dict[str, Any] = answer.json_body
        return pair


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    from app import app

    with aws_in_memory(monkeypatch), Client(app) as client:
        yield Api(client)


def register(api: Api, **more: object) -> HTTPResponse:
    return api("POST", "/v1/auth/register", {"email": EMAIL, "password": PASSWORD} | more)


def test_registering_answers_201_and_then_409(api: Api) -> None:
    first, second = register(api, name="Вера"), register(api, email=EMAIL.upper())
    assert (first.status_code, second.status_code) == (201, 409)
    body = first.json_body
    assert body == {"user_id": body["user_id"], "email": EMAIL, "name": "Вера", "language": "ru"}


def test_registering_answers_429_with_a_wait_when_an_address_has_had_its_accounts(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGISTRATIONS_PER_HOUR", "2")
    settings.cache_clear()
    answers = [register(api, email=f"viewer{number}@example.com") for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 429]
    assert 3_500 < int(answers[-1].headers["Retry-After"]) <= 3_600


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "none"}, "email"),
        ({"password": "password1"}, "password"),
        ({"password": EMAIL}, "password"),
        ({"language": "fr"}, "language"),
        ({"admin": True}, "admin"),
        ({"email": None}, "email"),
    ],
)
def test_registering_answers_400_and_names_the_field_when_it_is_wrong(api: Api, change: Any, field: str) -> None:
    answer = register(api, **change)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert [error["field"] for error in answer.json_body["errors"]] == [field]


def test_a_session_goes_from_sign_in_to_sign_out(api: Api) -> None:
    register(api)
    pair = api.sign_in()
    assert pair.keys() == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert (pair["token_type"], pair["expires_in"]) == ("Bearer", 900)
    refreshed = api("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
    assert refreshed.json_body.keys() == pair.keys()
    token = {"refresh_token": refreshed.json_body["refresh_token"]}
    assert api("POST", "/v1/auth/logout", token).status_code == 204
    assert api("POST", "/v1/auth/logout", token).status_code == 204
    assert api("POST", "/v1/auth/refresh", token).status_code == 401


def test_wrong_credentials_answer_the_same_401_and_then_429_with_a_wait(api: Api) -> None:
    register(api)
    answers = []
    for email in (EMAIL, "nobody@example.com"):
        for _ in range(10):
            answer = api("POST", "/v1/auth/login", {"email": email, "password": "wrong one"})
            answers.append((answer.status_code, answer.body))
        throttled = api("POST", "/v1/auth/login", {"email": email, "password": "wrong one"})
        assert throttled.status_code == 429
        assert int(throttled.headers["Retry-After"]) > 0
    assert len(set(answers)) == 1


def test_the_profile_is_shown_and_changed(api: Api) -> None:
    register(api)
    token = api.sign_in()["access_token"]
    changed = api("PATCH", "/v1/me", {"language": "en", "name": "Vera"}, token)
    assert changed.status_code == 200
    assert api("GET", "/v1/me", token=token).json_body == changed.json_body
    assert changed.json_body.keys() == {"user_id", "email", "name", "language", "age_limit", "region", "created_at",
                                        "confirmed", "weekly_letter", "roles"}  # fmt: skip
    assert api("PATCH", "/v1/me", {"email": "other@example.com"}, token).status_code == 400


def test_every_refresh_token_is_revoked_when_the_password_was_changed(api: Api) -> None:
    register(api)
    pair = api.sign_in()
    change = {"current_password": PASSWORD, "new_password": "eleven brown bottles"}
    assert api("PUT", "/v1/me/password", change | {"current_password": "?"}, pair["access_token"]).status_code == 401
    assert api("PUT", "/v1/me/password", change, pair["access_token"]).status_code == 204
    assert api("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401
    api.sign_in("eleven brown bottles")


def test_sessions_are_shown_and_one_is_ended(api: Api) -> None:
    register(api)
    here, there = api.sign_in(), api.sign_in()
    told = api("GET", "/v1/me/sessions", token=here["access_token"])
    assert told.status_code == 200
    shown = told.json_body["sessions"]
    assert {frozenset(one) for one in shown} == {
        frozenset({"session_id", "device", "started_at", "last_used_at", "expires_at", "current"})
    }
    assert sorted(one["current"] for one in shown) == [False, True]
    (other,) = [one["session_id"] for one in shown if not one["current"]]
    assert api("DELETE", f"/v1/me/sessions/{other}", token=here["access_token"]).status_code == 204
    assert api("DELETE", f"/v1/me/sessions/{other}", token=here["access_token"]).status_code == 404
    assert api("DELETE", "/v1/me/sessions/none", token=here["access_token"]).status_code == 400
    assert api("POST", "/v1/auth/refresh", {"refresh_token": there["refresh_token"]}).status_code == 401
    assert len(api("GET", "/v1/me/sessions", token=here["access_token"]).json_body["sessions"]) == 1
    secrets = [pair[name] for pair in (here, there) for name in ("access_token", "refresh_token")]
    assert not [one for one in secrets if one in told.body.decode()]


def test_an_export_holds_everything_and_no_secret(api: Api) -> None:
    register(api, name="Вера")
    pair = api.sign_in()
    api("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})
    answer = api("GET", "/v1/me/export", token=pair["access_token"])
    assert answer.status_code == 200
    held = answer.json_body
    assert held.keys() == {"auth", "catalog", "feedback", "outcomes", "recommendations", "weekly"}
    assert held["auth"]["profile"]["name"] == "Вера"
    assert [session["refreshed"] for session in held["auth"]["sessions"]] == [1]
    assert "argon2" not in answer.body.decode()


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/me"), ("GET", "/v1/me/export")])
def test_a_refreshed_token_asks_for_the_password_when_the_sign_in_is_old(
    api: Api, method: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RECENT_SIGN_IN_SECONDS", "-5")  # as if all this had happened a while ago
    settings.cache_clear()
    register(api)
    pair = api.sign_in()
    fresh = api("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]}).json_body
    refused = api(method, path, token=fresh["access_token"])
    assert refused.status_code == 401
    assert refused.headers["WWW-Authenticate"] == 'Bearer error="insufficient_user_authentication"'
    assert refused.json_body["error"] == "insufficient_user_authentication"
    assert api("GET", "/v1/me", token=fresh["access_token"]).status_code == 200
    monkeypatch.setenv("RECENT_SIGN_IN_SECONDS", "600")
    settings.cache_clear()
    assert api(method, path, token=api.sign_in()["access_token"]).status_code in (200, 204)


def posted(folder: Path) -> list[str]:
    """The codes of the letters that were waiting, delivered as SQS does it."""
    from chalicelib.auth import events

    sqs, url = boto3.client("sqs"), os.environ["LETTERS_QUEUE_URL"]
    messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
    assert events.post_letters({"Records": records}, None) == {"batchItemFailures": []}
    for one in messages:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
    letters = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    found = [line for path in letters for line in path.read_text().splitlines() if len(line) == 56 and " " not in line]
    for path in letters:
        path.unlink()
    return found


@pytest.fixture
def mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: Api) -> Path:
    monkeypatch.setenv("MAIL_SENDER", f"file://{tmp_path}")
    monkeypatch.setenv("CONFIRM_EMAIL", "true")
    settings.cache_clear()
    resources.mailer.cache_clear()
    return tmp_path


def test_an_address_is_confirmed_by_the_code_of_its_letter(api: Api, mail: Path) -> None:
    register(api)
    token = api.sign_in()["access_token"]
    assert api("GET", "/v1/me", token=token).json_body["confirmed"] is False
    user_id = api("GET", "/v1/me", token=token).json_body["user_id"]
    resources.feedback_store().put_many(user_id, [feedback("Alien", unconfirmed=True)])
    (code,) = posted(mail)
    assert api("POST", "/v1/auth/confirm", {"token": code}).status_code == 204
    assert [item.unconfirmed for item in resources.feedback_store().list_all(user_id)] == [False]
    assert api("GET", "/v1/me", token=token).json_body["confirmed"] is True
    again = api("POST", "/v1/auth/confirm", {"token": code})
    assert (again.status_code, again.json_body["errors"][0]["field"]) == (400, "token")


def test_deleting_and_registering_again_does_not_reset_the_cooldown(api: Api) -> None:
    first = register(api).json_body["user_id"]
    lists, now = resources.recommendation_store(), datetime.now(UTC)
    until = (now + timedelta(hours=1)).replace(microsecond=0)
    asked = AskState(asked_at=now, not_before=until, day=now.date().isoformat(), asked_on_day=3)
    lists.put_state(first, asked, replaces=AskState())
    assert api("DELETE", "/v1/me", token=api.sign_in()["access_token"]).status_code == 204
    second = register(api).json_body["user_id"]
    begun = lists.read_states([second])[second]
    assert (begun.not_before, begun.asked_on_day, begun.asked_hash) == (until, 3, "")
    assert begun.look_at is None


def test_what_an_unconfirmed_account_says_is_marked_until_it_is_confirmed(
    api: Api, mail: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By click and by import, from the authorizer's word to the stored item; the limit is the site's on both ways."""
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
    catalog.replace_all([film("Alien", year=1979), film("Solaris", year=1972), film("Mirror", year=1975)])
    monkeypatch.setattr(resources, "catalog", lambda: catalog)
    monkeypatch.setenv("JUDGEMENTS_MAX", "3")
    settings.cache_clear()
    user_id, token = register(api).json_body["user_id"], api.sign_in()["access_token"]
    (code,) = posted(mail)
    like = {"rating": "like"}
    history = {"format": "plain", "csv": "title,year,rating\nSolaris,1972,9\n"}
    assert api("PUT", f"/v1/feedback/{film_id('Alien')}", like, token=token).status_code == 200
    assert api("POST", "/v1/feedback/import", history, token=token).json_body["imported"] == 1
    held = resources.feedback_store().list_all(user_id)
    assert [item.unconfirmed for item in held] == [True, True]
    api("POST", "/v1/auth/confirm", {"token": code})
    api("PUT", f"/v1/feedback/{film_id('Mirror')}", like, token=token)
    assert resources.feedback_store().list_all(user_id)[0].unconfirmed is False
    more = api(
        "POST",
        "/v1/feedback/import",
        {"format": "plain", "csv": "title,year,rating\nMirror,1975,8\nAlien,1979,8\n"},
        token=token,
    )
    assert more.json_body["left_out"] == []
    catalog.upsert([film("Stalker", year=1979)])
    more = api(
        "POST", "/v1/feedback/import", {"format": "plain", "csv": "title,year,rating\nStalker,1979,8\n"}, token=token
    )
    assert [row["title"] for row in more.json_body["left_out"]] == ["Stalker"]


def test_a_forgotten_password_is_set_anew_by_the_code_of_a_letter(api: Api, mail: Path) -> None:
    register(api)
    pair = api.sign_in()
    posted(mail)
    answers = [api("POST", "/v1/auth/reset", {"email": email}) for email in (EMAIL, "nobody@example.com")]
    assert [(one.status_code, one.body) for one in answers] == [(202, answers[0].body)] * 2
    (code,) = posted(mail)
    fresh = {"token": code, "new_password": "eleven brown bottles"}
    assert api("POST", "/v1/auth/reset/confirm", fresh | {"new_password": "short"}).status_code == 400
    assert api("POST", "/v1/auth/reset/confirm", fresh).status_code == 204
    assert api("POST", "/v1/auth/reset/confirm", fresh).status_code == 400
    assert api("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]}).status_code == 401
    api.sign_in("eleven brown bottles")


def test_wanting_letters_answers_429_with_a_wait_when_an_address_has_had_its_share(api: Api, mail: Path) -> None:
    answers = [api("POST", "/v1/auth/reset", {"email": f"viewer{number}@example.com"}) for number in range(21)]
    assert [one.status_code for one in answers] == [202] * 20 + [429]
    assert int(answers[-1].headers["Retry-After"]) > 3_500
    assert posted(mail) == []


def test_nothing_is_left_when_an_account_is_deleted_and_purged(api: Api) -> None:
    from chalicelib.auth import events

    user_id = register(api).json_body["user_id"]
    token = api.sign_in()["access_token"]
    new_code(resources.account_store().find(user_id), "reset", resources.code_store(), datetime.now(UTC))  # type: ignore[arg-type]
    assert api("DELETE", "/v1/me", token=token).status_code == 204
    with pytest.raises(Exception, match="Unauthorized"):
        api("GET", "/v1/me", token=token)
    assert events.erase({"Records": [accounts_record(f"erased#{user_id}")]}, None) == {"batchItemFailures": []}
    dynamodb = boto3.client("dynamodb")
    left = {name: dynamodb.scan(TableName=name)["Items"] for name in dynamodb.list_tables()["TableNames"]}
    texts = [json.dumps(item, default=str) for items in left.values() for item in items]
    assert not [text for text in texts if EMAIL in text]
    assert sorted(item["pk"]["S"] for item in left["AccountsTable"]) == [f"erased#{user_id}"]
    assert not [item for item in left["SessionsTable"] if user_id in item["pk"]["S"]]
    assert left["FeedbackTable"] == []
    assert api("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD}).status_code == 401
    assert register(api).status_code == 201


def test_no_log_line_names_a_secret_when_a_whole_session_is_logged(
    api: Api, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG, "chalicelib")
    caplog.set_level(logging.DEBUG, "kinosovet")
    caplog.set_level(logging.INFO)  # Lambda's own is WARNING; libraries at DEBUG print whole requests
    user_id = register(api).json_body["user_id"]
    wrong, fresh = "wrong password 17", "twelve green bottles"
    secrets = [EMAIL, EMAIL.upper(), PASSWORD, wrong, fresh, SECRET, "nobody@example.com", "argon2id", user_id]
    for email, password in ((EMAIL, wrong), ("nobody@example.com", wrong), (EMAIL, PASSWORD)):
        answer = api("POST", "/v1/auth/login", {"email": email, "password": password})
    pair = answer.json_body
    second = api("POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]}).json_body
    for path in ("/v1/me", "/v1/me/export"):
        api("GET", path, token=second["access_token"])
    register(api, password="bad")
    api("PATCH", "/v1/me", {"email": EMAIL}, second["access_token"])
    api("PUT", "/v1/me/password", {"current_password": wrong, "new_password": fresh}, second["access_token"])
    api("PUT", "/v1/me/password", {"current_password": PASSWORD, "new_password": fresh}, second["access_token"])
    third = api.sign_in(fresh)
    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(resources, "auth_dependencies", lambda: 1 / 0)  # a fault of ours, with its traceback
        assert api("POST", "/v1/auth/login", {"email": EMAIL, "password": fresh}).status_code == 500
    api("POST", "/v1/auth/logout", {"refresh_token": second["refresh_token"]})
    api("DELETE", "/v1/me", token=third["access_token"])
    secrets += [each[name] for each in (pair, second, third) for name in ("access_token", "refresh_token")]
    printed = "".join(capfd.readouterr()) + caplog.text
    assert hashed(user_id) in printed  # who it was can be told by whoever knows the id
    assert not [secret for secret in secrets if secret in printed]


def test_nothing_is_left_of_our_own_accounts_when_they_are_off(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from chalicelib.http import health

    register(api)
    token = api.sign_in()["access_token"]
    assert api("GET", "/v1/me", token=token).status_code == 200
    monkeypatch.setenv("OWN_ACCOUNTS", "false")
    settings.cache_clear()
    health._document.cache_clear()
    for path in ("login", "register", "refresh", "reset", "confirm", "session/login", "session/refresh"):
        assert api("POST", f"/v1/auth/{path}", {}).status_code == 404, path
    with pytest.raises(Exception, match="Unauthorized"):
        api("GET", "/v1/me", token=token)
    assert api("GET", "/v1/films", token=token).status_code == 401
    paths = api("GET", "/v1/openapi.json").json_body["paths"]
    assert not [path for path in paths if path.startswith("/v1/auth/")]
    assert "/v1/me" in paths
    health._document.cache_clear()
