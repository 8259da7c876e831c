"""What is noted of one call: told to breaker and ledger, its reply stored before anything else."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from chalicelib.recommendations.llm.call import KEPT_ATTEMPTS, call, keep
from chalicelib.recommendations.llm.film_prompt import build_film_prompt
from chalicelib.recommendations.llm.port import ModelCause, ModelError
from chalicelib.recommendations.model import RawReply
from tests.factories import film, films
from tests.fake_model import FakeBudget, FakeModel

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PROMPT = build_film_prompt(film("Solaris"), films(["Stalker", "Mirror"]), "seed")
RESERVED = 2_000


@pytest.fixture
def budget() -> FakeBudget:
    made = FakeBudget()
    made.reserve("q", RESERVED, NOW)
    return made


@pytest.mark.parametrize(
    ("cause", "retryable", "billed", "tokens", "failures"),
    [
        ("timeout", True, True, RESERVED, 1),  # it may have been billed
        ("rate_limited", True, False, 0, 1),
        ("deadline", True, False, 0, 0),  # says nothing about the service
        ("bad_request", False, False, 0, 0),
    ],
)
def test_a_failure_is_noted_and_passes_on(
    budget: FakeBudget, cause: ModelCause, retryable: bool, billed: bool, tokens: int, failures: int
) -> None:
    model = FakeModel()
    model.fails_with = ModelError(cause, retryable=retryable, billed=billed)
    with pytest.raises(ModelError):
        call(model, PROMPT, "q", budget, 60, lambda: NOW)
    entry = budget.find_question("q")
    assert entry is not None
    assert (entry.state, entry.refused) == ("settled", not retryable)
    assert budget.ledger(NOW).tokens == tokens
    assert budget.breaker().failures == failures


def _failing(times: int, stored: list[RawReply]) -> Callable[[RawReply], None]:
    left = iter(range(times))

    def put(raw: RawReply) -> None:
        if next(left, None) is not None:
            raise ConnectionError("the table is away")
        stored.append(raw)

    return put


def test_a_reply_is_stored_although_a_write_fails_and_the_bill_is_noted(budget: FakeBudget) -> None:
    stored: list[RawReply] = []
    reply = call(FakeModel(), PROMPT, "q", budget, 60, lambda: NOW)
    raw = keep(reply, PROMPT, "q", "taste", NOW, _failing(KEPT_ATTEMPTS - 1, stored), budget)
    assert stored == [raw]
    assert (raw.question_key, raw.taste_hash, raw.offered, raw.replied_at) == ("q", "taste", PROMPT.offered, NOW)
    assert budget.ledger(NOW).tokens == raw.tokens == reply.total_tokens


def test_nothing_is_settled_when_the_reply_could_not_be_stored(budget: FakeBudget) -> None:
    reply = call(FakeModel(), PROMPT, "q", budget, 60, lambda: NOW)
    with pytest.raises(ConnectionError):
        keep(reply, PROMPT, "q", "", NOW, _failing(KEPT_ATTEMPTS, []), budget)
    assert budget.ledger(NOW).tokens == RESERVED
