"""What the asking step relies on, whatever keeps the token ledger."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import boto3
import pytest

from chalicelib.recommendations.llm.adapters.store import DynamoBudget
from chalicelib.recommendations.llm.breaker import Breaker, after_failure, after_success
from chalicelib.recommendations.llm.budget import (
    Budget,
    BudgetSpentError,
    DayLedger,
    QuestionEntry,
    QuestionSettledError,
)
from tests.factories import NOW
from tests.fake_model import FakeBudget
from tests.tables import table

LIMIT, COMMON = 5_000, 3_000
TODAY = NOW


@pytest.fixture(params=["fake", "dynamo"])
def budget(request: pytest.FixtureRequest) -> Iterator[Budget]:
    if request.param == "fake":
        yield FakeBudget(LIMIT, COMMON)
        return
    with table("BudgetTable") as name:
        yield DynamoBudget(name, LIMIT, COMMON)


def test_ledger_holds_the_reservation_when_the_question_is_on_its_way(budget: Budget) -> None:
    assert budget.ledger(TODAY).tokens == 0
    budget.reserve("q", 2_000, NOW)
    assert budget.ledger(TODAY).tokens == 2_000


def test_ledger_holds_the_cost_when_the_question_is_settled(budget: Budget) -> None:
    budget.reserve("q", 2_000, NOW)
    assert budget.settle("q", 1_200)
    assert budget.ledger(TODAY).tokens == 1_200


def test_nothing_changes_when_a_question_is_settled_twice_or_unknown(budget: Budget) -> None:
    budget.reserve("q", 2_000, NOW)
    budget.settle("q", 1_200)
    assert not budget.settle("q", 1_200)
    assert not budget.settle("never asked", 1_200)
    assert budget.ledger(TODAY).tokens == 1_200


def test_nothing_is_spent_when_the_question_was_not_billed(budget: Budget) -> None:
    budget.reserve("q", 2_000, NOW)
    budget.settle("q", 0)
    assert budget.ledger(TODAY).tokens == 0


def test_lost_try_keeps_its_reservation_when_the_question_is_tried_again(budget: Budget) -> None:
    budget.reserve("q", 2_000, NOW)
    entry = budget.reserve("q", 2_000, NOW + timedelta(minutes=5))
    assert entry.tries == 2
    budget.settle("q", 1_200)
    assert budget.ledger(TODAY).tokens == 3_200


def test_question_is_refused_when_it_is_closed(budget: Budget) -> None:
    budget.reserve("q", 2_000, NOW)
    budget.settle("q", 1_200)
    with pytest.raises(QuestionSettledError) as closed:
        budget.reserve("q", 2_000, NOW)
    assert not closed.value.refused


@pytest.mark.parametrize("close", ["settle", "lose"])
def test_it_is_known_for_ever_when_the_model_refused_the_question(budget: Budget, close: str) -> None:
    budget.reserve("q", 2_000, NOW)
    assert budget.settle("q", 0, refused=True) if close == "settle" else budget.lose("q", refused=True)
    with pytest.raises(QuestionSettledError) as closed:
        budget.reserve("q", 2_000, NOW)
    assert closed.value.refused


def test_reservation_is_refused_when_the_day_is_spent(budget: Budget) -> None:
    budget.reserve("a", 3_000, NOW)
    with pytest.raises(BudgetSpentError):
        budget.reserve("b", 2_001, NOW)
    assert budget.ledger(TODAY).tokens == 3_000
    budget.reserve("b", 2_000, NOW)
    with pytest.raises(BudgetSpentError):
        budget.reserve("too large for any day", LIMIT + 1, NOW)


def test_unproven_accounts_get_nothing_of_their_share_when_the_day_is_spent(budget: Budget) -> None:
    budget.reserve("of somebody known", LIMIT, NOW)
    with pytest.raises(BudgetSpentError):
        budget.reserve("a", 1, NOW, common=True)
    assert budget.ledger(TODAY) == DayLedger(tokens=LIMIT, reserved_tokens=LIMIT)


def test_unproven_accounts_get_no_more_of_their_share_than_the_day_has_left(budget: Budget) -> None:
    budget.reserve("a", 100, NOW, common=True)
    budget.reserve("of somebody known", LIMIT - 100, NOW)
    with pytest.raises(BudgetSpentError):
        budget.reserve("b", 1, NOW, common=True)


def test_unproven_accounts_share_a_part_and_leave_the_rest_to_others(budget: Budget) -> None:
    budget.reserve("a", 2_000, NOW, common=True)
    with pytest.raises(BudgetSpentError):
        budget.reserve("b", 1_001, NOW, common=True)
    assert budget.ledger(TODAY) == DayLedger(tokens=2_000, common_tokens=2_000, reserved_tokens=2_000)
    assert budget.settle("a", 1_500)
    budget.reserve("b", 1_500, NOW, common=True)
    assert budget.ledger(TODAY) == DayLedger(tokens=3_000, common_tokens=3_000, reserved_tokens=1_500)
    with pytest.raises(BudgetSpentError):
        budget.reserve("b", 500, NOW)  # its worker died; another try comes out of the same share
    with pytest.raises(BudgetSpentError):
        budget.reserve("too large for any share", COMMON + 1, NOW, common=True)
    budget.reserve("of somebody known", 2_000, NOW)
    assert budget.ledger(TODAY) == DayLedger(tokens=LIMIT, common_tokens=COMMON, reserved_tokens=3_500)
    assert budget.lose("b")
    lost = DayLedger(tokens=LIMIT, lost_tokens=1_500, common_tokens=COMMON, reserved_tokens=2_000)
    assert budget.ledger(TODAY) == lost


def test_new_day_brings_new_tokens_when_the_last_one_is_spent(budget: Budget) -> None:
    budget.reserve("a", LIMIT, NOW)
    tomorrow = NOW + timedelta(days=1)
    budget.reserve("b", LIMIT, tomorrow)
    assert budget.ledger(tomorrow).tokens == LIMIT


def test_cost_goes_to_the_day_of_the_reservation_when_it_is_settled_after_midnight(budget: Budget) -> None:
    budget.reserve("q", 2_000, NOW)
    budget.reserve("q", 2_000, NOW + timedelta(days=1))
    budget.settle("q", 1_000)
    assert budget.ledger(TODAY).tokens == 3_000


def test_the_breaker_is_kept_for_everybody_and_the_loser_of_a_race_is_told(budget: Budget) -> None:
    assert budget.breaker() == Breaker()
    failed = after_failure(budget.breaker(), NOW)
    assert budget.put_breaker(failed, replaces=Breaker())
    assert not budget.put_breaker(failed, replaces=Breaker())
    known = budget.breaker()
    assert (known.failures, known.failed_at, known.version) == (1, NOW, 1)
    assert budget.put_breaker(after_success(known), replaces=known)
    assert budget.breaker().failures == 0


def test_what_a_lost_call_reserved_stays_spent_and_is_told_apart(budget: Budget) -> None:
    budget.reserve("a", 1_000, NOW)
    budget.reserve("a", 1_200, NOW)  # its worker died
    assert budget.ledger(NOW) == DayLedger(tokens=2_200, lost_tokens=1_000, reserved_tokens=1_200)
    assert budget.lose("a")
    assert not budget.lose("a")
    assert not budget.settle("a", 0)
    assert budget.ledger(NOW) == DayLedger(tokens=2_200, lost_tokens=2_200)
    budget.reserve("b", 500, NOW)
    budget.settle("b", 300)
    assert budget.ledger(NOW) == DayLedger(tokens=2_500, lost_tokens=2_200)
    assert budget.ledger(NOW + timedelta(days=1)) == DayLedger()


def test_every_row_is_kept_for_a_month_when_it_is_written() -> None:
    """A month's bill can be checked against the ledger; the time to live takes what is past its `expires_at`."""
    with table("BudgetTable") as name:
        budget = DynamoBudget(name, LIMIT, COMMON)
        budget.reserve("q", 2_000, NOW)
        budget.settle("q", 1_200)
        assert budget.put_breaker(after_failure(Breaker(), NOW), replaces=Breaker())
        rows = boto3.resource("dynamodb").Table(name).scan()["Items"]
    assert {str(row["pk"]).partition("#")[0] for row in rows} == {"day", "question", "breaker"}
    for row in rows:
        written = time.time() if row["pk"] == "breaker" else NOW.timestamp()
        assert float(str(row["expires_at"])) > written + 31 * 86_400, row


