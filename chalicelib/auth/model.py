"""Accounts, sessions and attempt counters as plain data, and the ports of the stores that keep them."""

from datetime import datetime
from typing import Protocol

import msgspec

from chalicelib.errors import ConflictError, NotFoundError, TooManyRequestsError, UnauthorizedError
from chalicelib.language import Language


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One viewer's account. `email` is in the form `emails.normalised` gives; at most one account holds it."""

    user_id: str
    email: str
    password_hash: str
    name: str | None = None
    language: Language = "ru"
    age_limit: int | None = None  # films for older viewers are not shown; None: no limit
    region: str | None = None  # ISO 3166
    created_at: datetime
    session_epoch: int = 0  # counts changes of the password; sessions of an earlier epoch are over
    confirmed_at: datetime | None = None  # when the owner showed that letters arrive
    is_operator: bool = False
    letters_since: datetime | None = None  # when the owner asked for the weekly letter; None: they get none


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-in and all refresh tokens that came of it, one after the other (a family).

    Only the newest token, by its hash, is good. `previous_hash` is the one spent last, `previous_spent_at` its first
    use; `generation` counts the pairs handed out. A session whose `epoch` is not its account's is over, whether or not
    its row has been removed yet.
    """

    user_id: str
    session_id: str
    current_hash: str
    previous_hash: str | None = None
    previous_spent_at: datetime | None = None
    generation: int = 1
    epoch: int = 0
    started_at: datetime
    expires_at: datetime
    device: str | None = None  # `Chrome, Android`, as `device.py` says it


class Attempts(msgspec.Struct, frozen=True, kw_only=True):
    """What a throttle remembers of one account or address: how often, and until when it has to wait."""

    count: int
    blocked_until: datetime


class EmailTakenError(ConflictError):
    """Another account holds this e-mail address."""


class WrongCredentialsError(UnauthorizedError):
    """No such account, or not its password: nobody outside learns which."""


class SessionOverError(UnauthorizedError):
    """A refresh token that is unknown, expired, spent or revoked."""


class SessionNotFoundError(NotFoundError):
    """The viewer has no such session, or no longer."""


class ThrottledError(TooManyRequestsError):
    """Too many failures lately for this account, or too much of something from this address."""


class AccountStore(Protocol):
    """Accounts by user id, and who holds which e-mail address."""

    def add(self, account: Account) -> None:
        """Stores a new account and claims its address, both or neither. Raises `EmailTakenError`."""

    def find(self, user_id: str) -> Account | None:
        """The account, read consistently; None when it never was or has been deleted."""

    def find_user_id(self, email: str) -> str | None:
        """Who holds this normalised address, read consistently."""

    def change_profile(
        self,
        user_id: str,
        name: str | None,
        language: Language,
        age_limit: int | None = None,
        region: str | None = None,
    ) -> bool:
        """Sets all four fields; False when there is no such account."""

    def set_letters(self, user_id: str, since: datetime | None) -> bool:
        """Notes that the owner wants the weekly letter, or no more; False when there is no such account. Apart from the
        profile: a change of that must not bring back what a letter's link has ended."""

    def change_password(self, user_id: str, old_hash: str, new_hash: str) -> bool:
        """Replaces the password's hash if it still is `old_hash` and begins a new session epoch, in one step."""

    def confirm(self, user_id: str, now: datetime) -> None:
        """Notes that letters arrive, unless that is known or there is no such account."""

    def rehash_password(self, user_id: str, old_hash: str, new_hash: str) -> bool:
        """Replaces the hash of an unchanged password if it still is `old_hash`; sessions live on."""

    def erase(self, account: Account, erased_at: datetime, forgotten_at: datetime) -> bool:
        """One step: removes the account, frees its address, leaves a tombstone until `forgotten_at`. False when the
        account was gone already."""

    def is_erased(self, user_id: str) -> bool:
        """Whether a tombstone stands for this user."""

    def set_operator(self, user_id: str, *, is_operator: bool) -> bool:
        """Grants the role of an operator, or takes it; False when there is no such account."""


class SessionStore(Protocol):
    """Sessions and the addresses a viewer has signed in from, by user."""

    def start(self, session: Session, password_hash: str) -> bool:
        """Stores a new session if the account's password still has this hash, else returns False."""

    def find(self, user_id: str, session_id: str) -> Session | None:
        """The session, read consistently; None when it never was, has expired or was revoked."""

    def put_rotated(self, old: Session, new: Session) -> bool:
        """Stores `new` if the stored session still is `old`; False when it was rotated or revoked meanwhile."""

    def revoke(self, user_id: str, session_id: str) -> None:
        """Ends one session for good."""

    def revoke_all(self, user_id: str) -> None:
        """Ends every session of the user and forgets the addresses."""

    def list_all(self, user_id: str) -> list[Session]:
        """Every session of the user that is stored."""

    def count_addresses(self, user_id: str) -> int:
        """How many familiar addresses are stored."""

    def is_familiar(self, user_id: str, address: str, epoch: int) -> bool:
        """Whether the user has signed in from this address lately, in this session epoch."""

    def remember_address(self, user_id: str, address: str, epoch: int, until: datetime) -> None:
        """Makes the address familiar until then or until the epoch ends."""


class AttemptStore(Protocol):
    """Counters behind the throttle. Keys are digests: no address and no e-mail address is stored."""

    def find(self, key: str, now: datetime) -> Attempts | None:
        """The counter, read consistently; None when it has run out."""

    def take(self, key: str, now: datetime, limit: int, window_seconds: int, wait_seconds: int) -> int | None:
        """Counts an attempt before it is made, in one atomic write, and returns its number; None when `limit` is
        reached and the wait is not over. The attempt after the limit blocks the key for `wait_seconds`."""

    def admit(self, key: str, now: datetime, limit: int, window_seconds: int) -> bool:
        """Counts one more within a window that begins with its first, in one atomic write; False when it holds `limit`
        already. The counter's `blocked_until` is the window's end."""

    def keep(self, key: str, counted: Attempts, forgotten_at: datetime) -> None:
        """Stores a counter as it is, in place of one that stands there."""

    def give_back(self, key: str) -> None:
        """Takes one from a counter: what it was counted for did not come about."""

    def block(self, key: str, until: datetime, forgotten_at: datetime) -> None:
        """Lengthens the wait of a counter."""

    def forget(self, key: str) -> None:
        """Starts over."""
