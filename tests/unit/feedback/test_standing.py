"""Who counts as a person: by a confirmed address, or over time."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.feedback.standing import Proof, Word, is_proven, proof_of
from chalicelib.settings import Settings
from tests.exported import PROVEN, UNPROVEN

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
PROOF = Proof(after_days=7, on_days=3)
KNOWN = PROVEN | UNPROVEN


@pytest.mark.parametrize("name", KNOWN)
def test_a_viewer_is_proven_by_one_confirmed_word_or_by_time(name: str) -> None:
    words = [Word(datetime.fromisoformat(f"2026-11-{moment}:00Z"), unconfirmed) for moment, unconfirmed in KNOWN[name]]
    assert is_proven(words, PROOF, NOW) == (name in PROVEN)


def test_nobody_is_proven_by_silence_and_a_busy_night_is_no_week() -> None:
    assert not is_proven([], PROOF, NOW)
    night = [Word(NOW - timedelta(minutes=minute), True) for minute in range(10_000)]
    assert not is_proven(night, PROOF, NOW)


def test_days_are_those_of_utc() -> None:
    times = ("2026-11-20T23:30:00-05:00", "2026-11-21T10:00:00+00:00", "2026-11-22T03:00:00+05:00")  # all on the 21st
    assert not is_proven([Word(datetime.fromisoformat(one), True) for one in times], PROOF, NOW)


def test_an_army_has_to_be_kept_busy_for_a_week() -> None:
    proof = proof_of(Settings())
    assert proof.after_days >= 7
    assert proof.on_days >= 3
