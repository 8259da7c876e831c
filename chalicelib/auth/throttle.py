"""Slows down guessing without letting a stranger keep anybody out (docs/decisions/015-work-instead-of-waits.md).

Failures are counted for an account at one address, for an account at all unfamiliar ones together, and for an address.
An address the viewer has signed in from lately is asked for the first alone. Who is refused may work, and not wait.
"""

import hashlib
import ipaddress
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from chalicelib.auth.model import AttemptStore, ThrottledError
from chalicelib.settings import Settings

WAIT_SECONDS = 15  # the first wait; doubled by each failure after it
WAIT_SECONDS_MAX = 120  # leaves an address 720 guesses a day at one account
FAMILIAR_DAYS = 30  # as long as a refresh token
ADDRESS_STRIDE = 10  # an address's wait doubles every ten failures: many people may stand behind it
HOUR_SECONDS = 3_600
WORK_BITS = 16  # 65,536 hashes: half a second of a browser
WORK_BITS_MAX = 20  # a million: ten seconds of one; the owner pays it too
WORK_STRIDE = 10  # the work doubles each time as the failures over the limit do, from the tenth on
NO_LIMIT = 1_000_000_000
TOO_MANY = "Too many failed attempts; try again later."
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
    said = "Too many new accounts from this network address."
    _take(attempts, address_key("registered", address), settings.registrations_per_hour, now, said)


def give_registration_back(attempts: AttemptStore, address: str) -> None:
    """The account that was counted was not made."""
    attempts.give_back(address_key("registered", address))


def take_letter(attempts: AttemptStore, address: str, settings: Settings, now: datetime) -> None:
    """Counts a wish for a letter from a network address. Raises `ThrottledError`."""
    said = "Too many letters wanted from this network address."
    _take(attempts, address_key("letters", address), settings.letters_per_address_and_hour, now, said)


def take_joining(attempts: AttemptStore, address: str, settings: Settings, now: datetime) -> None:
    """Counts an attempt to join an evening by a code, right or wrong. Raises `ThrottledError`."""
    said = "Too many evenings joined from this network address."
    _take(attempts, address_key("evenings", address), settings.joinings_per_address_and_hour, now, said)


def is_letter_due(attempts: AttemptStore, email: str, settings: Settings, now: datetime) -> bool:
    """Whether a mailbox, ours or nobody's, may get one more letter within this hour; counts it."""
    return attempts.admit(f"letters-to#{digest(email)}", now, settings.letters_per_mailbox_and_hour, HOUR_SECONDS)


@dataclass(frozen=True, slots=True)
class Guess:
    """A sign-in as the throttle sees it. `network` as `network_of` gives it; `is_paid`: work was done for it."""

    email: str
    network: str
    is_familiar: bool
    is_paid: bool = False

    @property
    def subject(self) -> str:
        """Whose attempt it is at what."""
        return f"{digest(self.email)}#{digest(self.network)}"

    @property
    def account_key(self) -> str:
        """The account at this address."""
        return f"account#{self.subject}"

    @property
    def strangers_key(self) -> str:
        """The account at all addresses that it has not been signed in from."""
        return f"strangers#{digest(self.email)}"

    @property
    def network_key(self) -> str:
        """The address, whatever the account."""
        return address_key("sign-in", self.network)


def take_guess(attempts: AttemptStore, guess: Guess, settings: Settings, now: datetime) -> None:
    """Counts a sign-in before the password is looked at, so that a thousand guesses at once count as a thousand.

    Raises:
        ThrottledError: one of the three limits is reached. Such an attempt is not counted, and lengthens no wait.
    """
    if guess.is_paid:
        attempts.admit(guess.account_key, now, NO_LIMIT, settings.throttle_window_seconds)
    else:
        if not guess.is_familiar:
            check_address(attempts, guess.network_key, settings, now)
        take_account_attempt(attempts, guess.account_key, settings, now)
    if guess.is_familiar:
        return
    limit = NO_LIMIT if guess.is_paid else settings.throttle_strangers_per_account
    try:
        _take(attempts, guess.strangers_key, limit, now)
    except ThrottledError:
        attempts.give_back(guess.account_key)
        raise


def forgive(attempts: AttemptStore, guess: Guess) -> None:
    """The password was right."""
    attempts.forget(guess.account_key)
    if not guess.is_familiar:
        attempts.give_back(guess.strangers_key)


def count_failure(attempts: AttemptStore, guess: Guess, settings: Settings, now: datetime) -> None:
    """The password was wrong, or there is no such account."""
    if not guess.is_familiar:
        count_address_failure(attempts, guess.network_key, settings, now)


def work_bits(attempts: AttemptStore, guess: Guess, settings: Settings, now: datetime) -> int:
    """How hard the work is that pays for a sign-in: the harder, the more strangers have failed at the account."""
    found = attempts.find(guess.strangers_key, now)
    over = max(0, (found.count if found else 0) - settings.throttle_strangers_per_account)
    return min(WORK_BITS + (over // WORK_STRIDE).bit_length(), WORK_BITS_MAX)


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


def _take(attempts: AttemptStore, key: str, limit: int, now: datetime, said: str = TOO_MANY) -> None:
    """Counts one more within the key's hour. Raises `ThrottledError` until its end when it holds `limit` already."""
    if not attempts.admit(key, now, limit, HOUR_SECONDS):
        found = attempts.find(key, now)
        raise _refusal(found.blocked_until if found else now, now, said)


def _refusal(until: datetime, now: datetime, said: str = TOO_MANY) -> ThrottledError:
    return ThrottledError(said, max(1, ceil((until - now).total_seconds())))
