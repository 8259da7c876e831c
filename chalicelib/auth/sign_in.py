"""Signing in with e-mail address and password."""

import logging
from datetime import datetime, timedelta

import msgspec

from chalicelib.auth import emails, passwords, sessions, throttle
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.model import Account, WrongCredentialsError

log = logging.getLogger(__name__)

NOBODY = "00000000-0000-0000-0000-000000000000"


def sign_in(email: str, password: str, address: str, dependencies: Dependencies, now: datetime) -> sessions.TokenPair:
    """A new session. An unknown account costs the same steps as a wrong password: neither answer nor time tells.

    `address` is the caller's network address as API Gateway saw it.

    Raises:
        WrongCredentialsError: no such account, or not its password.
        ThrottledError: too many failures for the account or from the address.
    """
    email, address = emails.folded(email), throttle.network_of(address)
    from_address = throttle.address_key("sign-in", address)
    throttle.check_address(dependencies.attempts, from_address, dependencies.settings, now)
    user_id = dependencies.accounts.find_user_id(email) or NOBODY
    account = dependencies.accounts.find(user_id)
    familiar = dependencies.sessions.is_familiar(user_id, address, account.session_epoch if account else 0)
    key = f"account#{throttle.digest(email)}" + (f"#{throttle.digest(address)}" if familiar else "")
    throttle.take_account_attempt(dependencies.attempts, key, dependencies.settings, now)
    right = passwords.matches(password, account.password_hash if account else None, dependencies.settings)
    pair = sessions.start(_rehashed(account, password, dependencies), dependencies, now) if right and account else None
    if pair is None or account is None:
        throttle.count_address_failure(dependencies.attempts, from_address, dependencies.settings, now)
        log.info("sign-in refused: user %s", user_id)
        raise WrongCredentialsError("The e-mail address or the password is wrong.")
    dependencies.attempts.forget(key)
    until = now + timedelta(days=throttle.FAMILIAR_DAYS)
    dependencies.sessions.remember_address(user_id, address, account.session_epoch, until)
    log.info("signed in: user %s", user_id)
    return pair


def _rehashed(account: Account, password: str, dependencies: Dependencies) -> Account:
    """The account with a hash of today's parameters."""
    if not passwords.outdated(account.password_hash, dependencies.settings):
        return account
    fresh = passwords.hash_of(password, dependencies.settings)
    if dependencies.accounts.rehash_password(account.user_id, account.password_hash, fresh):
        return msgspec.structs.replace(account, password_hash=fresh)
    return dependencies.accounts.find(account.user_id) or account  # a sign-in beside this one was faster
