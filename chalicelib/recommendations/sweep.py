"""The look each minute at who waits. Its cost grows with their number, not with all users.

Every queue is only a hint: what a lost message leaves behind is found here.
"""

from datetime import datetime
from itertools import batched
from typing import NamedTuple

from chalicelib.recommendations.messages import Rebuild
from chalicelib.recommendations.questions.admission import Gate, admit_waiting

AT_ONCE = 10


class Swept(NamedTuple):
    """What was set going."""

    rebuilds: int
    questions: int


def sweep(gate: Gate, now: datetime) -> Swept:
    """Hints again at lists that have been due for long, and admits questions."""
    rebuilds = 0
    for users in batched(gate.store.list_due(now, gate.settings.sweep_rebuilds_max), AT_ONCE, strict=False):
        gate.outbox.send_rebuilds([Rebuild(user_id=user_id, changed_at=now) for user_id in users])
        for user_id in users:
            gate.store.put_off_due(user_id, now)
        rebuilds += len(users)
    return Swept(rebuilds, admit_waiting(gate, now))
