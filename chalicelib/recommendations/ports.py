"""What the steps need of the recommendations table and of item similarity."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.recommendations.model import AskState, RawReply, StoredList, StoredReply, UserRecord
from chalicelib.recommendations.site_model import Similarities


class RecommendationStore(Protocol):
    """One partition a user: the list, the model's reply, and the small hot facts."""

    def read(self, user_id: str) -> UserRecord:
        """Everything of the user, strongly consistent, in one query."""

    def read_page(self, user_id: str) -> UserRecord:
        """The list and the hot facts only: what the home page needs. Strongly consistent, one request."""

    def publish(self, user_id: str, new: StoredList) -> None:
        """Stores the list as the successor of version `new.version - 1`.

        Raises:
            ListChangedError: somebody else published meanwhile.
            UserErasedError: the account is gone.
        """

    def put_raw(self, user_id: str, raw: RawReply) -> None:
        """Stores the model's words for two days, in place of older ones. `UserErasedError` when the account is gone."""

    def put_reply(self, user_id: str, reply: StoredReply) -> None:
        """Stores the model's reply in place of an older one. `UserErasedError` when the account is gone."""

    def put_state(self, user_id: str, state: AskState, replaces: AskState) -> AskState:
        """Stores the hot facts in place of those that were read, and returns them as stored. `ListChangedError` if
        others stand there meanwhile, `UserErasedError` when the account is gone."""

    def list_stale(self, now: datetime, limit: int) -> Iterator[str]:
        """Users whose question waits and may be asked by now, longest waiting first; at most `limit`."""

    def erase(self, user_id: str, now: datetime) -> None:
        """Removes everything and leaves a marker that no late publication gets past. Safe to repeat."""


class SimilaritySource(Protocol):
    """What the nightly learning made of everybody's likes."""

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        """What is learned of these films, and of the site."""
