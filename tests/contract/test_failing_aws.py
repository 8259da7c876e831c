"""Every store, queue and handler on an AWS that fails: each call of each step goes wrong in each way, once.

Then the step is repeated as its caller would: a client's second request, the redelivered message, the next sweep. The
outcome has to be that of a run in which nothing failed.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib import resources
from chalicelib.batch_writer import BatchRefusedError
from chalicelib.errors import DomainError
from tests.factories import NOW
from tests.failing_aws import Death, Kind, can_strike
from tests.failing_world import LATER, QUEUES, Failed, World, attempted, failing_world

USER, OTHER = "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002"
REPEATS = 3
FAULTS: list[tuple[Kind, bool]] = [
    ("throttled", True),
    ("lost", False),
    ("lost", True),
    ("partial", False),
    ("death", False),
]
KNOWN = (DomainError, PynamoDBException, BotoCoreError, ClientError, BatchRefusedError)
UNDISTURBED: dict[str, tuple[object, list[str]]] = {}  # a case's outcome, and its calls
EXPECTED = ("MessageNotSentError",)  # an adapter's own: adapters are opened by `resources` alone


class Case(NamedTuple):
    """A step: what stands before it, the step itself, and what has to have come of it."""

    name: str
    prepare: Callable[[World], object]
    act: Callable[[World], object]
    outcome: Callable[[World], object]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch, failing_world(monkeypatch) as made:
        yield made


def liked(world: World) -> None:
    world.like(USER)


def planned(world: World) -> None:
    liked(world)
    world.plan(USER)


def asked(world: World) -> None:
    planned(world)
    world.deliver("rebuild")


def waiting(world: World) -> None:
    """A list is due and its hint is lost; a question was admitted and its message is lost."""
    asked(world)
    world.lose("ask")
    world.like(OTHER)
    world.plan(OTHER)
    world.lose("rebuild")
    world.now += LATER


def settled(world: World) -> object:
    """What the viewers see in the end, that nothing is left to do, and that the ledger holds the bill."""
    world.settle()
    found: dict[str, object] = {}
    for user_id in (USER, OTHER):
        record = resources.recommendation_store().read(user_id)
        films = record.list_.films if record.list_ else ()
        waits = (record.due, record.state.question_key, record.state.pending_since, record.state.stale_since)
        found[user_id] = (len({film.card.film_id for film in films}), {film.source for film in films}, waits)
    found |= {queue: world.messages(queue) for queue in QUEUES}
    ledger = resources.budget().ledger(NOW)
    questions = [row for row in world.rows("BudgetTable") if row["pk"].startswith("question#")]
    assert ledger.tokens == sum(int(row["tokens"]) for row in questions) >= world.bill()
    assert {row["state"] for row in questions} <= {"settled"}
    return found


def deleted(world: World) -> None:
    """An account with all that is held of one; its owner has just deleted it."""
    asked(world)
    world.deliver("ask")
    world.open_session(USER)
    world.delete_account(USER)


def purged(world: World) -> None:
    deleted(world)
    world.erase(USER)
    world.now += timedelta(days=1)


def nothing_left(world: World) -> object:
    """After all purges: tables with anything of the viewer, and how many purges wait."""
    world.now += timedelta(days=1)
    waiting = len(set(world.messages("erasure")))
    world.deliver("erasure")
    world.settle()
    held = [(table, row["item"], set(row) - {"user_id", "item", "expires_at"})
            for table in ("RecommendationsTable",) for row in world.rows(table)]  # fmt: skip
    return waiting > 0, held, world.rows("FeedbackTable"), world.rows("SessionsTable")


HANDLERS = [
    Case("plan", liked, lambda world: world.plan(USER), settled),
    Case("rebuild", planned, lambda world: world.deliver("rebuild"), settled),
    Case("ask", asked, lambda world: world.deliver("ask"), settled),
    Case("sweep", waiting, lambda world: world.sweep(), settled),
    Case("erase", deleted, lambda world: world.erase(USER), nothing_left),
    Case("purge again", purged, lambda world: world.deliver("erasure"), lambda world: nothing_left(world)),
]


def is_expected(error: BaseException | None) -> bool:
    """Whether a caller is prepared for it."""
    return error is None or type(error).__name__ in EXPECTED or isinstance(error, (Death, Failed, *KNOWN))


def run(world: World, case: Case, place: int = -1, kind: Kind | None = None, *, stubborn: bool = False) -> object:
    """The outcome of one run, in which the call at that place fails."""
    world.reset()
    case.prepare(world)
    with world.aws.armed(place, kind, stubborn=stubborn):
        error = attempted(lambda: case.act(world))
    where = f"{kind} at {place}: {world.aws.struck}, then {error!r}"
    assert is_expected(error), where
    if not stubborn and kind not in ("partial", "death"):
        assert error is None, f"the client's own second try is enough: {where}"
    for _ in range(REPEATS):
        if error is None:
            break
        error = attempted(lambda: case.act(world))
    assert error is None, where
    return case.outcome(world)


def check(world: World, case: Case, kind: Kind, *, stubborn: bool) -> None:
    """Each call that the step makes fails once. Up to the fault, a run is like the undisturbed one."""
    if case.name not in UNDISTURBED:
        outcome = run(world, case)
        UNDISTURBED[case.name] = (outcome, list(world.aws.calls))
    expected, calls = UNDISTURBED[case.name]
    for place, operation in enumerate(calls):
        if can_strike(kind, operation):
            outcome = run(world, case, place, kind, stubborn=stubborn)
            assert world.aws.struck == operation
            assert outcome == expected, f"{kind} at {place}: {operation}"


@pytest.mark.parametrize(("kind", "stubborn"), FAULTS, ids=[f"{kind}{'-long' * long}" for kind, long in FAULTS])
@pytest.mark.parametrize("case", HANDLERS, ids=[case.name for case in HANDLERS])
def test_all_is_as_if_nothing_had_happened(world: World, case: Case, kind: Kind, stubborn: bool) -> None:
    check(world, case, kind, stubborn=stubborn)
