"""Twenty thousand viewers on day one, a thousand a day after: who waits how long. No greenlets: the real admission on a
fake store of several shards, minute by minute, and lanes that take so long for a call.

    python -m tests.simulation.fairness
"""

import heapq
import json
import random
from collections import defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import mean
from typing import Any
from zlib import crc32

import msgspec

from chalicelib.recommendations.llm.allowance import QUESTION_TOKENS_MAX
from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.questions.admission import Gate, admit_waiting
from chalicelib.settings import Settings
from tests.fake_model import FakeBudget

MIDNIGHT = datetime.fromisoformat("2026-03-01T00:00:00+00:00")
SHARDS = 8
QUESTION_TOKENS = 1_500
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Rush:
    """How many come, and what there is for them."""

    first_day: int = 20_000
    each_day: int = 1_000
    days: int = 4  # with newcomers
    lanes: int = 1
    call_seconds: float = 6.0
    budget_tokens: int = 10**9
    seed: int = 1


@dataclass
class Waits:
    """How long each viewer's first question took, in hours, by the day on which they came."""

    hours: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    by_shard: dict[int, int] = field(default_factory=lambda: dict.fromkeys(range(SHARDS), 0))
    unserved: dict[int, int] = field(default_factory=dict)
    last_hour: int = 0  # of those who came after 23:00 on the first day, answered by midnight


class ShardedStore:
    """Who waits, shard by shard, each sorted by itself as DynamoDB's index is; merged as the real store merges them."""

    def __init__(self) -> None:
        self.states: dict[str, AskState] = {}
        self._waiting: list[list[tuple[datetime, int, str]]] = [[] for _ in range(SHARDS)]
        self._present: list[list[tuple[datetime, int, str]]] = [[] for _ in range(SHARDS)]
        self.open = 0

    def shard(self, user_id: str) -> int:
        return crc32(user_id.encode()) % SHARDS

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        held = self.states.get(user_id, AskState())
        assert held.version == replaces.version
        stored = msgspec.structs.replace(state, version=held.version + 1)
        self.states[user_id] = stored
        self.open += bool(stored.pending_since) - bool(held.pending_since)
        if stored.look_at and not stored.pending_since:
            places = self._present if stored.is_present else self._waiting
            heapq.heappush(places[self.shard(user_id)], (stored.look_at, stored.version, user_id))
        return stored

    def list_waiting(self, now: datetime, limit: int) -> Iterator[str]:
        yield from self._first(self._present + self._waiting, now, limit)

    def list_present(self, since: datetime, now: datetime, limit: int) -> Iterator[str]:
        """Latest first, as the real store has them."""
        meanwhile = (one for heap in self._present for one in heap if since <= one[0] <= now)
        latest = heapq.nlargest(limit, (one for one in meanwhile if not self._is_stale(one)))
        yield from (user_id for _, _, user_id in latest)

    def list_common(self, now: datetime, limit: int) -> Iterator[str]:  # noqa: ARG002 - everybody here is proven
        return iter(())

    def count_open(self, now: datetime, limit: int) -> int:  # noqa: ARG002
        return min(limit, self.open)

    def read_states(self, user_ids: Sequence[str]) -> Mapping[str, AskState]:
        return {user_id: self.states[user_id] for user_id in user_ids}

    def _first(self, heaps: list[list[tuple[datetime, int, str]]], now: datetime, limit: int) -> list[str]:
        for heap in heaps:
            while heap and self._is_stale(heap[0]):
                heapq.heappop(heap)
        nearest = (heapq.nsmallest(limit, heap) for heap in heaps)
        found = [one for one in heapq.merge(*nearest) if one[0] <= now and not self._is_stale(one)]
        return [user_id for _, _, user_id in found[:limit]]

    def _is_stale(self, entry: tuple[datetime, int, str]) -> bool:
        return self.states[entry[2]].version != entry[1]