class SlowReader(DynamoBudget):
    """Reads a question, and something else happens before it writes."""

    def __init__(self, table_name: str, meanwhile: Callable[[DynamoBudget], object]) -> None:
        super().__init__(table_name, LIMIT, COMMON)
        self._meanwhile: list[Callable[[DynamoBudget], object]] = [meanwhile]

    def find_question(self, question_key: str) -> QuestionEntry | None:
        found = super().find_question(question_key)
        if self._meanwhile:
            self._meanwhile.pop()(DynamoBudget(self._items.Meta.table_name, LIMIT, COMMON))
        return found


def test_a_lost_try_stays_in_the_books_when_it_came_while_the_question_was_settled() -> None:
    with table("BudgetTable") as name:
        DynamoBudget(name, LIMIT, COMMON).reserve("q", 2_000, NOW)
        slow = SlowReader(name, lambda other: other.reserve("q", 2_000, NOW))
        assert slow.settle("q", 1_200)
        entry = slow.find_question("q")
        assert entry is not None
        assert (entry.tries, entry.tokens, entry.lost_tokens) == (2, 3_200, 2_000)
        assert slow.ledger(TODAY).tokens == 3_200


def test_the_first_bill_holds_when_two_settle_one_question_at_once() -> None:
    with table("BudgetTable") as name:
        DynamoBudget(name, LIMIT, COMMON).reserve("q", 2_000, NOW)
        slow = SlowReader(name, lambda other: other.settle("q", 1_200))
        assert not slow.settle("q", 900)
        assert slow.ledger(TODAY).tokens == 1_200
