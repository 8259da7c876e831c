"""Conditions of the code taken away, one at a time: a simulation that notices none of it would prove nothing.

Each sabotage is an edit of one function's source, so it fails loudly when that code moves. The stores are the fakes:
the contract suites hold them and the real ones to the same conditions.

Four conditions of marks are not among these: since one mark covers a sitting, fewer than one world of a thousand shows
that one is missing. Fast tests do, each time: that a mark is cleared last and only when it is over
(`tests/unit/recommendations/test_rebuild.py`), how long it covers (`test_plan.py`), that a reply has one
(`test_ask.py`).
"""

import inspect
import sys
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any, NamedTuple

from tests.simulation.campaign import quiet, run_once


class Sabotage(NamedTuple):
    """`old` becomes `new` in `place` (module:function, or module:Class.method); one of `broken` must be noticed."""

    name: str
    place: str
    old: str
    new: str
    broken: tuple[str, ...]
    regimes: tuple[str, ...]


LANES, STORE = "chalicelib.recommendations", "tests.fake_lanes:FakeRecommendationStore"
LISTS = ("list late", "list forgotten")
FORGOTTEN = ("question forgotten", "question left open", "refresh forgotten")
CALLS = ("cooldown", "nothing changed", "paid twice", "day cap")

SABOTAGES = (
    Sabotage("publish past the erasure marker", f"{STORE}.publish", "if record.erased:", "if False:",
             ("deleted viewer remains",), ("slow", "kills", "clean")),
    Sabotage("store the raw reply past the erasure marker", f"{STORE}.put_raw", "if self.read(user_id).erased:",
             "if False:", ("deleted viewer remains",), ("clean", "kills")),
    Sabotage("store the state without its condition", f"{STORE}.put_state",
             "if record.state.version != replaces.version:", "if False:", (*FORGOTTEN, *CALLS),
             ("clean", "slow", "all")),
    Sabotage("plan without marking", f"{LANES}.plan:_is_marked",
             "store.mark_due(user_id, uuid.uuid4().hex, now, now + MARK_COVERS + MARK_RESTS)",
             "pass", LISTS, ("lost", "all")),
    Sabotage("sweep without looking at marks", f"{LANES}.sweep:sweep",
             "gate.store.list_due(now, gate.settings.sweep_rebuilds_max)", "[]", LISTS, ("lost", "all")),
    Sabotage("sweep without looking at overdue leases", f"{LANES}.questions.admission:_is_their_turn",
             "return state.look_at", "return state.pending_since is None and state.look_at", FORGOTTEN,
             ("lost", "all")),
    Sabotage("feedback put without its condition", "tests.fakes:FakeFeedbackStore.put",
             "if self.find(user_id, item.film_id) != replaces:", "if False:", ("word lost",), ("clean", "slow")),
    Sabotage("feedback deleted though it changed", "tests.fakes:FakeFeedbackStore.delete_unchanged",
             "if self.find(user_id, item.film_id) != item:", "if False:", ("word lost",), ("clean", "slow", "kills")),
    Sabotage("an import that overrules", "chalicelib.feedback.history_import:_put_unless_rated",
             "elif held.rating is None and (item.rating, held.steer) not in CONTRARY:", "else:",
             ("word lost",), ("clean",)),
    Sabotage("no reservation before the call", f"{LANES}.ask:_put_question",
             "dependencies.budget.reserve(state.question_key, prompt.reserved_tokens, now, common=state.unproven)",
             "pass", ("ledger below bill",), ("clean",)),
    Sabotage("a billed failure settled as free", f"{LANES}.llm.call:_note_failed", "if error.billed:", "if False:",
             ("ledger below bill",), ("stores", "kills")),
    Sabotage("the raw reply not stored", f"{LANES}.llm.call:keep", "_kept(partial(put_raw, raw))",
             "pass", ("paid reply lost",), ("clean",)),
    Sabotage("a list that is not due for a reply", f"{LANES}.publish:made_of", 'reply.question_key if reply else ""',
             '""', ("reply not in list",), ("clean", "stores")),
    Sabotage("no cooldown", f"{LANES}.questions.timing:not_before", "return state.not_before", "return None",
             ("cooldown",), ("clean", "slow")),
    Sabotage("questions of a day not counted", f"{LANES}.ask:_begin", "0 if begun_key else 1", "0", ("day cap",),
             ("clean", "slow", "stores")),
    Sabotage("a question whatever was asked", f"{LANES}.questions.timing:due",
             "if state.asked_hash == taste.taste_hash and not refresh:", "if False:", ("nothing changed",), ("clean",)),
    Sabotage("no later purges", "chalicelib.auth.leaving.erasure:purge_first",
             "((last_request, False), (last_request + settings.access_token_seconds, True))", "()",
             ("deleted viewer remains",), ("slow", "clean", "stores")),
    Sabotage("a new password in the old session epoch", "tests.fake_accounts:FakeAccountStore.change_password",
             "held.session_epoch + 1 if held", "held.session_epoch if held", ("old session ends",), ("clean",)),
    Sabotage("a film's question not noted before it is asked", f"{LANES}.questions.ask_once:_ask_once",
             "state = _begin(parts.store, asked.subject, state, now)", "pass", ("film asked about again",),
             ("kills", "clean")),
    Sabotage("a film asked about again after a lost worker", f"{LANES}.questions.ask_once:_lost",
             "if unbilled else None", "", ("film asked about again",), ("kills", "all")),
    Sabotage("a film's answer not kept", f"{LANES}.premieres.ask_about:FilmQuestion.hear",
             "change(self.parts.questions, also)", "pass", ("paid reply unjudged",), ("clean",)),
    Sabotage("films without a share of the day", f"{LANES}.premieres.ask_about:FilmQuestion.set_aside",
             "if today.tokens_on_day + tokens > most:", "if False:", ("share of films",), ("clean",)),
    Sabotage("unproven viewers ask out of everybody's tokens", f"{LANES}.ask:_put_question",
             "common=state.unproven", "common=False", ("share of the unproven",), ("clean", "slow")),
    Sabotage("the page without its margin", f"{LANES}.home:home_page", "held.seen_until", "held.read_at",
             ("rated film shown",), ("slow", "kills", "clean")),
    Sabotage("the page without the catalogue", f"{LANES}.home:_shown", "if known is not None:", "if False:",
             ("withdrawn film shown",), ("clean",)),
)  # fmt: skip


