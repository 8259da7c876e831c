"""A little world to sign in to: fakes, one key, Argon2 with its cheapest parameters."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from chalicelib.auth import accounts, sessions
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.keys import KeyRing
from chalicelib.auth.model import Account
from chalicelib.auth.proof_of_work import Proof, leading_zeros
from chalicelib.auth.sign_in import sign_in
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_accounts import FakeAccountStore, FakeAttemptStore, FakeSessionStore

EMAIL = "vera@example.com"
PASSWORD = "eleven green bottles"
HOME = "192.0.2.1"
SECRET = "0123456789abcdef" * 4
CHEAP: dict[str, Any] = {"argon2_memory_kib": 8, "argon2_iterations": 1}


def key_set(*kids: str, secret: str = SECRET) -> str:
    """A secret's text with these keys, newest first."""
    keys = [{"kid": kid, "secret": kid + secret, "created_at": len(kids) - at} for at, kid in enumerate(kids)]
    return json.dumps({"keys": keys})


def solved(challenge: str, bits: int) -> Proof:
    """The work that a 429 asks for."""
    begun = hashlib.sha256(f"{challenge}:".encode())
    for number in count():
        (tried := begun.copy()).update(str(number).encode())
        if leading_zeros(tried.digest()) >= bits:
            return Proof(challenge=challenge, solution=str(number))
    raise AssertionError


@dataclass
class World:
    """Fakes behind `dependencies`, and a clock that tests move by hand."""

    settings: Settings = field(default_factory=lambda: Settings(**CHEAP))
    now: datetime = NOW

    def __post_init__(self) -> None:
        self.accounts = FakeAccountStore()
        self.sessions = FakeSessionStore(self.accounts, lambda: self.now)
        self.attempts = FakeAttemptStore()
        self.keys = KeyRing(lambda: key_set("one"))
        self.dependencies = Dependencies(self.accounts, self.sessions, self.attempts, self.keys, self.settings)

    def pass_seconds(self, seconds: float) -> None:
        """Moves the clock."""
        self.now += timedelta(seconds=seconds)

    def register(self, email: str = EMAIL, password: str = PASSWORD, **more: Any) -> Account:
        """A new account."""
        given = {"name": None, "language": "ru", "address": HOME} | more
        return accounts.register(
            email, password, given["name"], given["language"], given["address"], self.dependencies, self.now
        )

    def sign_in(
        self, password: str = PASSWORD, email: str = EMAIL, address: str = HOME, proof: Proof | None = None
    ) -> sessions.TokenPair:
        """A sign-in from an address."""
        return sign_in(email, password, address, self.dependencies, self.now, proof)

    def refresh(self, token: str) -> sessions.TokenPair:
        """A refresh."""
        return sessions.refresh(token, self.dependencies, self.now, HOME)


def accounts_record(pk: str, sequence: str = "1", name: str = "INSERT") -> dict[str, Any]:
    """A stream record of the accounts table, with keys alone."""
    data = {
        "Keys": {"pk": {"S": pk}},
        "SequenceNumber": sequence,
        "ApproximateCreationDateTime": 0,
        "SizeBytes": 1,
        "StreamViewType": "KEYS_ONLY",
    }
    return {"eventID": sequence, "eventName": name, "eventSourceARN": "arn", "awsRegion": "region", "dynamodb": data}
