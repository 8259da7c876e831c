"""The token ledger in DynamoDB.

Budget (hash `pk`, TTL `expires_at`): `day#2026-11-23` with the day's `tokens`, what of them was `lost_tokens` and what
the `common_tokens` of unproven accounts,
`question#KEY`, and `breaker`, what is known of the model's failures. Day and question change in one transaction, so the
day's sum is that of its questions at every moment. Apart from `store.py`, whose table is another one: no function but
the asking one may change the ledger.
"""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.aws import opened
from chalicelib.compare_and_swap import Attempts, is_written
from chalicelib.errors import UnavailableError
from chalicelib.patience import TABLE_PATIENCE
from chalicelib.recommendations.llm.breaker import Breaker
from chalicelib.recommendations.llm.budget import (
    BudgetSpentError,
    DayLedger,
    QuestionEntry,
    another_try,
    day_of,
    first_try,
    lost,
    open_tokens,
    settled,
)

_TRIES = 8  # at most ten lanes meet on the day's item, each for one short transaction
BREAKER = "breaker"
CONTENDED = "The token ledger is contended"
_KEPT_SECONDS = 35 * 86_400  # a month's bill can be checked against the ledger


class LedgerContendedError(UnavailableError):
    """Other transactions met this one on the day's item, again and again."""


class LedgerItem(Model):
    """Any item of the budget table."""

    pk = UnicodeAttribute(hash_key=True)
    tokens = NumberAttribute(default=0)
    lost_tokens = NumberAttribute(null=True)
    common_tokens = NumberAttribute(null=True)
    common = BooleanAttribute(null=True)
    refused = BooleanAttribute(null=True)
    expires_at = NumberAttribute()
    day = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    reserved_tokens = NumberAttribute(null=True)
    tries = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    body = UnicodeAttribute(null=True)


