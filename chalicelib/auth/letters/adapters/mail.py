"""How letters leave, by `MAIL_SENDER`: `ses://SENDER` by Amazon SES, `file:///FOLDER` into a folder of this machine;
empty: not at all, and the log says so."""

import logging
import uuid
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from chalicelib.auth.letters.port import Letter, LetterRefusedError, Mailer

log = logging.getLogger(__name__)


def open_mailer(url: str) -> Mailer:
    """The mailer of an address. Raises ValueError for one that is none."""
    scheme, _, rest = url.partition("://")
    if scheme == "ses" and "@" in rest:
        from chalicelib import aws

        return SesMailer(aws.client("sesv2"), rest)
    if scheme == "file" and rest.startswith("/"):
        return FolderMailer(Path(rest))
    if url:
        raise ValueError(f"MAIL_SENDER is neither ses://SENDER nor file:///FOLDER: {url}")
    return NoMailer()


class SesMailer:
    """Amazon SES; the sender's address or domain is an identity that SES has verified."""

    def __init__(self, client: Any, sender: str) -> None:
        self._client, self._sender = client, sender

    def send(self, letter: Letter) -> None:
        """Raises `LetterRefusedError` with SES's code alone: its sentences name the reader's address."""
        from botocore.exceptions import ClientError

        simple = {
            "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
            "Body": {"Text": {"Data": letter.text, "Charset": "UTF-8"}},
        }
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [letter.to]},
                Content={"Simple": simple},
            )
        except ClientError as error:
            raise LetterRefusedError(error.response["Error"]["Code"]) from None


class FolderMailer:
    """A file `….eml` for each letter, whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        message = EmailMessage(policy=SMTP.clone(utf8=True))
        message["To"], message["Subject"] = letter.to, letter.subject
        message.set_content(letter.text, cte="8bit")
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = self._folder / f"{uuid.uuid4()}.eml"
        partial = whole.with_suffix(".partial")
        partial.write_bytes(message.as_bytes())
        partial.replace(whole)


class NoMailer:
    """Nobody has said how."""

    def send(self, letter: Letter) -> None:  # noqa: ARG002 - the log is no place for it
        log.warning("a letter was not sent: MAIL_SENDER is empty")
