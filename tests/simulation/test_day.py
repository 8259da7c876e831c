"""What an ordinary day comes to."""

from datetime import timedelta

from tests.factories import NOW
from tests.simulation.campaign import quiet
from tests.simulation.day import a_day

FRESH_WITHIN_SECONDS = 30.0
LEDGER_OVER_BILL_MOST = 1.05


def test_lists_are_fresh_when_the_catalogue_takes_more_than_a_second_a_call() -> None:
    with quiet():
        day = a_day(1, users=40, words_a_session=6, hours=1, slow=True)
    assert len(day.freshness) == 40 * 12, "every word reached a list"
    assert day.p50_seconds < FRESH_WITHIN_SECONDS
    assert not day.deployment.evidence.violations


def test_the_ledger_is_the_bill_within_five_percent_when_calls_are_lost_now_and_then() -> None:
    with quiet():
        day = a_day(2, users=60, words_a_session=4)
    assert len(day.deployment.evidence.calls) >= 100
    assert day.deployment.schedule.faults, "one call in a hundred was lost"
    assert day.billed_tokens <= day.ledger_tokens <= day.billed_tokens * LEDGER_OVER_BILL_MOST
    assert not day.deployment.evidence.violations


def test_an_hour_without_the_model_costs_little_hides_nothing_and_ends_by_itself() -> None:
    began, ended = NOW + timedelta(hours=6), NOW + timedelta(hours=7)
    with quiet():
        day = a_day(3, users=150, words_a_session=4, away_at_hour=6)
    calls = day.deployment.evidence.calls
    in_vain = [call for call in calls if began <= call.at < ended]
    assert 5 <= len(in_vain) <= 15, "the breaker lets one through now and then"
    assert not any(call.cost for call in in_vain)
    assert day.billed_tokens <= day.ledger_tokens <= day.billed_tokens * LEDGER_OVER_BILL_MOST
    assert len(day.freshness) == 150 * 8, "every word reached a list"
    assert day.p50_seconds < FRESH_WITHIN_SECONDS
    assert {call.user_id for call in calls if call.outcome == "answered"} == set(day.deployment.users[:150])
    assert not day.deployment.evidence.violations
