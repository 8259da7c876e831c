"""The breaker in the budget table: may a question be asked, and what became of it.

What goes wrong while it is told is nobody's: a reply that has been paid for must not be lost over it.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from chalicelib.recommendations.llm.breaker import Breaker, after_failure, after_success, probing
from chalicelib.recommendations.llm.budget import Budget

log = logging.getLogger(__name__)

TRIES = 3


def may_ask(budget: Budget, now: datetime) -> bool:
    """Whether the model may be asked; while it is half open, by the first who comes alone."""
    breaker = budget.breaker()
    if breaker.is_open(now):
        return False
    return not breaker.is_half_open(now) or budget.put_breaker(probing(breaker, now), replaces=breaker)


def note_failure(budget: Budget, now: datetime) -> None:
    """A call that the service failed."""
    _change(budget, lambda breaker: after_failure(breaker, now))


def note_success(budget: Budget) -> None:
    """A call that it answered: nothing is written unless failures were known."""
    _change(budget, lambda breaker: after_success(breaker) if breaker.failures or breaker.open_until else breaker)


def _change(budget: Budget, change: Callable[[Breaker], Breaker]) -> None:
    try:
        for _ in range(TRIES):
            known = budget.breaker()
            new = change(known)
            if new == known or budget.put_breaker(new, replaces=known):
                return
    except Exception:
        log.exception("the breaker could not be told")
