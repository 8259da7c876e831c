"""What the steps need of the recommendations table and of item similarity."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from chalicelib.recommendations.model import (
    AskState,
    FilmQuestions,
    KnownText,
    Mark,
    RawReply,
    StoredList,
    StoredPlan,
    StoredReply,
    StoredVector,
    TextQuestions,
    UserRecord,
)
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

    def mark_due(self, user_id: str, token: str, now: datetime, ends_at: datetime) -> None:
        """Notes that the list may lack something: a mark that ends then. One that stands keeps its end, and has this
        token from now on.

        Raises:
            UserErasedError: the account is gone.
        """

    def read_marks(self, user_ids: Sequence[str]) -> Mapping[str, Mark]:
        """The marks that stand for these users (at most 100). One that was cleared a moment ago may be among them."""

    def clear_due(self, user_id: str, token: str) -> None:
        """Takes the mark away; one with another token stays, for its words may be in no list yet."""

    def list_due(self, now: datetime, limit: int) -> Iterator[str]:
        """Users whose mark has stood for long, longest first; at most `limit`."""

    def put_off_due(self, user_id: str, now: datetime) -> None:
        """Has `list_due` name the user again twenty minutes later."""

    def list_waiting(self, now: datetime, limit: int) -> Iterator[str]:
        """Users whom the sweep has to look at by now (`AskState.look_at`), longest waiting first; at most `limit`."""

    def list_present(self, since: datetime, now: datetime, limit: int) -> Iterator[str]:
        """Those among them who are present and have not waited for longer than `since`, latest first: who has just come
        is there, who has waited for an hour has their turn by `list_waiting`."""

    def list_common(self, now: datetime, limit: int) -> Iterator[str]:
        """Unproven accounts whose question waits by now, longest waiting first; neither of the two above names them."""

    def count_open(self, now: datetime, limit: int) -> int:
        """How many questions are queued or running; counting ends at `limit`."""

    def count_waiting(self, limit: int) -> int:
        """How many users wait for a question, by now or later; counting ends at `limit` in each part of the index."""

    def read_states(self, user_ids: Sequence[str]) -> Mapping[str, AskState]:
        """The hot facts of these users (at most 100), strongly consistent; without those that have none."""

    def erase(self, user_id: str, now: datetime) -> None:
        """Removes everything and leaves a marker that no late publication gets past. Safe to repeat."""

    def readmit(self, user_id: str) -> None:
        """Takes the marker away, and nothing else. Safe to repeat."""


class SimilaritySource(Protocol):
    """What the nightly learning made of everybody's likes."""

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        """What is learned of these films, and of the site."""

    def lately_liked(self) -> Sequence[str]:
        """Films liked most in the last days, the most liked first, see `SiteModel.lately_liked`."""


class FilmQuestionStore(Protocol):
    """What is known of the questions about new films: one item, whoever asks."""

    def film_questions(self) -> FilmQuestions:
        """Read consistently; an empty one before the first."""

    def put_film_questions(self, new: FilmQuestions, replaces: FilmQuestions) -> bool:
        """Stores it one version on, in place of the one that was read; False when another stands there."""


class TextStore(Protocol):
    """What is known of texts that viewers have typed; their states lie where those of viewers do."""

    def known_text(self, subject: str) -> KnownText:
        """All that is known of a text, consistently, in one request."""

    def put_plan(self, subject: str, plan: StoredPlan) -> None:
        """Stores what was understood of it, until `kept_until`."""

    def find_vector(self, subject: str) -> StoredVector | None:
        """The vector of words that stands there."""

    def put_vector(self, subject: str, vector: StoredVector) -> None:
        """Stores one, until `kept_until`."""

    def text_questions(self) -> TextQuestions:
        """The day's, read consistently; an empty one before the first."""

    def put_text_questions(self, new: TextQuestions, replaces: TextQuestions) -> bool:
        """Stores it one version on, in place of the one that was read; False when another stands there."""

    def count_text(self, user_id: str, now: datetime, most: int) -> bool:
        """Counts one more new text of this viewer's on this UTC day; False, and nothing is counted, when they have had
        `most`, or their account is gone."""