def _found(place: str) -> tuple[Any, str, Any]:
    module_name, path = place.split(":")
    holder: Any = import_module(module_name)
    *classes, name = path.split(".")
    for one in classes:
        holder = getattr(holder, one)
    return getattr(holder, name), name, sys.modules[module_name]


@contextmanager
def committed(sabotage: Sabotage) -> Iterator[None]:
    """The code as the sabotage leaves it.

    Raises:
        ValueError: the code to be edited is not there.
    """
    original, name, module = _found(sabotage.place)
    source = textwrap.dedent(inspect.getsource(original))
    if sabotage.old not in source:
        raise ValueError(f"{sabotage.name}: {sabotage.old!r} is not in {sabotage.place} any more")
    scope: dict[str, Any] = dict(vars(module))
    exec(compile(source.replace(sabotage.old, sabotage.new), sabotage.place, "exec"), scope)  # noqa: S102
    before = original.__code__
    original.__code__ = scope[name].__code__  # whoever imported it by name has the edited one too
    try:
        yield
    finally:
        original.__code__ = before


def noticed(sabotage: Sabotage, runs: int, first_seed: int = 1) -> tuple[int, str] | None:
    """After how many runs one of the promises broke, and which; None: never."""
    with committed(sabotage), quiet():
        for number in range(runs):
            regime = sabotage.regimes[number % len(sabotage.regimes)]
            evidence = run_once(first_seed + number, regime).evidence
            for promise, _ in evidence.violations:
                if promise in sabotage.broken:
                    return number + 1, promise
    return None


def others(sabotages: Sequence[Sabotage] = SABOTAGES) -> set[str]:
    """All promises that some sabotage breaks."""
    return {promise for one in sabotages for promise in one.broken}
