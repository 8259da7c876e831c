"""The address that ends the letters: good for one account and for nothing else, and needs no sign-in.

Its token is 16 bytes of user id and a MAC of 16 under a key for this purpose alone, so nothing has to be kept of it. It
does not expire: who looks into an old letter may still want no more. It ends with the key it was made by.
"""

import base64
import hashlib
import hmac
import logging
import uuid

from chalicelib.auth.keys import KeyRing, derived_keys
from chalicelib.auth.model import Account, AccountStore
from chalicelib.errors import InvalidInputError
from chalicelib.tracing import hashed

log = logging.getLogger(__name__)

PATH = "v1/letters/unsubscribe"
PURPOSE = b"unsubscribe from letters"
MAC_BYTES = 16


class InvalidLinkError(InvalidInputError):
    """The address of no letter of ours."""


def unsubscribe_url(site_url: str, user_id: str, keys: KeyRing) -> str:
    """`site_url` is the page's address, with its last slash."""
    raw = uuid.UUID(user_id).bytes
    token = base64.urlsafe_b64encode(raw + _mac(derived_keys(keys, PURPOSE)[0], raw)).rstrip(b"=").decode()
    return f"{site_url}{PATH}?token={token}"


def find_owner(token: str, accounts: AccountStore, keys: KeyRing) -> Account | None:
    """Whose letters the token ends; None when the account is gone. Raises `InvalidLinkError`."""
    return accounts.find(_user_id(token, keys))


def unsubscribe(token: str, accounts: AccountStore, keys: KeyRing) -> Account | None:
    """No more letters, from now on. Safe to repeat, also when the account is gone. Returns it as it was.

    Raises:
        InvalidLinkError: no token of ours.
    """
    user_id = _user_id(token, keys)
    account = accounts.find(user_id)
    if account and account.letters_since:
        accounts.set_letters(user_id, None)
        log.info("no more letters, by a letter's link: user %s", hashed(user_id))
    return account


def _user_id(token: str, keys: KeyRing) -> str:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    said, mac = raw[:16], raw[16:]
    if len(mac) != MAC_BYTES or not any(
        hmac.compare_digest(_mac(key, said), mac) for key in derived_keys(keys, PURPOSE)
    ):
        raise InvalidLinkError("This link is not whole, or too old: the profile has a switch.", "token")
    return str(uuid.UUID(bytes=said))


def _mac(key: bytes, raw: bytes) -> bytes:
    return hmac.digest(key, raw, hashlib.sha256)[:MAC_BYTES]
