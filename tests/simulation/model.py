"""GigaChat: what becomes of a call is the schedule's decision. It keeps the bill."""

from collections.abc import Callable
from typing import Any

from chalicelib.recommendations.llm.port import ModelError, ModelReply, Prompt
from tests.simulation.evidence import Call, Evidence
from tests.simulation.schedule import Schedule
from tests.simulation.tasks import Decision, KilledError

REPLY_TOKENS = 1_000
USELESS = "useless"  # an answer without a single pick
SECONDS = (1.0, 3.0, 6.0, 12.0, 20.0)

FAULTS: tuple[Callable[[], ModelError], ...] = (
    lambda: ModelError("timeout", retryable=True, billed=True),
    lambda: ModelError("server_error", retryable=True, billed=True),
    lambda: ModelError("connect", retryable=True, billed=False),
    lambda: ModelError("rate_limited", retryable=True, billed=False, retry_after_seconds=30),
    lambda: ModelError("too_large", retryable=False, billed=False),
)


class SimModel:
    """The service, its bill, and who asked what. `question_of` tells key and taste of the viewer's, or the film's, open
    question, `is_unproven` whether it comes out of the common share."""

    def __init__(
        self,
        schedule: Schedule,
        evidence: Evidence,
        patience_seconds: float,
        question_of: Callable[[str], tuple[str, str]],
        is_unproven: Callable[[str], bool],
    ) -> None:
        self.schedule, self.evidence, self.patience_seconds = schedule, evidence, patience_seconds
        self.question_of, self.is_unproven = question_of, is_unproven
        self.asked: Callable[[Call], None] = lambda _: None
        self.in_flight = self.most_in_flight = 0
        self.bills_failures = True  # those that may be billed; a service that is away bills nothing

    def ask(self, prompt: Prompt, deadline_seconds: float) -> ModelReply:
        """A reply with the first five films, or what the schedule decides."""
        task = self.schedule.current
        assert task is not None
        patience = min(self.patience_seconds, deadline_seconds)
        if patience <= 0:
            raise ModelError("deadline", retryable=True, billed=False)
        key, taste_hash = self.question_of(task.user_id)
        call = Call(task.user_id, self.schedule.now, key, taste_hash, prompt.reserved_tokens, task)
        call.unproven = self.is_unproven(task.user_id)
        self.asked(call)
        self.evidence.calls.append(call)
        self.schedule.say(f"  {task.label}: CALL {key[:6]} about {taste_hash[:6]}")
        seconds = self.schedule.random.choice(SECONDS)
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            decision: Any = self.schedule.decide("model.ask", min(seconds, patience))
        finally:
            self.in_flight -= 1
        reply_tokens = min(REPLY_TOKENS, prompt.max_completion_tokens)
        price = prompt.prompt_tokens + reply_tokens
        if seconds > patience and decision is Decision.DONE:
            decision = FAULTS[0]()
        if decision is not Decision.DONE:
            self.schedule.fault(f"model {getattr(decision, 'cause', getattr(decision, 'value', decision))}")
        if decision is Decision.KILLED_BEFORE:
            raise KilledError
        if isinstance(decision, ModelError):
            billed = decision.billed and self.bills_failures
            call.cost, call.outcome = (price, "billed failure") if billed else (0, "free")
            if not decision.retryable:
                call.outcome = "refused"
            raise decision
        call.cost = price
        if decision is Decision.KILLED_AFTER:
            raise KilledError
        call.outcome = "useless" if decision == USELESS else "answered"
        numbers = range(1, 1 + (0 if decision == USELESS else min(5, len(prompt.offered))))
        call.picks = tuple(prompt.offered[number - 1] for number in numbers)
        return ModelReply(
            arguments={"picks": [{"n": n, "why": "Похоже на любимые фильмы зрителя."} for n in numbers],
                       "proposals": []},
            finish_reason="function_call",
            prompt_tokens=prompt.prompt_tokens,
            completion_tokens=reply_tokens,
        )  # fmt: skip
