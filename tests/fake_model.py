"""A model and a token ledger in memory, with the promises of the real ones."""

from collections.abc import Callable
from datetime import datetime

import msgspec

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
from chalicelib.recommendations.llm.port import ModelError, ModelReply, Prompt


class FakeModel:
    """Picks the first films it is offered. `fails_with` makes it fail, `replies` speaks in its place."""

    def __init__(self, picks: int = 12) -> None:
        self.prompts: list[Prompt] = []
        self.fails_with: ModelError | None = None
        self.replies: Callable[[Prompt], ModelReply] | None = None
        self._picks = picks

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:  # noqa: ARG002
        self.prompts.append(prompt)
        if self.fails_with:
            raise self.fails_with
        if self.replies:
            return self.replies(prompt)
        why = "Похоже на любимые фильмы зрителя." if prompt.language == "ru" else "Close to the films you love."
        numbers = range(1, min(self._picks, len(prompt.offered)) + 1)
        return ModelReply(
            arguments={"picks": [{"n": number, "why": why} for number in numbers], "proposals": []},
            finish_reason="function_call",
            prompt_tokens=prompt.prompt_tokens,
            completion_tokens=300,
            model="fake",
        )


class FakeBudget:
    """The ledger in two dictionaries."""

    def __init__(self, tokens_per_day: int = 1_000_000, common_per_day: int = 1_000_000) -> None:
        self.tokens_per_day, self.common_per_day = tokens_per_day, common_per_day
        self.entries: dict[str, QuestionEntry] = {}
        self._breaker = Breaker()

    def reserve(self, question_key: str, tokens: int, now: datetime, *, common: bool = False) -> QuestionEntry:
        known = self.entries.get(question_key)
        first = first_try(question_key, tokens, day_of(now), common=common)
        entry = another_try(known, tokens) if known else first
        held = self.ledger(datetime.fromisoformat(entry.day))
        if held.tokens + tokens > self.tokens_per_day:
            raise BudgetSpentError(entry.day)
        if entry.common and held.common_tokens + tokens > self.common_per_day:
            raise BudgetSpentError(entry.day)
        self.entries[question_key] = entry
        return entry

    def find_question(self, question_key: str) -> QuestionEntry | None:
        return self.entries.get(question_key)

    def settle(self, question_key: str, tokens: int, *, refused: bool = False) -> bool:
        return self._closed(question_key, lambda entry: settled(entry, tokens, refused=refused))

    def lose(self, question_key: str, *, refused: bool = False) -> bool:
        return self._closed(question_key, lambda entry: lost(entry, refused=refused))

    def _closed(self, question_key: str, closing: Callable[[QuestionEntry], QuestionEntry]) -> bool:
        known = self.entries.get(question_key)
        if known is None or known.state == "settled":
            return False
        self.entries[question_key] = closing(known)
        return True

    def breaker(self) -> Breaker:
        return self._breaker

    def put_breaker(self, new: Breaker, replaces: Breaker) -> bool:
        if replaces.version != self._breaker.version:
            return False
        self._breaker = msgspec.structs.replace(new, version=replaces.version + 1)
        return True

    def ledger(self, moment: datetime) -> DayLedger:
        entries = [entry for entry in self.entries.values() if entry.day == day_of(moment)]
        return DayLedger(
            tokens=sum(entry.tokens for entry in entries),
            lost_tokens=sum(entry.lost_tokens for entry in entries),
            common_tokens=sum(entry.tokens for entry in entries if entry.common),
            reserved_tokens=sum(map(open_tokens, entries)),
        )