class Lanes:
    """The ask queue: each message waits for its lane, and a call takes its time."""

    def __init__(self, lanes: int, call_seconds: float) -> None:
        self.call_seconds = call_seconds
        self.queues: list[deque[str]] = [deque() for _ in range(lanes)]
        self.free_at = [MIDNIGHT] * lanes

    def send_asks(self, messages: Sequence[Ask]) -> None:
        for one in messages:
            self.queues[crc32(one.user_id.encode()) % len(self.queues)].append(one.user_id)

    def send_rebuilds(self, messages: Sequence[Rebuild], delay_seconds: int = 0) -> None:  # noqa: ARG002
        raise AssertionError("nobody's list is due here")

    def answered(self, until: datetime) -> list[tuple[str, datetime]]:
        """Whose call has ended by then, and when."""
        found = []
        for lane, queue in enumerate(self.queues):
            while (
                queue
                and (
                    end := max(self.free_at[lane], until - timedelta(seconds=max(60.0, self.call_seconds)))
                    + timedelta(seconds=self.call_seconds)
                )
                <= until
            ):
                self.free_at[lane] = end
                found.append((queue.popleft(), end))
        return found


def simulate(rush: Rush) -> Waits:
    """Minute by minute, until everybody has been asked about or ten days are over."""
    rnd = random.Random(rush.seed)
    store, lanes, budget = ShardedStore(), Lanes(rush.lanes, rush.call_seconds), FakeBudget(rush.budget_tokens)
    settings = Settings(llm_parallel=rush.lanes, budget_tokens_per_day=rush.budget_tokens)
    gate = Gate(store, lanes, budget, settings)  # type: ignore[arg-type]
    came = {
        f"day{day}-{number}": MIDNIGHT + day * DAY + timedelta(seconds=rnd.uniform(0, 86_400))
        for day in range(rush.days)
        for number in range(rush.first_day if day == 0 else rush.each_day)
    }
    coming = deque(sorted(came.items(), key=lambda one: one[1]))
    waits, now, left = Waits(), MIDNIGHT, len(came)
    while left and now < MIDNIGHT + 10 * DAY:
        now += MINUTE
        while coming and coming[0][1] <= now:
            user_id, at = coming.popleft()
            store.put_state(user_id, AskState(stale_since=at, not_before=at), AskState())
        for user_id, end in lanes.answered(now):
            state = store.states[user_id]
            done = msgspec.structs.replace(state, asked_at=end, asked_hash="x", stale_since=None, pending_since=None)
            store.put_state(user_id, done, state)
            _pay(budget, user_id, end)
            waits.hours[int(user_id[3 : user_id.index("-")])].append((end - came[user_id]).total_seconds() / 3_600)
            waits.by_shard[store.shard(user_id)] += 1
            left -= 1
            waits.last_hour += came[user_id] >= MIDNIGHT + 23 * HOUR and end <= MIDNIGHT + DAY
        admit_waiting(gate, now)
    asked = {day: len(hours) for day, hours in waits.hours.items()}
    waits.unserved = {
        day: sum(one.startswith(f"day{day}-") for one in came) - asked.get(day, 0) for day in range(rush.days)
    }
    return waits


def _pay(budget: FakeBudget, user_id: str, now: datetime) -> None:
    budget.reserve(user_id, min(QUESTION_TOKENS, QUESTION_TOKENS_MAX), now)
    budget.settle(user_id, QUESTION_TOKENS)


def summary(waits: Waits) -> dict[str, Any]:
    """The figures that a promise is about."""
    return {
        "mean_hours": {day: round(mean(hours), 2) for day, hours in sorted(waits.hours.items())},
        "longest_hours": {day: round(max(hours), 2) for day, hours in sorted(waits.hours.items())},
        "unserved": waits.unserved,
        "by_shard": waits.by_shard,
        "came_after_23_and_answered_by_midnight": waits.last_hour,
    }


if __name__ == "__main__":
    for rush in (Rush(), Rush(lanes=10, budget_tokens=10_000_000)):
        print(json.dumps(summary(simulate(rush))))
