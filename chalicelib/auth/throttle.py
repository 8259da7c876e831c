"""Slows down guessing without letting a stranger lock anybody out (docs/decisions/011-throttling.md).

Failures are counted per account and per address. From an address the viewer has signed in from lately, the account's
counter is one of its own, so that strangers' failures never keep a viewer out at home.
"""

import hashlib
import ipaddress
from datetime import datetime, timedelta
from math import ceil

from chalicelib.auth.model import AttemptStore, ThrottledError
from chalicelib.settings import Settings

WAIT_SECONDS = 15  # the first wait; doubled by each failure after it
WAIT_SECONDS_MAX = 120  # a stranger can delay a sign-in from a new address by no more; leaves 720 guesses a day
FAMILIAR_DAYS = 30  # as long as a refresh token
ADDRESS_STRIDE = 10  # an address's wait doubles every ten failures: many people may stand behind it
HOUR_SECONDS = 3_600
NETWORK_BITS = 64  # of an IPv6 address: one household or host has at least that many to choose from (RFC 6177)


def address_key(what: str, address: str) -> str:
    """The counter's key of a network address; each kind of thing that is counted has a counter of its own."""
    return f"{what}#{digest(network_of(address))}"


def network_of(address: str) -> str:
    """What counts as one address: an IPv4 address, the first half of an IPv6 one; a text that is neither, as it is."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return str(known)
    mapped = ipaddress.IPv6Address(known).ipv4_mapped
    return str(mapped or ipaddress.ip_network((int(known) >> NETWORK_BITS << NETWORK_BITS, NETWORK_BITS)))


def digest(text: str) -> str:
    """What stands for an e-mail address or a network address in a counter's key."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def take_registration(attempts: AttemptStore, address: str, settings: Settings, now: datetime) -> None:
    """Counts a new account of a network address before it is made, so that a thousand at once are not all made.

    Raises:
        ThrottledError: the address has had its accounts of this hour, which began with the first of them.
    """
    key = address_key("registered", address)
    if not attempts.admit(key, now, settings.registrations_per_hour, HOUR_SECONDS):
        found = attempts.find(key, now)
        raise _refusal(found.blocked_until if found else now, now, "Too many new accounts from this network address.")


def give_registration_back(attempts: AttemptStore, address: str) -> None:
    """The account that was counted was not made."""
    attempts.give_back(address_key("registered", address))


def check_address(attempts: AttemptStore, key: str, settings: Settings, now: datetime) -> None:
    """Refuses an address that has failed too often and has not waited. Raises `ThrottledError`."""
    found = attempts.find(key, now)
    if found and found.count >= settings.throttle_failures_per_address and found.blocked_until > now:
        raise _refusal(found.blocked_until, now)


def count_address_failure(attempts: AttemptStore, key: str, settings: Settings, now: datetime) -> None:
    """Counts a failure of an address; a few in flight at once may go over the limit, which is a coarse one."""
    limit, window = settings.throttle_failures_per_address, settings.throttle_window_seconds
    count = attempts.take(key, now, limit, window, WAIT_SECONDS)
    if count is not None and count > limit:
        _lengthen(attempts, key, (count - limit) // ADDRESS_STRIDE, settings, now)


def take_account_attempt(attempts: AttemptStore, key: str, settings: Settings, now: datetime) -> None:
    """Counts an attempt before the password is looked at, so that a thousand guesses at once count as a thousand.

    Raises:
        ThrottledError: the limit is reached and the wait is not over. Such an attempt does not lengthen the wait.
    """
    limit, window = settings.throttle_failures_per_account, settings.throttle_window_seconds
    count = attempts.take(key, now, limit, window, WAIT_SECONDS)
    if count is None:
        found = attempts.find(key, now)
        raise _refusal(found.blocked_until if found else now, now)
    if count > limit:
        _lengthen(attempts, key, count - limit, settings, now)


def wait_seconds(step: int) -> int:
    """The wait after the `step`-th failure beyond the limit; 0 is the one that reached it."""
    return min(WAIT_SECONDS << min(step, 16), WAIT_SECONDS_MAX)


def _lengthen(attempts: AttemptStore, key: str, step: int, settings: Settings, now: datetime) -> None:
    until = now + timedelta(seconds=wait_seconds(step))
    attempts.block(key, until, until + timedelta(seconds=settings.throttle_window_seconds))


def _refusal(
    until: datetime, now: datetime, said: str = "Too many failed attempts; try again later."
) -> ThrottledError:
    return ThrottledError(said, max(1, ceil((until - now).total_seconds())))
