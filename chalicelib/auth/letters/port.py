"""Letters, the wish for one, and codes as plain data, and the ports of what keeps and sends them."""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from chalicelib.errors import InvalidInputError

type Purpose = Literal["confirm", "reset"]


class InvalidCodeError(InvalidInputError):
    """Unknown, used, expired, or of another purpose: nobody outside learns which."""


class LetterRefusedError(Exception):
    """Who sends letters did not take one, or was not reached. The text is a code of theirs and names nobody."""


class LetterWanted(msgspec.Struct, frozen=True, kw_only=True):
    """A wish that waits in the queue. Whether anybody has this address is looked up when it is fulfilled, so that the
    request for it takes as long either way. Fulfilling it twice sends two letters, both good."""

    purpose: Purpose
    email: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """What is sent: plain text, to an address in ASCII; the same as HTML, and headers of its own, where it has them."""

    to: str
    subject: str
    text: str
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()


class Code(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a code that was sent, which is its SHA-256. Good until it is used, expires, or the account begins
    another session epoch."""

    user_id: str
    sha256: str
    purpose: Purpose
    epoch: int
    expires_at: datetime


class LetterQueue(Protocol):
    """Where wishes wait."""

    def send(self, message: LetterWanted) -> None:
        """Puts the wish into the queue."""


class Mailer(Protocol):
    """How letters leave."""

    def send(self, letter: Letter) -> None:
        """Hands the letter over. Raises `LetterRefusedError`."""


class CodeStore(Protocol):
    """Codes by user. They go with the user's sessions when the account is purged."""

    def put(self, code: Code) -> None:
        """Keeps a code."""

    def find(self, user_id: str, sha256: str) -> Code | None:
        """The code, read consistently; None when it never was, was used or has expired."""

    def take(self, code: Code) -> bool:
        """Uses the code up; False when somebody else was faster."""
