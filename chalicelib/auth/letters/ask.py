"""Asking for a letter: nobody learns from it whether an account exists."""

import logging
from datetime import datetime

from chalicelib.auth import emails, security_events, throttle
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.letters.port import LetterQueue, LetterWanted
from chalicelib.auth.model import Account
from chalicelib.settings import Settings
from chalicelib.tracing import hashed

log = logging.getLogger(__name__)


def ask_to_confirm(account: Account, queue: LetterQueue, settings: Settings) -> None:
    """Wants a letter for a new account, where the site confirms addresses.

    A failure is logged and no more: the account is made, and a letter for a forgotten password confirms as well.
    """
    if not settings.confirm_email:
        return
    try:
        queue.send(LetterWanted(purpose="confirm", email=account.email))
    except Exception:
        log.exception("no letter to confirm an address: user %s", hashed(account.user_id))


def ask_to_reset(email: str, address: str, queue: LetterQueue, dependencies: Dependencies, now: datetime) -> None:
    """Wants a letter to whoever has this e-mail address, if anybody has. A mailbox gets few of them an hour, whoever
    asks; one wish too many is dropped without a word. `address` is the caller's network address.

    Raises:
        ThrottledError: too many were wanted from that network address.
    """
    email, attempts, settings = emails.folded(email), dependencies.attempts, dependencies.settings
    with security_events.noting_throttles(dependencies.keys, address=address):
        throttle.take_letter(attempts, address, settings, now)
    if len(email) <= emails.EMAIL_CHARACTERS_MAX and throttle.is_letter_due(attempts, email, settings, now):
        queue.send(LetterWanted(purpose="reset", email=email))
