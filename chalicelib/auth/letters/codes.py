"""Codes of letters: 16 bytes of user id and 208 random bits. Only the SHA-256 is kept, which is enough for what nobody
can guess."""

import base64
import hashlib
import secrets
import uuid
from datetime import datetime, timedelta

from chalicelib.auth.letters.port import Code, CodeStore, InvalidCodeError, Purpose
from chalicelib.auth.model import Account, AccountStore

RANDOM_BYTES = 26  # with the id 42 bytes: 56 letters, none of them padding
LIFETIME: dict[Purpose, timedelta] = {
    "confirm": timedelta(days=3),
    "reset": timedelta(hours=1),  # a letter may be held back by a careful mail server for half of that
}


def new_code(account: Account, purpose: Purpose, codes: CodeStore, now: datetime) -> str:
    """A code for this account's owner, kept until it is used."""
    raw = uuid.UUID(account.user_id).bytes + secrets.token_bytes(RANDOM_BYTES)
    text = base64.urlsafe_b64encode(raw).decode()
    code = Code(
        user_id=account.user_id,
        sha256=_hash(text),
        purpose=purpose,
        epoch=account.session_epoch,
        expires_at=now + LIFETIME[purpose],
    )
    codes.put(code)
    return text


def find_code(
    text: str, purpose: Purpose, accounts: AccountStore, codes: CodeStore, now: datetime
) -> tuple[Account, Code]:
    """The account and what is kept of the code. Raises `InvalidCodeError`."""
    try:
        raw = base64.b64decode(text.strip(), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    if len(raw) != 16 + RANDOM_BYTES:
        raise _invalid()
    user_id = str(uuid.UUID(bytes=raw[:16]))
    account, code = accounts.find(user_id), codes.find(user_id, _hash(text.strip()))
    if account is None or code is None or code.purpose != purpose or code.expires_at <= now:
        raise _invalid()
    if code.epoch != account.session_epoch:
        raise _invalid()
    return account, code


def use_up(code: Code, codes: CodeStore) -> None:
    """From now on the code is good for nothing. Raises `InvalidCodeError` when another request has used it."""
    if not codes.take(code):
        raise _invalid()


def _invalid() -> InvalidCodeError:
    return InvalidCodeError("This code is unknown, used or too old: ask for another one.", "token")


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
