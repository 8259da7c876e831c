"""Letters by SES, into a folder, and not at all."""

import logging
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import boto3
import msgspec
import pytest
from moto import mock_aws

from chalicelib import aws
from chalicelib.auth.letters.adapters.mail import SesMailer, open_mailer
from chalicelib.auth.letters.port import Letter, LetterRefusedError
from tests.aws import nobodys_account

LETTER = Letter(to="vera@example.com", subject="Киносовет: новый пароль", text="Здравствуйте!\n\ncode\n")


class RecordingClient:
    """As much of the SES client as is called."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []

    def send_email(self, **given: Any) -> None:
        self.calls.append(given)


def test_a_letter_is_what_ses_gets() -> None:
    client = RecordingClient()
    SesMailer(client, "no-reply@films.example").send(LETTER)
    (call,) = client.calls
    assert (call["FromEmailAddress"], call["Destination"]) == ("no-reply@films.example", {"ToAddresses": [LETTER.to]})
    simple = call["Content"]["Simple"]
    assert (simple["Subject"]["Data"], simple["Body"]["Text"]["Data"]) == (LETTER.subject, LETTER.text)


def test_html_and_headers_go_along_where_a_letter_has_them(tmp_path: Path) -> None:
    headers = (
        ("List-Unsubscribe", "<https://films.example/x>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )
    letter = msgspec.structs.replace(LETTER, html="<p>Здравствуйте</p>", headers=headers)
    client = RecordingClient()
    for one in (LETTER, letter):
        SesMailer(client, "no-reply@films.example").send(one)
    plain, rich = (call["Content"]["Simple"] for call in client.calls)
    assert "Headers" not in plain
    assert list(plain["Body"]) == ["Text"]
    assert rich["Body"]["Html"]["Data"] == letter.html
    assert [(one["Name"], one["Value"]) for one in rich["Headers"]] == list(headers)
    open_mailer(f"file://{tmp_path}/mail").send(letter)
    (file,) = (tmp_path / "mail").iterdir()
    read = message_from_bytes(file.read_bytes(), policy=default)
    assert [(name, read[name]) for name, _ in headers] == list(headers)
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]
    html = read.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == letter.html


def test_a_letter_that_must_not_come_twice_is_tried_once_and_known_to_be_here_when_ses_is_not_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nobodys_account(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")  # nobody listens there
    aws.process.cache_clear()
    mailer = open_mailer("ses://no-reply@films.example", once=True)
    assert isinstance(mailer, SesMailer)
    assert mailer._client.meta.config.retries["total_max_attempts"] == 1
    with pytest.raises(LetterRefusedError, match="EndpointConnectionError"):
        mailer.send(LETTER)
    aws.process.cache_clear()


def test_ses_takes_a_letter_of_a_verified_sender_and_a_refusal_names_no_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys_account(monkeypatch)
    aws.process.cache_clear()
    with mock_aws():
        mailer = open_mailer("ses://no-reply@films.example")
        with pytest.raises(LetterRefusedError) as refusal:
            mailer.send(LETTER)
        assert LETTER.to not in repr(refusal.value)
        assert refusal.value.__cause__ is None
        boto3.client("sesv2").create_email_identity(EmailIdentity="films.example")
        mailer.send(LETTER)
    aws.process.cache_clear()


def test_a_letter_lies_whole_in_the_folder(tmp_path: Path) -> None:
    open_mailer(f"file://{tmp_path}/mail").send(LETTER)
    (file,) = (tmp_path / "mail").iterdir()
    read = message_from_bytes(file.read_bytes(), policy=default)
    assert file.suffix == ".eml"
    assert (read["To"], read["Subject"]) == (LETTER.to, LETTER.subject)
    assert LETTER.text.splitlines() == str(read.get_content()).splitlines()
    assert "code" in file.read_text(encoding="utf-8").splitlines(), "a person can read it as it is"


def test_nothing_leaves_and_the_log_says_so_when_nobody_has_said_how(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    open_mailer("").send(LETTER)
    assert "MAIL_SENDER" in caplog.text
    assert LETTER.to not in caplog.text


@pytest.mark.parametrize("url", ["ses://nobody", "smtp://a@b", "file://relative", "a@b"])
def test_an_address_that_is_none_stops_the_function(url: str) -> None:
    with pytest.raises(ValueError, match="MAIL_SENDER"):
        open_mailer(url)
