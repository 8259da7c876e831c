"""What happened, as somebody outside would know it: words said, calls paid for, pages seen, promises broken."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import msgspec

from chalicelib.feedback.give_feedback import Change
from tests.simulation.tasks import Task

CONTRARY = {("like", "exclude"), ("dislike", "more_like_this")}
"""As the contract has it: no film has both."""

type Said = tuple[str | None, str | None]
"""Rating and steer of one film."""


@dataclass
class Word:
    """One request that says something of a film. `began` and `ended` count the schedule's steps."""

    kind: Literal["change", "delete", "import"]
    began: int
    change: Change | None = None
    rating: str | None = None  # of an import
    ended: int | None = None
    acknowledged: bool = False
    answer: Said | None = None  # what a change was told


@dataclass
class Call:
    """One call of the model. `cost` is what it is billed, 0 for none."""

    user_id: str
    at: datetime
    key: str
    taste_hash: str
    reserved_tokens: int
    task: Task
    outcome: str = "lost"  # until its worker hears of it
    cost: int = 0
    unproven: bool = False  # asked out of the share of unproven accounts
    picks: tuple[str, ...] = ()


@dataclass
class Login:
    """A session as its owner, or a thief, holds it. `password_hash` is the account's when it began."""

    user_id: str
    password_hash: str
    refresh_token: str
    access_token: str


@dataclass
class Evidence:
    """Everything the promises are checked against."""

    violations: list[tuple[str, str]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    words: dict[tuple[str, str], list[Word]] = field(default_factory=lambda: defaultdict(list))
    present: dict[tuple[str, str], int] = field(default_factory=dict)  # since which step the table says something
    withdrawn: dict[str, int] = field(default_factory=dict)  # since which step the catalogue lacks the film
    deleted: dict[str, datetime] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)  # whose marker stands
    premieres: dict[str, datetime] = field(default_factory=dict)  # when each film came
    wishes: list[tuple[str, datetime, str]] = field(default_factory=list)  # acknowledged, and the question open then
    wished: dict[str, datetime] = field(default_factory=dict)  # the latest of each viewer, acknowledged or not
    logins: list[Login] = field(default_factory=list)
    raws: set[str] = field(default_factory=set)  # keys of questions whose reply was stored as it came
    replies: set[str] = field(default_factory=set)  # and as it was accepted
    pages: int = 0
    requests: int = 0

    @property
    def billed_tokens(self) -> int:
        """What the service will ask for."""
        return sum(call.cost for call in self.calls)


def explained(words: Sequence[Word], final: Said | None) -> bool:
    """Whether some order of the requests, true to real time, ends with `final` in the table.

    Those that were not acknowledged may be left out. Linearizability as in Herlihy and Wing, for one register.
    """
    seen: set[tuple[frozenset[int], Any]] = set()

    def search(done: frozenset[int], state: Said | None) -> bool:
        if (done, state) in seen:
            return False
        seen.add((done, state))
        left = [place for place in range(len(words)) if place not in done]
        if state == final and not any(words[place].acknowledged for place in left):
            return True
        return any(_may_come_next(place, left, words) and any(
            search(done | {place}, after) for after in _after(words[place], state)
        ) for place in left)  # fmt: skip

    return search(frozenset(), None)


def _may_come_next(place: int, left: Sequence[int], words: Sequence[Word]) -> bool:
    """Nothing acknowledged is left that had ended before this one began."""
    began = words[place].began
    for other in left:
        ended = words[other].ended
        if other != place and words[other].acknowledged and ended is not None and ended < began:
            return False
    return True


def _after(word: Word, state: Said | None) -> list[Said | None]:
    """What the table may say after the word."""
    left_out = [] if word.acknowledged else [state]
    if word.kind == "delete":
        return [None, *left_out]
    rating, steer = state or (None, None)
    if word.kind == "import":  # never overrules a rating, nor a steer that says the contrary
        brought = rating or (None if (word.rating, steer) in CONTRARY else word.rating)
        return [(brought, steer), *left_out]
    assert word.change is not None
    rating = rating if isinstance(word.change.rating, msgspec.UnsetType) else word.change.rating
    steer = steer if isinstance(word.change.steer, msgspec.UnsetType) else word.change.steer
    if (rating, steer) in CONTRARY:  # the later word counts, and of one word the steer
        is_steer = not isinstance(word.change.steer, msgspec.UnsetType)
        rating, steer = (None, steer) if is_steer else (rating, None)
    after = (rating, steer) if rating or steer else None
    return left_out if word.acknowledged and word.answer != after else [after, *left_out]
