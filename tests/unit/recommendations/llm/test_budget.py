"""The ledger's arithmetic: never less than the bill."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.recommendations.llm.budget import QuestionSettledError, another_try, day_of, first_try, settled

DAY = "2026-11-23"


def test_the_reservation_counts_until_it_is_settled_at_its_cost() -> None:
    entry = first_try("key", 1_000, DAY)
    assert (entry.tokens, entry.tries, entry.state) == (1_000, 1, "reserved")
    assert settled(entry, 300).tokens == 300
    assert settled(entry, 0).tokens == 0


def test_a_lost_try_stays_spent_when_the_question_is_asked_again() -> None:
    entry = another_try(first_try("key", 1_000, DAY), 800)
    assert (entry.tokens, entry.tries) == (1_800, 2)
    assert settled(entry, 300).tokens == 1_300, "the first try may have been billed"


def test_a_settled_question_is_not_asked_again() -> None:
    with pytest.raises(QuestionSettledError):
        another_try(settled(first_try("key", 1_000, DAY), 300), 1_000)


def test_tokens_count_on_the_day_of_the_clock_when_it_is_utc() -> None:
    assert day_of(datetime(2026, 11, 23, 23, 59, tzinfo=UTC)) == DAY
    assert day_of(datetime(2026, 11, 23, 23, 59, tzinfo=UTC) + timedelta(minutes=1)) == "2026-11-24"
