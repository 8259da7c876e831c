"""A subscriber with a list of their own, on fakes."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.auth.letters.port import Letter, LetterRefusedError
from chalicelib.auth.model import Account
from chalicelib.recommendations.model import StoredFilm, StoredList
from chalicelib.settings import Settings
from chalicelib.weekly.choose import Shelves
from chalicelib.weekly.model import One, Subscriber
from chalicelib.weekly.send import Sending, send_letter
from tests.auth_world import World
from tests.factories import card, feedback, film, film_id
from tests.fake_lanes import FakeRecommendationStore
from tests.fake_weekly import FakeDueQueue, FakeSubscribers
from tests.fakes import FakeCatalog, FakeFeedbackStore

SITE = "https://films.example/"
TITLES = [f"Film {number}" for number in range(12)]
DIFFERENT = [
    {"genres": (genre,), "year": 1950 + number}
    for number, genre in enumerate(["Drama", "Comedy", "Horror", "War", "Western", "Crime"] * 2)
]


class MovableMailer:
    """Letters in a list; `failures` are raised first, each once. `also` is done while one is being sent."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.failures: list[BaseException] = []
        self.also: Callable[[], object] = lambda: None

    def send(self, letter: Letter) -> None:
        self.also()
        if self.failures:
            raise self.failures.pop(0)
        self.sent.append(letter)


class Weekly:
    """One subscriber, by default with a confirmed address and twelve films in their list."""

    def __init__(self, **chosen: Any) -> None:
        self.world = World()
        self.issue = self.world.now
        self.account: Account = self.world.register(language="en")
        self.user_id = self.account.user_id
        self.world.accounts.confirm(self.user_id, self.world.now)
        self.world.accounts.set_letters(self.user_id, self.world.now)
        self.subscribers, self.queue = FakeSubscribers(self.world.accounts), FakeDueQueue()
        self.lists, self.feedback, self.mailer = FakeRecommendationStore(), FakeFeedbackStore(), MovableMailer()
        self.catalog = FakeCatalog([film(title, **DIFFERENT[place]) for place, title in enumerate(TITLES)])
        given: dict[str, Any] = {"page_address": SITE, "mail_sender": "ses://a@films.example", "weekly_letters": True}
        self.settings = Settings(**(given | {"confirm_email": True} | chosen))
        shelves = Shelves(self.lists, self.feedback, lambda: self.catalog)
        self.parts = Sending(self.subscribers, shelves, self.world.keys, self.mailer, self.settings)
        self.publish()

    def publish(self, version: int = 1) -> None:
        """The list: all films in order."""
        films = tuple(
            StoredFilm(card=card(title, **DIFFERENT[place]), ground="content", because=(), reason=None,
                       reason_language=None, why=None)
            for place, title in enumerate(TITLES)
        )  # fmt: skip
        now = self.world.now
        self.lists.publish(
            self.user_id,
            StoredList(films=films, version=version, generated_at=now, read_at=now, seen_until=now - timedelta(days=9),
                       taste_hash="t", because_titles={}),
        )  # fmt: skip

    def held(self) -> Subscriber:
        """The subscriber as stored."""
        found = self.subscribers.find(self.user_id)
        assert found is not None
        return found

    def send(self, issue: datetime | None = None) -> bool:
        """One delivery of the message."""
        due = One(issue=issue or self.issue, user_id=self.user_id)
        return send_letter(due, self.parts, lambda: self.world.now)

    def next_week(self) -> None:
        """Seven days later, with another issue."""
        self.world.now += timedelta(days=7)
        self.issue = self.world.now

    def judge(self, title: str) -> None:
        """A word on a film."""
        self.feedback.put(self.user_id, feedback(title), replaces=None)


def refused() -> LetterRefusedError:
    """What SES says of an address it has not verified."""
    return LetterRefusedError("MessageRejected")


def titles_in(letter: Letter) -> list[str]:
    """Of the films, in order."""
    return [title for title in TITLES if f" {title} (" in letter.text]


def ids(*titles: str) -> tuple[str, ...]:
    """The ids of films."""
    return tuple(film_id(title) for title in titles)
