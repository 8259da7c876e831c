"""The breaker before the model: after half a minute of failures nobody asks for a while, then one call tries. Pure.

Its state is shared by the whole fleet (an item of the budget table). Source of the pattern: M. Nygard, Release It!,
"Circuit Breaker"; https://learn.microsoft.com/azure/architecture/patterns/circuit-breaker.
"""

from datetime import datetime, timedelta

import msgspec

OPENS_AFTER = timedelta(seconds=30)  # of failures and nothing else
FAILURES_MIN, FAILURES_MAX = 3, 5  # so many at least, however long it takes; so many open it however fast they come
FORGOTTEN_AFTER = timedelta(minutes=10)  # failures that lie further apart have nothing to do with each other
OPEN_FIRST, OPEN_MOST = timedelta(minutes=2), timedelta(minutes=15)  # twice as long each time
PROBE = timedelta(seconds=90)  # how long others wait for the one that tries: a call and what comes after it


class Breaker(msgspec.Struct, frozen=True, kw_only=True):
    """Closed while `open_until` is None. `version` counts stores, for compare-and-swap."""

    version: int = 0
    failures: int = 0  # in a row
    failing_since: datetime | None = None
    failed_at: datetime | None = None
    open_until: datetime | None = None
    times_open: int = 0

    def is_open(self, now: datetime) -> bool:
        """Nobody may ask."""
        return self.open_until is not None and now < self.open_until

    def is_half_open(self, now: datetime) -> bool:
        """One may ask, to see whether it works again."""
        return self.open_until is not None and now >= self.open_until


def after_success(breaker: Breaker) -> Breaker:
    """Closed, everything forgotten."""
    return Breaker(version=breaker.version)


def after_failure(breaker: Breaker, now: datetime) -> Breaker:
    """One failure more; opens when that was half a minute of them, or the one that tried failed."""
    in_a_row = breaker.failed_at is not None and now - breaker.failed_at < max(FORGOTTEN_AFTER, _open_for(breaker))
    since = breaker.failing_since if in_a_row and breaker.failing_since else now
    failures = breaker.failures + 1 if in_a_row else 1
    failed = msgspec.structs.replace(breaker, failures=failures, failing_since=since, failed_at=now)
    long_enough = failures >= FAILURES_MIN and now - since >= OPENS_AFTER
    if not (breaker.open_until or long_enough or failures >= FAILURES_MAX):
        return failed
    times = breaker.times_open + 1
    longer = msgspec.structs.replace(failed, times_open=times)
    return msgspec.structs.replace(longer, open_until=now + _open_for(longer))


def probing(breaker: Breaker, now: datetime) -> Breaker:
    """Somebody tries: the others go on waiting."""
    return msgspec.structs.replace(breaker, open_until=now + PROBE)


def _open_for(breaker: Breaker) -> timedelta:
    doublings: int = min(max(0, breaker.times_open - 1), 10)
    return min(OPEN_MOST, OPEN_FIRST * (1 << doublings))
