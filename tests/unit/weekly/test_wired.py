"""From the switch in the profile to the letter and out again: the app itself, with AWS in memory."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from chalice.test import Client, HTTPResponse

from app import app
from chalicelib import resources
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.outcomes.adapters.store import DynamoOutcomes
from chalicelib.recommendations.model import StoredFilm, StoredList
from chalicelib.settings import settings
from chalicelib.weekly import events
from infra.__main__ import main
from tests.auth_world import EMAIL, PASSWORD
from tests.aws import aws_in_memory, stack_in_memory
from tests.factories import card, film
from tests.weekly_world import DIFFERENT, SITE, TITLES

FRIDAY = datetime.now(UTC).replace(microsecond=0)

CLOCK: dict[str, Any] = {"version": "0", "account": "1", "region": "r", "id": "i", "source": "aws.events",
                         "detail-type": "Scheduled Event", "resources": [], "detail": {}}  # fmt: skip


class Site:
    """One viewer at the API, who has a list."""

    def __init__(self, client: Client, mail: Path) -> None:
        self.client, self.mail, self.token = client, mail, ""
        self.user_id = str(
            self("POST", "/v1/auth/register", {"email": EMAIL, "password": PASSWORD}).json_body["user_id"]
        )
        pair = self("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD}).json_body
        self.token = pair["access_token"]
        resources.account_store().confirm(self.user_id, FRIDAY)
        films = tuple(
            StoredFilm(card=card(title, **DIFFERENT[place]), ground="content", because=(), reason=None,
                       reason_language=None, why=None)
            for place, title in enumerate(TITLES)
        )  # fmt: skip
        resources.recommendation_store().publish(
            self.user_id,
            StoredList(films=films, version=1, generated_at=FRIDAY, read_at=FRIDAY,
                       seen_until=FRIDAY - timedelta(days=1), taste_hash="t", because_titles={}),
        )  # fmt: skip

    def __call__(self, method: str, path: str, body: object = None, kind: str = "application/json") -> HTTPResponse:
        headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {self.token}"} if self.token else {})
        raw = body.encode() if isinstance(body, str) else b"" if body is None else json.dumps(body).encode()
        return self.client.http.request(method, path, headers=headers, body=raw)

    def switch(self, on: bool) -> Any:
        return self("PATCH", "/v1/me", {"weekly_letter": on}).json_body

    def letters(self) -> list[EmailMessage]:
        return [message_from_bytes(path.read_bytes(), policy=default) for path in self.mail.glob("*.eml")]

    def pass_issue(self) -> list[dict[str, str]]:
        """The schedule fires, and the queue is worked off until it is empty. What failed."""
        events.begin_weekly(CLOCK | {"time": FRIDAY.strftime("%Y-%m-%dT%H:%M:%SZ")}, None)
        failed: list[dict[str, str]] = []
        sqs, url = boto3.client("sqs"), boto3.client("sqs").get_queue_url(QueueName="weekly")["QueueUrl"]
        while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            records = [{"messageId": one["MessageId"], "body": one["Body"]} for one in messages]
            failed += events.send_weekly({"Records": records}, None)["batchItemFailures"]
            for one in messages:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
        return failed


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Site]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        url = f"sqlite://{tmp_path}/catalog.sqlite"
        EmbeddedCatalog(url).replace_all(film(title, **DIFFERENT[place]) for place, title in enumerate(TITLES))
        given = {
            "CATALOG_URL": url,
            "MAIL_SENDER": f"file://{tmp_path}/mail",
            "PAGE_ADDRESS": SITE,
            "WEEKLY_LETTERS": "true",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        settings.cache_clear()
        DynamoOutcomes("OutcomesTable")
        yield Site(client, tmp_path / "mail")


def test_nobody_gets_a_letter_who_has_not_switched_it_on(site: Site) -> None:
    assert site("GET", "/v1/me").json_body["weekly_letter"] is False
    assert site.pass_issue() == []
    assert site.letters() == []


def test_one_letter_comes_and_its_link_ends_them_without_signing_in(site: Site) -> None:
    assert site.switch(True)["weekly_letter"] is True
    assert site.pass_issue() == []
    (message,) = site.pass_issue()
    assert message, "the same issue again, a moment later, looks again when the first has surely ended"
    (letter,) = site.letters()
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = "/" + letter["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    held = site("GET", "/v1/me/export").json_body["weekly"]
    assert len(held["films"]) == 3
    site.token = ""
    shown = site("GET", path)
    assert shown.status_code == 200
    assert shown.headers["Content-Type"].startswith("text/html")
    assert b"<button" in shown.body
    form = ("List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
    for body, kind in (form, ("--a--", "multipart/form-data; boundary=a"), (None, "application/json")):
        done = site("POST", path, body, kind)
        assert done.status_code == 200, done.body
        assert b"<button" not in done.body
    assert b"<button" not in site("GET", path).body
    assert resources.subscribers().find(site.user_id) is None


def test_looking_at_the_link_ends_nothing_and_a_wrong_one_is_a_problem(site: Site) -> None:
    site.switch(True)
    site.pass_issue()
    path = "/" + site.letters()[0]["List-Unsubscribe"].strip("<>").removeprefix(SITE)
    site("GET", path)
    for wrong in (path[:-3], "/v1/letters/unsubscribe", "/v1/letters/unsubscribe?token="):
        assert [site(method, wrong).status_code for method in ("GET", "POST")] == [400, 400]
    assert resources.subscribers().find(site.user_id)


def test_the_switch_is_the_viewers_and_its_time_is_kept(site: Site) -> None:
    assert site("PATCH", "/v1/me", {"weekly_letter": None}).status_code == 400
    site.switch(True)
    first = resources.subscribers().find(site.user_id)
    site.switch(True)
    assert site("PATCH", "/v1/me", {"name": "Вера"}).json_body["weekly_letter"] is True
    assert resources.subscribers().find(site.user_id) == first, "consent was given once"
    assert site.switch(False)["weekly_letter"] is False
    assert site("GET", "/v1/me/export").json_body["weekly"] is None


def test_a_message_that_cannot_be_read_fails_alone(site: Site) -> None:
    site.switch(True)
    one = {"type": "one", "issue": FRIDAY.isoformat(), "user_id": site.user_id}
    records = [{"messageId": "a", "body": "{}"}, {"messageId": "b", "body": msgspec.json.encode(one).decode()}]
    assert events.send_weekly({"Records": records}, None) == {"batchItemFailures": [{"itemIdentifier": "a"}]}
    assert len(site.letters()) == 1


def test_the_command_shows_the_letter_and_sends_and_notes_nothing(
    site: Site, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    names = ("AccountsTable", "FeedbackTable", "RecommendationsTable")
    catalog, keys = settings().catalog_url, settings().token_keys_secret
    stack_in_memory("films", dict(zip(names, names, strict=True)) | {
        "Catalog": catalog, "CatalogSign": "auto", "TokenKeys": keys, "EndpointURL": SITE,
    })  # fmt: skip
    assert main(["letter", "--email", EMAIL.upper(), "--language", "en", "--stack", "films"]) == 0
    said = capsys.readouterr()
    assert "1. Film 0 (1950)" in said.out
    assert "not asked for" in said.err
    assert main(["letter", "--viewer", site.user_id, "--stack", "films", "--out", str(tmp_path / "out")]) == 0
    assert "Три фильма" in (tmp_path / "out" / "letter.html").read_text()
    assert "Film 2" in (tmp_path / "out" / "letter.txt").read_text()
    assert main(["letter", "--email", "nobody@example.com", "--stack", "films"]) == 1
    assert site.letters() == []
