"""How much of the day's budget may be used by now: the budget is spread over the day. Pure.

A part is kept for the evening, when most viewers come, a part for viewers who are present whenever they come, and a
part for calls that bring nothing, so that an outage does not eat what answers need. The first questions of a day need
not wait for the pace. The ledger's own bound (`Budget.reserve`) is the whole budget, whatever is allowed here.
"""

from datetime import datetime, timedelta

import msgspec

from chalicelib.recommendations.llm.budget import DayLedger
from chalicelib.recommendations.llm.prompt import COMPLETION_TOKENS_MAX, PROMPT_TOKENS_MAX

QUESTION_TOKENS_MAX = PROMPT_TOKENS_MAX + COMPLETION_TOKENS_MAX
"""The most that one question reserves."""
HEAD_START = timedelta(hours=2)  # of an even pace: a busy hour need not wait
HEAD_START_QUESTIONS = 20  # and a small budget is not rationed by the hour
STEP = timedelta(minutes=15)
_DAY = timedelta(days=1)


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """Parts of the budget, 0…1."""

    evening: float
    evening_starts: timedelta  # since midnight, UTC
    present: float
    lost_calls: float
    common: float  # for all unproven accounts together


def allowed_tokens(budget_tokens: int, ledger: DayLedger, shares: Shares, now: datetime, *, present: bool) -> int:
    """Tokens that more questions may use now; `present`: of viewers who are there. Never negative."""
    for_answers = budget_tokens * (1 - shares.lost_calls)
    kept = budget_tokens * shares.present
    ahead = max(budget_tokens * (HEAD_START / _DAY), HEAD_START_QUESTIONS * QUESTION_TOKENS_MAX)
    pace = _pace(shares, now)
    left = 1 - pace  # what is lent ahead is given back by midnight: until then something opens every minute
    by_now = min(for_answers * pace + ahead * left, for_answers)
    spent = ledger.tokens - min(ledger.lost_tokens, budget_tokens * shares.lost_calls)
    most = min(by_now + kept * left, for_answers) if present else min(by_now, for_answers - kept)
    return max(0, int(most) - int(spent))


def common_tokens_most(budget_tokens: int, shares: Shares) -> int:
    """What all unproven accounts together may use of a day: their share, or one question where that is less."""
    return min(budget_tokens, max(int(budget_tokens * shares.common), QUESTION_TOKENS_MAX))


def allowed_common_tokens(budget_tokens: int, ledger: DayLedger, shares: Shares, now: datetime) -> int:
    """Tokens that more questions of unproven accounts may use now; they keep the pace of everybody. Never negative."""
    left = common_tokens_most(budget_tokens, shares) - ledger.common_tokens
    return max(0, min(left, allowed_tokens(budget_tokens, ledger, shares, now, present=True)))


def opens_at(
    budget_tokens: int, ledger: DayLedger, shares: Shares, now: datetime, *, present: bool, common: bool = False
) -> datetime | None:
    """When one more question is allowed if nobody else asks: None when it is now, else within a quarter of an hour.
    `common`: of an unproven account."""
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + _DAY
    moment = now
    while moment < tomorrow:
        allowed = allowed_tokens(budget_tokens, ledger, shares, moment, present=present)
        if common:
            allowed = allowed_common_tokens(budget_tokens, ledger, shares, moment)
        if allowed >= QUESTION_TOKENS_MAX:
            return None if moment == now else moment
        moment += STEP
    return tomorrow


def _pace(shares: Shares, now: datetime) -> float:
    """Which part of the day's work is due by now, 0…1: evenly until the evening, and evenly through it."""
    gone = now - now.replace(hour=0, minute=0, second=0, microsecond=0)
    if gone < shares.evening_starts:
        return (1 - shares.evening) * (gone / shares.evening_starts)
    return 1 - shares.evening * ((_DAY - gone) / (_DAY - shares.evening_starts))
