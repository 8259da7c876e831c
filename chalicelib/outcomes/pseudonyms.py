"""Under whose name events are kept: a pseudonym by a salt of the viewer's own, which dies with the account.

Without the salt nobody, we ourselves included, can say whose the events were; files need not be read and written anew
for one viewer who leaves (docs/decisions/080-events.md). A worker that has read a salt knows it for a while.
"""

import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from chalicelib.outcomes.model import Salts

SALT_BYTES = 16
PSEUDONYM_CHARACTERS = 20  # 80 bits: two of a hundred million viewers share one in 1 site of 240
REMEMBERED_MAX = 10_000  # viewers of one worker: 2 MB
REMEMBERED_SECONDS = 60  # as long as a request that was let in before a deletion may run, and so purged after that


def pseudonym_of(user_id: str, salt: bytes) -> str:
    """The name under which the events of a viewer with this salt lie."""
    return hmac.digest(salt, user_id.encode(), "sha256").hex()[:PSEUDONYM_CHARACTERS]


class Pseudonyms:
    """Pseudonyms of viewers, by salts read and made when they are needed."""

    def __init__(self, salts: Salts, clock: Callable[[], float] = time.monotonic) -> None:
        self._salts, self._clock = salts, clock
        self._known: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def pseudonym(self, user_id: str) -> str:
        """The viewer's, made when there is none yet. Half a read unit, once a minute and worker; 1 write unit once."""
        return self.find_pseudonym(user_id) or self._remember(
            user_id, self._salts.put_salt(user_id, secrets.token_bytes(SALT_BYTES))
        )

    def find_pseudonym(self, user_id: str) -> str | None:
        """The viewer's; None when nothing of theirs was ever told. Half a read unit, none for a minute after."""
        until, known = self._known.get(user_id, (0.0, ""))
        if known and self._clock() < until:
            return known
        salt = self._salts.find_salt(user_id)
        return self._remember(user_id, salt) if salt else None

    def holdings(self, user_id: str) -> dict[str, object]:
        """What the export says: the name under which the viewer's events lie in the files."""
        return {"events_are_kept_as": self.find_pseudonym(user_id)}

    def _remember(self, user_id: str, salt: bytes) -> str:
        made = pseudonym_of(user_id, salt)
        self._known[user_id] = (self._clock() + REMEMBERED_SECONDS, made)
        self._known.move_to_end(user_id)
        while len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return made