class DynamoBudget:
    """The `Budget` of a deployment. `tokens_per_day` bounds what may be reserved and settled on one UTC day,
    `common_per_day` what of it all unproven accounts together may."""

    def __init__(self, table: str, tokens_per_day: int, common_per_day: int) -> None:
        meta = type("Meta", (TABLE_PATIENCE,), {"table_name": table})
        self._items: type[LedgerItem] = opened(type("LedgerItem", (LedgerItem,), {"Meta": meta}))
        self._tokens_per_day, self._common_per_day = tokens_per_day, common_per_day
        self._connection = opened(Connection())  # for transactions; a client of its own for each would take 0.07 s

    def reserve(self, question_key: str, tokens: int, now: datetime, *, common: bool = False) -> QuestionEntry:
        """See `Budget.reserve`."""
        attempts = Attempts(_TRIES, LedgerContendedError)
        while True:
            with attempts:
                return self._reserved(question_key, tokens, now, common)

    def _reserved(self, question_key: str, tokens: int, now: datetime, common: bool) -> QuestionEntry:
        expires_at = int(now.timestamp()) + _KEPT_SECONDS
        room = self._tokens_per_day - tokens
        known = self.find_question(question_key)
        first = first_try(question_key, tokens, day_of(now), common=common)
        entry = another_try(known, tokens) if known else first
        common_room = self._common_per_day - tokens if entry.common else 0
        if min(room, common_room) < 0:
            raise BudgetSpentError(entry.day)
        is_as_read = LedgerItem.pk.does_not_exist() if known is None else self._unchanged(known)
        fits = LedgerItem.tokens.does_not_exist() | (LedgerItem.tokens <= room)
        if entry.common:
            share = LedgerItem.common_tokens
            fits = fits & (share.does_not_exist() | (share <= common_room))
        refused = self._written(entry, known, is_as_read, fits, expires_at)
        if refused == (False, True):
            raise BudgetSpentError(entry.day)
        if refused is not None:
            raise LedgerContendedError(CONTENDED)
        return entry

    def settle(self, question_key: str, tokens: int, *, refused: bool = False) -> bool:
        """See `Budget.settle`."""
        return self._closed(question_key, lambda entry: settled(entry, tokens, refused=refused))

    def lose(self, question_key: str, *, refused: bool = False) -> bool:
        """See `Budget.lose`."""
        return self._closed(question_key, lambda entry: lost(entry, refused=refused))

    def _closed(self, question_key: str, closing: Callable[[QuestionEntry], QuestionEntry]) -> bool:
        attempts = Attempts(_TRIES, LedgerContendedError)
        while True:
            with attempts:
                known = self.find_question(question_key)
                if known is None or known.state == "settled":
                    return False
                entry = closing(known)
                if self._written(entry, known, self._unchanged(known), None, None) is not None:
                    raise LedgerContendedError(CONTENDED)
                return True

    def breaker(self) -> Breaker:
        """One strongly consistent read: 1 read unit."""
        found = next(iter(self._items.batch_get([BREAKER], consistent_read=True)), None)
        return msgspec.json.decode(found.body, type=Breaker) if found and found.body else Breaker()

    def put_breaker(self, new: Breaker, replaces: Breaker) -> bool:
        """One conditional update: 1 write unit."""
        stored = msgspec.structs.replace(new, version=replaces.version + 1)
        row, version = self._items(BREAKER), LedgerItem.version
        actions: list[Any] = [
            version.set(stored.version),
            LedgerItem.body.set(msgspec.json.encode(stored).decode()),
            LedgerItem.expires_at.set(int(time.time()) + _KEPT_SECONDS),
        ]
        as_read = version == replaces.version if replaces.version else version.does_not_exist()
        return is_written(lambda: row.update(actions=actions, condition=as_read))

    def ledger(self, moment: datetime) -> DayLedger:
        """One strongly consistent read: 1 read unit."""
        found = next(iter(self._items.batch_get([f"day#{day_of(moment)}"], consistent_read=True)), None)
        if found is None:
            return DayLedger()
        return DayLedger(
            tokens=int(found.tokens),
            lost_tokens=int(found.lost_tokens or 0),
            common_tokens=int(found.common_tokens or 0),
            reserved_tokens=max(0, int(found.reserved_tokens or 0)),  # what was settled was reserved before 0.3
        )

    def find_question(self, question_key: str) -> QuestionEntry | None:
        """One strongly consistent read: 1 read unit."""
        found = next(iter(self._items.batch_get([f"question#{question_key}"], consistent_read=True)), None)
        if found is None:
            return None
        return QuestionEntry(
            key=question_key,
            day=str(found.day),
            state="settled" if found.state == "settled" else "reserved",
            reserved_tokens=int(found.reserved_tokens or 0),
            tries=int(found.tries or 1),
            tokens=int(found.tokens),
            lost_tokens=int(found.lost_tokens or 0),
            refused=bool(found.refused),
            common=bool(found.common),
        )

    @staticmethod
    def _unchanged(entry: QuestionEntry) -> Any:
        return (LedgerItem.state == entry.state) & (LedgerItem.tries == entry.tries)

    def _written(
        self, entry: QuestionEntry, known: QuestionEntry | None, is_as_read: Any, fits: Any, expires_at: int | None
    ) -> tuple[bool, bool] | None:
        """Writes the entry in place of the known one, and adds to its day what is more, or nothing. None when written,
        else whose condition refused."""
        more = entry.tokens - (known.tokens if known else 0)
        more_lost = entry.lost_tokens - (known.lost_tokens if known else 0)
        question = self._items(f"question#{entry.key}")
        actions: list[Any] = [
            LedgerItem.day.set(entry.day),
            LedgerItem.state.set(entry.state),
            LedgerItem.reserved_tokens.set(entry.reserved_tokens),
            LedgerItem.tries.set(entry.tries),
            LedgerItem.tokens.set(entry.tokens),
            LedgerItem.lost_tokens.set(entry.lost_tokens),
            LedgerItem.refused.set(entry.refused),
        ]
        day_actions: list[Any] = [
            LedgerItem.tokens.add(more),
            LedgerItem.lost_tokens.add(more_lost),
            LedgerItem.reserved_tokens.add(open_tokens(entry) - open_tokens(known)),
        ]
        if entry.common:
            actions.append(LedgerItem.common.set(True))
            day_actions.append(LedgerItem.common_tokens.add(more))
        if expires_at is not None:
            actions.append(LedgerItem.expires_at.set(expires_at))
            day_actions.append(LedgerItem.expires_at.set(expires_at))
        try:
            with TransactWrite(connection=self._connection) as transaction:
                transaction.update(question, actions=actions, condition=is_as_read)
                transaction.update(self._items(f"day#{entry.day}"), actions=day_actions, condition=fits)
        except TransactWriteError as error:
            codes = [reason.code if reason else "" for reason in error.cancellation_reasons]
            if not codes:
                raise
            return codes[0] == "ConditionalCheckFailed", codes[1] == "ConditionalCheckFailed"
        return None
