"""Signing in with e-mail address and password."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from chalicelib.auth import emails, passwords, sessions, throttle
from chalicelib.auth.keys import KeyRing
from chalicelib.auth.model import Account, AccountStore, AttemptStore, SessionStore, WrongCredentialsError
from chalicelib.settings import Settings

NOBODY = "00000000-0000-0000-0000-000000000000"


def sign_in(
    email: str,
    password: str,
    address: str,
    accounts: AccountStore,
    session_store: SessionStore,
    attempts: AttemptStore,
    keys: KeyRing,
    settings: Settings,
    now: datetime,
) -> sessions.TokenPair:
    """A new session. An unknown account costs the same steps as a wrong password: neither answer nor time tells.

    Raises:
        WrongCredentialsError: no such account, or not its password.
        ThrottledError: too many failures for the account or from the address.
    """
    email, from_address = emails.folded(email), address_key("sign-in", address)
    throttle.check_address(attempts, from_address, settings, now)
    user_id = accounts.find_user_id(email) or NOBODY
    account = accounts.find(user_id)
    familiar = session_store.is_familiar(user_id, address)
    key = f"account#{_digest(email)}" + (f"#{_digest(address)}" if familiar else "")
    throttle.take_account_attempt(attempts, key, settings, now)
    right = passwords.matches(password, account.password_hash if account else None, settings)
    pair = None
    if right and account:
        account = _rehashed(account, password, accounts, settings)
        pair = sessions.start(account, session_store, keys, settings, now)
    if pair is None:
        throttle.count_address_failure(attempts, from_address, settings, now)
        raise WrongCredentialsError("The e-mail address or the password is wrong.")
    attempts.forget(key)
    session_store.remember_address(user_id, address, now + timedelta(days=throttle.FAMILIAR_DAYS))
    return pair


def address_key(what: str, address: str) -> str:
    """The throttle's key of a network address; each kind of failure has a counter of its own."""
    return f"{what}#{_digest(address)}"


def _rehashed(account: Account, password: str, accounts: AccountStore, settings: Settings) -> Account:
    """The account with a hash of today's parameters."""
    if not passwords.outdated(account.password_hash, settings):
        return account
    fresh = passwords.hash_of(password, settings)
    if accounts.change_password(account.user_id, account.password_hash, fresh):
        return msgspec.structs.replace(account, password_hash=fresh)
    return accounts.find(account.user_id) or account  # a sign-in beside this one was faster


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
