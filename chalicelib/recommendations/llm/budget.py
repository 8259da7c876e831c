"""The daily token budget: reserved before a call, settled once after it. Arithmetic and the port; no I/O.

The ledger of a day is what was settled plus what is still reserved. It is never less than the service's bill: an answer
that was lost on its way keeps its whole reservation, because nobody knows what it cost.
"""

from datetime import datetime
from typing import Literal, Protocol

import msgspec

from chalicelib.recommendations.llm.breaker import Breaker


class BudgetSpentError(Exception):
    """The day's tokens are used up; nothing was reserved. A new day brings new ones."""


class QuestionSettledError(Exception):
    """This question was closed: it must not be asked again. `refused`: nor must its taste under another key."""

    def __init__(self, entry: "QuestionEntry") -> None:
        super().__init__(entry.key)
        self.refused = entry.refused


class QuestionEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One question in the ledger. `reserved_tokens` is what one try may cost, `tries` how often a worker set out.

    `tokens` is what the day's ledger holds for it now."""

    key: str
    day: str  # of the first try: what a night shift settles goes to the day it was reserved on
    state: Literal["reserved", "settled"]
    reserved_tokens: int
    tries: int = 1
    tokens: int = 0
    lost_tokens: int = 0  # of them, for tries that brought nothing
    refused: bool = False  # closed by an error that would come again
    common: bool = False  # of an unproven account: it comes out of the common share


class DayLedger(msgspec.Struct, frozen=True, kw_only=True):
    """A day's tokens: settled and reserved in all, what of that went to calls that brought nothing, and what of it to
    unproven accounts."""

    tokens: int = 0
    lost_tokens: int = 0
    common_tokens: int = 0  # of them, for unproven accounts
    reserved_tokens: int = 0  # of them, for questions that have not ended

    @property
    def answered_tokens(self) -> int:
        """Those that answers cost, by the service's own count."""
        return self.tokens - self.reserved_tokens - self.lost_tokens


class Budget(Protocol):
    """A ledger by day and question."""

    def reserve(self, question_key: str, tokens: int, now: datetime, *, common: bool = False) -> QuestionEntry:
        """Sets tokens aside for one try of the question, in one step with the day's sum.

        A first try makes the question's entry. A repeated one finds it (a worker died in between) and books another
        reservation on it: the first try may have been billed. `common`: a first try may take no more than the day's
        common share has left.

        Raises:
            BudgetSpentError: the day's tokens do not allow it, or the common ones.
            QuestionSettledError: the question is closed.
        """

    def find_question(self, question_key: str) -> QuestionEntry | None:
        """The question's entry, read consistently; None when it was never reserved."""

    def settle(self, question_key: str, tokens: int, *, refused: bool = False) -> bool:
        """Replaces the last try's reservation by what it cost; 0 for one that was certainly not billed.

        `refused`: the model's error would come again, which a worker that comes after this one's death has to know.
        Once only: False, and nothing changes, when there is no such open question."""

    def lose(self, question_key: str, *, refused: bool = False) -> bool:
        """Closes the question at its reservation: the call may have been billed, and brought nothing. Once only."""

    def breaker(self) -> Breaker:
        """What the whole fleet knows of the model's failures, read consistently."""

    def put_breaker(self, new: Breaker, replaces: Breaker) -> bool:
        """Stores it in place of the one that was read; False, and nothing changes, when another stands there."""

    def ledger(self, moment: datetime) -> DayLedger:
        """The ledger of the UTC day of a moment."""


def open_tokens(entry: QuestionEntry | None) -> int:
    """What of it is reserved for a try that has not ended."""
    return entry.reserved_tokens if entry and entry.state == "reserved" else 0


def first_try(key: str, tokens: int, day: str, *, common: bool = False) -> QuestionEntry:
    """The entry of a question about to be asked."""
    return QuestionEntry(key=key, day=day, state="reserved", reserved_tokens=tokens, tokens=tokens, common=common)


def another_try(entry: QuestionEntry, tokens: int) -> QuestionEntry:
    """The entry once more on its way: what the lost try reserved stays spent. Raises `QuestionSettledError`."""
    if entry.state == "settled":
        raise QuestionSettledError(entry)
    return msgspec.structs.replace(
        entry,
        tries=entry.tries + 1,
        reserved_tokens=tokens,
        tokens=entry.tokens + tokens,
        lost_tokens=entry.lost_tokens + entry.reserved_tokens,
    )


def settled(entry: QuestionEntry, tokens: int, *, refused: bool = False) -> QuestionEntry:
    """The entry closed: the last try at its cost, lost ones at their reservations."""
    cost = entry.tokens - entry.reserved_tokens + tokens
    return msgspec.structs.replace(entry, state="settled", tokens=cost, refused=refused)


def lost(entry: QuestionEntry, *, refused: bool = False) -> QuestionEntry:
    """The entry closed: every try at its reservation."""
    in_vain = entry.lost_tokens + entry.reserved_tokens
    return msgspec.structs.replace(entry, state="settled", lost_tokens=in_vain, refused=refused)


def day_of(now: datetime) -> str:
    """The UTC day that a moment's tokens are counted on."""
    return now.date().isoformat()
