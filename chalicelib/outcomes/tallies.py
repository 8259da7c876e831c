"""What is counted as it happens, for the operator: questions by how they ended, lists by who made them. A count that is
lost leaves the figure one too small; nothing else hangs on it.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from chalicelib.outcomes.list_version import LETTERS
from chalicelib.outcomes.model import Tallies

ENDINGS = ("answered", "failed", "refused", "off", "breaker open", "budget spent", "no catalogue")
"""How a question ends, as `recommendations/ask.py` says it, without the cause behind a colon."""
KEPT = timedelta(days=35)  # as the ledger's days


def tally_question(tallies: Tallies, ending: str, now: datetime) -> None:
    """One question more that ended so; what was no question is not counted. 1 write unit."""
    kind = ending.partition(":")[0]
    if kind in ENDINGS:
        tallies.add_tally(_question(now.astimezone(UTC).date(), kind), 1, now + KEPT)


def questions_of(tallies: Tallies, day: date) -> Mapping[str, int]:
    """How the day's questions ended: those endings that there were."""
    found = tallies.find_tallies([_question(day, kind) for kind in ENDINGS])
    return {kind: found[_question(day, kind)] for kind in ENDINGS if found[_question(day, kind)]}


def tally_list(tallies: Tallies, before: str | None, after: str | None) -> None:
    """A viewer's list is by another source than before, or there is one now, or none any more. 2 write units at most,
    none where nothing has changed: some five in a viewer's life."""
    if before == after:
        return
    for source, change in ((before, -1), (after, 1)):
        if source is not None:
            tallies.add_tally(_list(source), change)


def lists_of(tallies: Tallies) -> Mapping[str, int]:
    """How many viewers' lists are by each source; a list is by the best one in it."""
    found = tallies.find_tallies([_list(source) for source in LETTERS])
    return {source: max(0, found[_list(source)]) for source in LETTERS}


def _question(day: date, kind: str) -> str:
    return f"question#{day.isoformat()}#{kind}"


def _list(source: str) -> str:
    return f"list#{source}"
