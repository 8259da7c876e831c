"""What the code of a letter is good for."""

import logging
from datetime import datetime

from chalicelib.auth import passwords
from chalicelib.auth.letters.codes import find_code, use_up
from chalicelib.auth.letters.port import CodeStore, InvalidCodeError
from chalicelib.auth.model import AccountStore
from chalicelib.settings import Settings
from chalicelib.tracing import hashed

log = logging.getLogger(__name__)


def confirm_email(token: str, accounts: AccountStore, codes: CodeStore, now: datetime) -> str:
    """Notes that the account's owner reads its mail. Returns the user id. Raises `InvalidCodeError`."""
    account, code = find_code(token, "confirm", accounts, codes, now)
    use_up(code, codes)
    accounts.confirm(account.user_id, now)
    log.info("address confirmed: user %s", hashed(account.user_id))
    return account.user_id


def reset_password(
    token: str, new: str, accounts: AccountStore, codes: CodeStore, settings: Settings, now: datetime
) -> str:
    """Sets another password and ends every session, as changing it does; reading the letter confirms the address too.
    Returns the user id.

    Raises:
        InvalidCodeError: the code is good for nothing.
        InvalidInputError: `new` may not be chosen; the code stays good.
    """
    account, code = find_code(token, "reset", accounts, codes, now)
    chosen = passwords.check_new(new, account.email, "new_password")
    use_up(code, codes)
    fresh = passwords.hash_of(chosen, settings)
    if not accounts.change_password(account.user_id, account.password_hash, fresh):
        raise InvalidCodeError("The password was changed meanwhile: ask for another code.", "token")
    accounts.confirm(account.user_id, now)
    log.info("password set by letter: user %s", hashed(account.user_id))
    return account.user_id
