"""What the use cases work with."""

from dataclasses import dataclass

from chalicelib.auth.keys import KeyRing
from chalicelib.auth.model import AccountStore, AttemptStore, SessionStore
from chalicelib.settings import Settings


@dataclass(frozen=True, slots=True)
class Dependencies:
    """Stores, keys and limits; given by the wiring, and by tests with fakes."""

    accounts: AccountStore
    sessions: SessionStore
    attempts: AttemptStore
    keys: KeyRing
    settings: Settings
