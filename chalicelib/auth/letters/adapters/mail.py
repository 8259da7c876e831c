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


def open_mailer(url: str, *, once: bool = False) -> Mailer:
    """The mailer of an address. `once`: it tries a single time, for the client cannot tell a request that was lost from
    an answer that was, and its second try may be a second letter; and it is quick, for a worker has a minute for five.

    Raises:
        ValueError: that is no address of one.
    """
    scheme, _, rest = url.partition("://")
    if scheme == "ses" and "@" in rest:
        from botocore.config import Config

        from chalicelib import aws

        config = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=8) if once else None
        return SesMailer(aws.client("sesv2", config), rest)
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
        """Raises `LetterRefusedError` with SES's code alone: its sentences name the reader's address. Where SES did not
        answer, the letter may have left: that error passes through."""
        from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError

        bodies = {"Text": letter.text, "Html": letter.html}
        simple: dict[str, Any] = {
            "Subject": {"Data": letter.subject, "Charset": "UTF-8"},
            "Body": {kind: {"Data": text, "Charset": "UTF-8"} for kind, text in bodies.items() if text},
        }
        if letter.headers:
            simple["Headers"] = [{"Name": name, "Value": value} for name, value in letter.headers]
        try:
            self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [letter.to]},
                Content={"Simple": simple},
            )
        except ClientError as error:
            raise LetterRefusedError(error.response["Error"]["Code"]) from None
        except (ConnectTimeoutError, EndpointConnectionError) as error:
            raise LetterRefusedError(type(error).__name__) from None


class FolderMailer:
    """A file `….eml` for each letter, whole or not there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        message = EmailMessage(policy=SMTP.clone(utf8=True))
        message["To"], message["Subject"] = letter.to, letter.subject
        for name, value in letter.headers:
            message[name] = value
        message.set_content(letter.text, cte="8bit")
        if letter.html:
            message.add_alternative(letter.html, subtype="html", cte="8bit")
        self._folder.mkdir(parents=True, exist_ok=True)
        whole = self._folder / f"{uuid.uuid4()}.eml"
        partial = whole.with_suffix(".partial")
        partial.write_bytes(message.as_bytes())
        partial.replace(whole)


class NoMailer:
    """Nobody has said how."""

    def send(self, letter: Letter) -> None:  # noqa: ARG002 - the log is no place for it
        log.warning("a letter was not sent: MAIL_SENDER is empty")
