"""When questions are due and what a day's budget allows, as it was when last looked at: see `tests/kept`."""

import random
from datetime import timedelta

from chalicelib.recommendations.llm import allowance, breaker
from chalicelib.recommendations.llm.budget import DayLedger, day_of
from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.questions.timing import Limits, counted, due, limits_of, not_before
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from tests.factories import NOW, feedback
from tests.kept import assert_kept

LIMITS = Limits(ask_after_rated=3, cooldown_seconds=3_600, per_user_and_day=4, quiet_seconds=1_800,
                settle_max_seconds=5_400, first_pause_seconds=120, first_wait_seconds=600)  # fmt: skip
MIDNIGHT = NOW.replace(hour=0)


def test_questions_are_due_as_kept() -> None:
    found: dict[str, object] = {}
    lot = random.Random(7)
    kinds = ({"rating": "like"}, {"rating": "dislike"}, {"rating": "seen"}, {"steer": "exclude"}, {"saved_at": NOW})
    for number in range(160):
        first = lot.choice((0.0, 1.0, 1.99, 2.0, 9.0, 30.0, 61.0))
        said = [feedback(f"F{one}", minutes_ago=first + one * lot.choice((0, 1, 2, 10)), **lot.choice(kinds))
                for one in range(lot.choice((0, 2, 3, 4, 6)))]  # fmt: skip
        taste = taste_of(said, NOW)
        moments = (None, *(NOW + timedelta(minutes=minutes) for minutes in (-90, -60, -30, -1, 0, 1, 45)))
        state = AskState(
            asked_hash=lot.choice(("", "other", "other", taste.taste_hash)), asked_at=lot.choice(moments),
            not_before=lot.choice(moments), stale_since=lot.choice(moments), day=lot.choice(("", day_of(NOW))),
            refresh_requested_at=lot.choice((None, None, NOW)), asked_on_day=lot.choice((0, 3, 4, 5)),
        )  # fmt: skip
        more = counted(state, NOW, lot.choice((-1, 1)))
        found[str(number)] = [
            due(taste, state, LIMITS, NOW),
            not_before(state, LIMITS, NOW),
            more.day,
            more.asked_on_day,
        ]
    found["of settings"] = [limits_of(Settings()),
                            limits_of(Settings()._replace(ask_cooldown_seconds=100))]  # fmt: skip
    assert_kept("due", found)


def test_the_day_allows_tokens_as_kept() -> None:
    shares = allowance.Shares(evening=0.4, evening_starts=timedelta(hours=16), present=0.1, lost_calls=0.2, common=0.05)
    found: dict[str, object] = {}
    for budget in (0, 2_874, 2_875, 60_000, 1_000_000):
        found[f"{budget}: common"] = allowance.common_tokens_most(budget, shares)
        for hours in (0.0, 1.0, 7.9, 15.99, 16.0, 20.0, 23.9):
            now = MIDNIGHT + timedelta(hours=hours)
            for used, lost, common in ((0, 0, 0), (50_000, 20_000, 1_000), (400_000, 300_000, 48_000)):
                ledger = DayLedger(tokens=used, lost_tokens=lost, common_tokens=common)
                allowed = [allowance.allowed_tokens(budget, ledger, shares, now, present=one) for one in (True, False)]
                opens = [allowance.opens_at(budget, ledger, shares, now, present=present, common=one)
                         for present, one in ((True, False), (False, False), (True, True))]  # fmt: skip
                of_common = allowance.allowed_common_tokens(budget, ledger, shares, now)
                found[f"{budget}, {hours} h, {used}"] = [*allowed, of_common, *opens]
    assert_kept("allowance", found)


def test_the_breaker_opens_and_closes_as_kept() -> None:
    lot = random.Random(11)
    found: list[object] = []
    state = breaker.Breaker()
    now = NOW
    for _ in range(90):
        now += timedelta(seconds=lot.choice((1, 9, 10, 15, 29, 30, 90, 120, 600, 601, 1_000)))
        step = lot.choice(("fails", "fails", "fails", "fails", "tries", "answers" if len(found) % 12 == 0 else "fails"))
        match step:
            case "fails":
                state = breaker.after_failure(state, now)
            case "tries":
                state = breaker.probing(state, now)
            case _:
                state = breaker.after_success(state)
        later = (now, now + timedelta(seconds=90), now + timedelta(minutes=2), now + timedelta(minutes=15))
        found.append([step, state, [[state.is_open(one), state.is_half_open(one)] for one in later]])
    assert_kept("breaker", {str(number): row for number, row in enumerate(found)})
