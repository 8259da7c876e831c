"""Every store, queue and handler on an AWS that fails: each call of each step goes wrong in each way, once.

Then the step is repeated as its caller would: a client's second request, the redelivered message, the next sweep. The
outcome has to be that of a run in which nothing failed.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import msgspec
import pytest

from chalicelib import aws, resources
from chalicelib.auth import accounts, passwords, sessions
from chalicelib.auth.model import Account, EmailTakenError, SessionOverError, WrongCredentialsError
from chalicelib.auth.sign_in import sign_in as sign_in_with
from chalicelib.errors import DomainError, UnauthorizedError
from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.feedback.model import Listed
from chalicelib.recommendations.item_similarity.adapters.store import DynamoItemSimilarity
from chalicelib.recommendations.item_similarity.codec import pack
from chalicelib.recommendations.llm.budget import QuestionSettledError
from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.recommendations.site_model import SiteModel
from chalicelib.settings import settings
from tests.factories import NOW, feedback, film_id
from tests.failing_aws import KINDS, Death, Kind, can_strike
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
ALL_FAULTS = [(kind, long) for kind in KINDS for long in (False, True)]
PASSWORD, NEW_PASSWORD = "eleven green bottles", "twelve green bottles"
UNDISTURBED: dict[str, tuple[object, list[str]]] = {}  # a case's outcome, and its calls
DONE_ALREADY = (WrongCredentialsError, EmailTakenError)
"""What a second request is told when the first one did it: the old password is none any more, the address is taken."""


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


def change_password(world: World) -> None:
    accounts.change_password(USER, PASSWORD, NEW_PASSWORD, resources.auth_dependencies(), world.now)


def today(world: World) -> None:
    """Sessions end by the real clock: moto leaves out what is past its time to live."""
    world.now = datetime.now(UTC)


def registered(world: World) -> None:
    """An account of the viewer, whose password is known."""
    today(world)
    hashed = passwords.hash_of(PASSWORD, settings())
    resources.account_store().add(
        Account(user_id=USER, email="vera@example.com", password_hash=hashed, created_at=world.now)
    )


def passwords_known(world: World) -> object:
    account = accounts.get_own_account(USER, resources.account_store())
    right = [passwords.matches(one, account.password_hash, settings()) for one in (PASSWORD, NEW_PASSWORD)]
    return right, account.session_epoch


EMAIL = "vera@example.com"


def register(world: World) -> None:
    accounts.register(EMAIL, PASSWORD, None, "ru", "somewhere", resources.auth_dependencies(), world.now)


def sign_in(world: World) -> None:
    world.pair = sign_in_with(EMAIL, PASSWORD, "192.0.2.1", resources.auth_dependencies(), world.now)


def signed_in(world: World) -> None:
    registered(world)
    sign_in(world)


def refresh(world: World) -> None:
    assert world.pair
    world.pair = sessions.refresh(world.pair.refresh_token, resources.auth_dependencies(), world.now)


def can_sign_in(world: World) -> object:
    """The account is there once, and its owner gets in."""
    sign_in(world)
    return [row["email"] for row in world.rows("AccountsTable") if row["pk"].startswith("user#")], may_stay(world)


def may_stay(world: World) -> object:
    """Both tokens of the pair that the viewer was given are good, and one more."""
    assert world.pair
    admitted = resources.admission().admit(world.pair.access_token, world.now)
    refresh(world)
    return admitted.user_id == resources.account_store().find_user_id(EMAIL)


def log_out(world: World) -> None:
    assert world.pair
    sessions.log_out(world.pair.refresh_token, resources.session_store())


def is_out(world: World) -> object:
    assert world.pair
    with pytest.raises(SessionOverError):
        refresh(world)
    with pytest.raises(UnauthorizedError):
        resources.admission().admit(world.pair.access_token, world.now)
    return True


def miss_a_password(world: World) -> None:
    with suppress(WrongCredentialsError):
        sign_in_with(EMAIL, "thirteen green bottles", "192.0.2.9", resources.auth_dependencies(), world.now)


def attempts_counted(world: World) -> object:
    """A guess is counted before it is answered: once, or once more where its answer was lost."""
    counts = [int(row["failures"]) for row in world.rows("SessionsTable") if "failures" in row]
    return bool(counts), all(1 <= count <= 1 + REPEATS for count in counts)


SIMILAR = [(film_id("a"), pack([1], [0.5]), b""), (film_id("b"), pack([0], [0.5]), b""), (film_id("c"), b"", b"")]


def learn(world: World) -> None:
    """As the nightly step publishes what it has learned."""
    store = DynamoItemSimilarity(settings().item_similarity_table)
    store.put_model(SIMILAR, SiteModel(), 1, world.now)
    run = store.run()
    assert store.put_run(msgspec.structs.replace(run), replaces=run) or store.run().version > run.version


def learned_things(world: World) -> object:
    found = DynamoItemSimilarity(settings().item_similarity_table).similarities([film_id("a"), film_id("b")])
    return found.near, DynamoItemSimilarity(settings().item_similarity_table).run().version > 0


def many_words(world: World) -> None:
    resources.feedback_store().put_many(USER, [feedback(f"Film {number}") for number in range(60)])


def held_words(world: World) -> object:
    return sorted(item.film_id for item in resources.feedback_store().list_all(USER))


def give(world: World) -> None:
    change = Change(rating="like")
    store, film_id = resources.feedback_store(), world.films[0].film_id
    give_feedback(store, resources.catalog, lambda *_: Listed(), USER, film_id, change, "ru", world.now)


def reserve_and_settle(world: World) -> None:
    try:
        resources.budget().reserve("q", 2_000, world.now)
    except QuestionSettledError:
        return
    resources.budget().settle("q", 1_200)


def ledger_holds_the_bill(world: World) -> object:
    (question,) = [row for row in world.rows("BudgetTable") if row["pk"] == "question#q"]
    tokens = resources.budget().ledger(world.now).tokens
    return tokens >= 1_200, question["tokens"] == tokens, question["state"]


def send(world: World) -> None:
    users = [f"user {number}" for number in range(13)]
    resources.outbox().send_rebuilds([Rebuild(user_id=user_id, changed_at=world.now) for user_id in users])
    resources.outbox().send_asks([Ask(user_id=user_id, window=1) for user_id in users])


def sent(world: World) -> object:
    """Hints may come twice, questions may not."""
    return set(world.messages("rebuild")), sorted(world.messages("ask"))


STORES = [
    Case("change password", registered, change_password, passwords_known),
    Case("register", today, register, can_sign_in),
    Case("sign in", registered, sign_in, may_stay),
    Case("refresh", signed_in, refresh, may_stay),
    Case("log out", signed_in, log_out, is_out),
    Case("wrong password", registered, miss_a_password, attempts_counted),
    Case("item similarity", lambda _: None, learn, learned_things),
    Case("give feedback", lambda _: None, give, held_words),
    Case("put many", lambda _: None, many_words, held_words),
    Case("delete all", many_words, lambda _: resources.feedback_store().delete_all(USER), held_words),
    Case("budget", lambda _: None, reserve_and_settle, ledger_holds_the_bill),
    Case("outbox", lambda _: None, send, sent),
    Case("erase account", lambda world: world.open_session(USER), lambda world: world.delete_account(USER),
         lambda world: sorted(row["pk"] for row in world.rows("AccountsTable"))),
    Case("revoke all", lambda world: world.open_session(USER), lambda _: resources.session_store().revoke_all(USER),
         lambda world: world.rows("SessionsTable")),
]  # fmt: skip


def is_expected(error: BaseException | None) -> bool:
    """Whether a caller is prepared for it."""
    return error is None or isinstance(error, (Death, Failed, DomainError)) or aws.does_not_answer(error)


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
        if isinstance(error, DONE_ALREADY):
            error = None
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


@pytest.mark.parametrize(("kind", "stubborn"), ALL_FAULTS, ids=[f"{kind}{'-long' * long}" for kind, long in ALL_FAULTS])
@pytest.mark.parametrize("case", STORES, ids=[case.name for case in STORES])
def test_a_store_holds_what_it_would_without_the_fault(world: World, case: Case, kind: Kind, stubborn: bool) -> None:
    check(world, case, kind, stubborn=stubborn)
