"""Signing in with e-mail address and password."""

import logging
from dataclasses import replace
from datetime import datetime, timedelta

import msgspec

from chalicelib.auth import emails, passwords, proof_of_work, security_events, sessions, throttle
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.model import Account, ThrottledError, WrongCredentialsError
from chalicelib.auth.proof_of_work import Proof
from chalicelib.tracing import hashed

log = logging.getLogger(__name__)

NOBODY = "00000000-0000-0000-0000-000000000000"


def sign_in(
    email: str,
    password: str,
    address: str,
    dependencies: Dependencies,
    now: datetime,
    proof: Proof | None = None,
    device: str | None = None,
) -> sessions.TokenPair:
    """A new session. An unknown account costs the same steps as a wrong password: neither answer nor time tells.

    `address` is the caller's network address; `proof` is the work that an earlier refusal has asked for;
    `device`, what the viewer will know the session by.

    Raises:
        WrongCredentialsError: no such account, or not its password.
        ThrottledError: too many failures for the account or from the address; says what work would do.
    """
    email, network = emails.folded(email), throttle.network_of(address)
    user_id = dependencies.accounts.find_user_id(email) or NOBODY
    account = dependencies.accounts.find(user_id)
    familiar = dependencies.sessions.is_familiar(user_id, network, account.session_epoch if account else 0)
    guess = _taken(throttle.Guess(email, network, familiar), user_id, proof, dependencies, now)
    right = passwords.matches(password, account.password_hash if account else None, dependencies.settings)
    pair = None
    if right and account:
        pair = sessions.start(_rehashed(account, password, dependencies), dependencies, now, device)
    if pair is None or account is None:
        throttle.count_failure(dependencies.attempts, guess, dependencies.settings, now)
        log.info("sign-in refused: user %s", hashed(user_id))
        raise WrongCredentialsError("The e-mail address or the password is wrong.")
    throttle.forgive(dependencies.attempts, guess)
    until = now + timedelta(days=throttle.FAMILIAR_DAYS)
    dependencies.sessions.remember_address(user_id, network, account.session_epoch, until)
    log.info("signed in: user %s", hashed(user_id))
    return pair


def _taken(
    guess: throttle.Guess, user_id: str, proof: Proof | None, dependencies: Dependencies, now: datetime
) -> throttle.Guess:
    """The guess, counted. Raises `ThrottledError` with the work that would pay for it."""
    attempts, settings = dependencies.attempts, dependencies.settings
    paid = proof_of_work.is_paid(proof, guess.subject, attempts, dependencies.keys, now)
    guess = replace(guess, is_paid=paid)
    try:
        with security_events.noting_throttles(dependencies.keys, user_id, guess.network):
            throttle.take_guess(attempts, guess, settings, now)
    except ThrottledError as refusal:
        bits = throttle.work_bits(attempts, guess, settings, now)
        refusal.proof_of_work = proof_of_work.asked_of(guess.subject, bits, dependencies.keys, now)
        raise
    return guess


def _rehashed(account: Account, password: str, dependencies: Dependencies) -> Account:
    """The account with a hash of today's parameters."""
    if not passwords.outdated(account.password_hash, dependencies.settings):
        return account
    fresh = passwords.hash_of(password, dependencies.settings)
    if dependencies.accounts.rehash_password(account.user_id, account.password_hash, fresh):
        return msgspec.structs.replace(account, password_hash=fresh)
    return dependencies.accounts.find(account.user_id) or account  # a sign-in beside this one was faster
