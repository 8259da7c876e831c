"""What the look each minute costs, and how long who waits has to, by users held and users who wait.

    python -m tests.bench.sweep [--users 10000 1000000] [--stale 0 100 1000]

The real sweep and admission on the tables in memory, which the contract suite holds to the promises of DynamoDB's; each
call is billed as its docstring in `adapters/store.py` says. All who wait have waited since the same moment, and each
question is over by the next look. The last line is one JSON object: units of one look and of all until nobody waits.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from copy import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec

from chalicelib.recommendations.llm.allowance import common_tokens_most
from chalicelib.recommendations.model import AskState, UserRecord
from chalicelib.recommendations.questions.admission import Gate, shares_of
from chalicelib.recommendations.sweep import sweep
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_lanes import FakeOutbox, FakeRecommendationStore
from tests.fake_model import FakeBudget

ENTRY_BYTES, UNIT_BYTES = 160, 4096  # of the index: shard, time, user and item; half a unit for each 4 KB
ENOUGH_TOKENS = 1_000_000_000  # lanes alone decide
LANES = 10
LOOKS_MAX = 10_000


class BilledStore(FakeRecommendationStore):
    """Counts units; a look that finds nothing pays half a unit for each place it looks at."""

    def __init__(self, shards: int) -> None:
        super().__init__()
        self.shards, self.units = shards, 0.0

    def _billed(self, found: Iterator[str], places: int) -> Iterator[str]:
        users = list(found)
        self.units += max(places, -(-len(users) * ENTRY_BYTES // UNIT_BYTES)) / 2
        return iter(users)

    def list_due(self, now: datetime, limit: int) -> Iterator[str]:
        return self._billed(super().list_due(now, limit), self.shards)

    def list_waiting(self, now: datetime, limit: int) -> Iterator[str]:
        return self._billed(super().list_waiting(now, limit), 2 * self.shards + 1)

    def list_present(self, since: datetime, now: datetime, limit: int) -> Iterator[str]:
        return self._billed(super().list_present(since, now, limit), self.shards)

    def list_common(self, now: datetime, limit: int) -> Iterator[str]:
        return self._billed(super().list_common(now, limit), 1)

    def count_open(self, now: datetime, limit: int) -> int:
        self.units += 0.5
        return super().count_open(now, limit)

    def read_states(self, user_ids: Sequence[str]) -> Mapping[str, AskState]:
        self.units += len(user_ids)
        return super().read_states(user_ids)

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        before = self._waiting.get(user_id)
        stored = super().put_state(user_id, state, replaces)
        self.units += 1 + (before is not None) + (stored.look_at is not None)
        return stored


def figures(users: int, stale: int) -> dict[str, Any]:
    """Units of the first look and of all, and the longest wait beside the mean, in minutes."""
    settings = replace(Settings(), llm_parallel=LANES, budget_tokens_per_day=ENOUGH_TOKENS)
    store = BilledStore(settings.stale_shards)
    quiet = UserRecord(state=AskState(version=1, asked_hash="t", asked_at=NOW, not_before=NOW))
    store.records = {f"user {number}": quiet for number in range(users)}
    waits = AskState(version=1, asked_hash="t", asked_at=NOW - timedelta(days=1), stale_since=NOW, not_before=NOW)
    for number in range(stale):
        user_id = f"user {number * users // stale}"
        store.put_state(user_id, waits, replaces=quiet.state)
    budget = FakeBudget(ENOUGH_TOKENS, common_tokens_most(ENOUGH_TOKENS, shares_of(settings)))
    outbox = FakeOutbox()
    gate = Gate(store, outbox, budget, settings)
    waited: list[int] = []
    store.units, first, looks = 0.0, 0.0, 0
    while (len(waited) < stale or not looks) and looks < LOOKS_MAX:
        now = NOW + timedelta(minutes=looks + 1)
        sweep(gate, now)
        looks += 1
        first = first or store.units
        for message in outbox.asks:
            waited.append(looks)
            state, billed = store.read(message.user_id).state, store.units
            ended = msgspec.structs.replace(state, pending_since=None, stale_since=None)
            store.put_state(message.user_id, ended, replaces=state)
            store.units = billed  # the slow lane's, not the sweep's
        outbox.asks.clear()
    mean = sum(waited) / len(waited) if waited else 0.0
    return {
        "users": users,
        "stale": stale,
        "units_of_first_look": first,
        "units": store.units,
        "looks": looks,
        "mean_wait_minutes": round(mean, 2),
        "longest_wait_minutes": max(waited, default=0),
        "admitted": len(waited),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--stale", type=int, nargs="+", default=[0, 100, 1_000])
    given = parser.parse_args()
    told = []
    for users in given.users:
        for stale in given.stale:
            told.append(figures(users, stale))
            print(told[-1], flush=True)
    by_stale = {stale: {one["units"] for one in told if one["stale"] == stale} for stale in given.stale}
    print(json.dumps({
        "grows_with_the_stale_only": all(len(units) == 1 for units in by_stale.values()),
        "longest_wait_over_mean": max((one["longest_wait_minutes"] / one["mean_wait_minutes"]
                                       for one in told if one["mean_wait_minutes"]), default=0.0),
        "runs": told,
    }))  # fmt: skip


if __name__ == "__main__":
    main()
