"""Work pays for one attempt of its own subject, in its time, and for nothing else."""

import base64
from datetime import timedelta

import pytest

from chalicelib.auth.keys import KeyRing
from chalicelib.auth.proof_of_work import LIFETIME_SECONDS, Proof, asked_of, is_paid, leading_zeros
from tests.auth_world import key_set, solved
from tests.factories import NOW
from tests.fake_accounts import FakeAttemptStore

KEYS = KeyRing(lambda: key_set("one"))
BITS = 8


def paid(proof: Proof | None, subject: str = "vera", seconds: float = 0, keys: KeyRing = KEYS) -> bool:
    return is_paid(proof, subject, FakeAttemptStore(), keys, NOW + timedelta(seconds=seconds))


@pytest.fixture
def proof() -> Proof:
    asked = asked_of("vera", BITS, KEYS, NOW)
    assert asked.bits == BITS
    return solved(asked.challenge, asked.bits)


def test_work_pays_for_its_own_subject_until_its_time_is_over(proof: Proof) -> None:
    assert paid(proof)
    assert paid(proof, seconds=LIFETIME_SECONDS - 1)
    assert not paid(proof, seconds=LIFETIME_SECONDS)
    assert not paid(proof, "oleg")
    assert not paid(None)


def test_work_pays_once(proof: Proof) -> None:
    attempts = FakeAttemptStore()
    assert [is_paid(proof, "vera", attempts, KEYS, NOW) for _ in range(3)] == [True, False, False]


def test_nothing_is_paid_when_the_work_was_not_done(proof: Proof) -> None:
    assert sum(paid(Proof(challenge=proof.challenge, solution=f"x{number}")) for number in range(200)) < 20


def test_a_challenge_that_was_made_up_or_changed_pays_for_nothing(proof: Proof) -> None:
    raw = base64.urlsafe_b64decode(proof.challenge + "=" * (-len(proof.challenge) % 4))
    assert b'"vera",8' in raw
    easier = base64.urlsafe_b64encode(raw.replace(b'"vera",8', b'"vera",0')).decode().rstrip("=")
    for challenge in (easier, "", "é", "A" * 100, proof.challenge[:-2]):
        assert not paid(Proof(challenge=challenge, solution=proof.solution)), challenge
    assert not paid(proof, keys=KeyRing(lambda: key_set("two")))
    assert paid(proof, keys=KeyRing(lambda: key_set("two", "one"))), "the key has been rotated meanwhile"


def test_zero_bits_are_counted_from_the_front() -> None:
    assert [leading_zeros(bytes(one)) for one in ([0, 0], [0, 1], [128, 0], [0, 255])] == [16, 15, 0, 8]
