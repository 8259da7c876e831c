"""Defects that once passed all fast tests together, and more of their kind: each has to be seen by one of them now.

python -m tests.mutants.planted
"""

import sys
from collections.abc import Sequence
from typing import NamedTuple

from tests.mutants.trial import copy_of_the_sources, edited, seen_by
from tests.unit.test_places import CODE


class Defect(NamedTuple):
    """`old` becomes `new` in a module of `chalicelib`. `old` stands there once."""

    name: str
    module: str
    old: str
    new: str

    def source(self) -> str:
        """The module with the defect.

        Raises:
            ValueError: the code to be edited is not there, or more than once.
        """
        before = (CODE / self.module).read_text()
        if before.count(self.old) != 1:
            raise ValueError(f"{self.name}: {self.old!r} is {before.count(self.old)} times in {self.module}")
        return before.replace(self.old, self.new)


STEPS = "recommendations"
PLANTED = (
    Defect("a like is acknowledged and not stored when DynamoDB fails", "compare_and_swap.py",
           'if getattr(error, "cause_response_code", None) != REFUSED:\n            raise\n        return False',
           'return getattr(error, "cause_response_code", None) != REFUSED'),
    Defect("messages that SQS refused are lost", f"{STEPS}/adapters/queues.py",
           'if answer.get("Failed"):', "if False:"),
    Defect("the model's own proposals are refused", f"{STEPS}/llm/title_resolution.py",
           "if film and film.film_id not in rated:", "if film and film.film_id in rated:"),
    Defect("every range of years of the search is refused", "catalog/routes.py",
           "type Year = Annotated[int, Meta(ge=1870, le=2100)]", "type Year = Annotated[int, Meta(ge=2100, le=1870)]"),
    Defect("a paid answer is asked for again after a crash", f"{STEPS}/ask.py",
           "paid = raw if raw and raw.question_key == state.question_key else None",
           "paid = raw if raw and raw.question_key != state.question_key else None"),
    Defect("the ledger expires at once", f"{STEPS}/llm/adapters/store.py",
           "expires_at = int(now.timestamp()) + _KEPT_SECONDS", "expires_at = int(now.timestamp()) - _KEPT_SECONDS"),
    Defect("half of a compare-and-swap is gone", f"{STEPS}/llm/adapters/store.py",
           "return (LedgerItem.state == entry.state) & (LedgerItem.tries == entry.tries)",
           "return LedgerItem.state == entry.state"),
    Defect("the other half of it is gone", f"{STEPS}/llm/adapters/store.py",
           "return (LedgerItem.state == entry.state) & (LedgerItem.tries == entry.tries)",
           "return LedgerItem.tries == entry.tries"),
    Defect("a steered film that the catalogue lost ends every rebuild", f"{STEPS}/ranking/more_like_this.py",
           "for film_id in fresh if film_id in candidates.known]", "for film_id in fresh]"),
    Defect("a history's films are matched by id alone", "feedback/history_import.py",
           "    _match_open(catalog, rows, matches, [row.title for row in rows])\n", ""),
    Defect("new picks do nothing", f"{STEPS}/refresh.py", "store.put_state(user_id, wished, replaces=state)", "pass"),
    Defect("new picks wake nobody", f"{STEPS}/refresh.py",
           "gate.outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now, trace=correlation())])", "pass"),
    Defect("the route of new picks asks nobody", f"{STEPS}/routes.py",
           "answer_of(refresh(resources.gate(), call.viewer.user_id, now), 202)",
           'answer_of(Refresh(state="updating", available_at=now), 202)'),
    Defect("an account that goes during a question ends the worker", f"{STEPS}/ask.py",
           "except UserErasedError:  # during the call", "except KeyError:"),
    Defect("questions go to the queue of lists", "resources.py", 'queue_url("ask")', 'queue_url("rebuild")'),
    Defect("a stream's records reach nobody", f"{STEPS}/events.py",
           "use_case(resources.recommendation_store(), resources.outbox(), users, datetime.now(UTC), users)", "pass"),
    Defect("the top list is never read anew", f"{STEPS}/top_list.py",
           "if self.clock() - self.read_at > self.seconds:", "if not self.films:"),
    Defect("the top list fails with the catalogue", f"{STEPS}/top_list.py",
           "if not self.films:\n                    raise", "raise"),
    Defect("a rating is stored over one that came meanwhile", "feedback/adapters/store.py",
           "row.save(condition=unchanged)", "row.save()"),
)  # fmt: skip


def main(words: Sequence[str] = ()) -> int:
    """The exit code: how many nobody has seen, of those whose names hold one of the words."""
    missed, chosen = 0, [one for one in PLANTED if not words or any(word in one.name for word in words)]
    with copy_of_the_sources() as copy:
        for one in chosen:
            with edited(copy, one.module, one.source()):
                test = seen_by(copy, one.module)
            missed += test is None
            print(f"{one.name:70} {test or 'SEEN BY NOBODY'}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} are seen")
    return missed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
