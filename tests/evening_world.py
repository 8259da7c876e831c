"""Two viewers and a guest, films for them, and the steps of an evening on fakes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.recommendations.evenings.attending import SharedEvening, answer, end_evening, look
from chalicelib.recommendations.evenings.codes import guest_of, key_of
from chalicelib.recommendations.evenings.joining import join_evening
from chalicelib.recommendations.evenings.model import Evening, Said, Seat
from chalicelib.recommendations.evenings.opening import open_evening
from tests.factories import NOW, feedback, film_id, films
from tests.fake_evenings import FakeEveningStore
from tests.fake_lanes import FakeItemSimilarity
from tests.fakes import FakeCatalog, FakeFeedbackStore

MOST = 4
GUEST = guest_of("g" * 43)


class World:
    """Olga opens evenings, Boris has an account too, and whoever else comes is a guest."""

    def __init__(self) -> None:
        self.catalog = FakeCatalog(
            [
                *films([f"Comedy {n}" for n in range(30)], genres=("Comedy",), imdb_votes=90_000, imdb_rating=7.5),
                *films([f"Horror {n}" for n in range(30)], genres=("Horror",), imdb_votes=90_000, imdb_rating=7.5),
                *films(
                    [f"Both {n}" for n in range(30)], genres=("Comedy", "Horror"), imdb_votes=90_000, imdb_rating=7.5
                ),
            ]
        )
        self.feedback, self.store, self.similarity = FakeFeedbackStore(), FakeEveningStore(), FakeItemSimilarity()
        self.says("olga", [f"Comedy {n}" for n in range(5)])
        self.says("boris", [f"Horror {n}" for n in range(5)])

    def says(self, user_id: str, names: Sequence[str], **fields: Any) -> None:
        self.feedback.put_many(user_id, [feedback(name, **fields) for name in names])

    def open(self, holder: str = "olga", now: datetime = NOW, **shown: Any) -> str:
        return open_evening(self.store, Seat(holder=holder, **shown), MOST, now)[0]

    def join(
        self, code: str, holder: str = "boris", picks: Sequence[str] = (), now: datetime = NOW, **shown: Any
    ) -> Evening:
        chosen = [film_id(name) for name in picks]
        seat = Seat(holder=holder, **shown)
        return join_evening(self.store, self.feedback, self.catalog, self.similarity, code, seat, chosen, MOST, now)

    def both(self) -> tuple[str, list[str]]:
        """An evening that both have joined, and its cards."""
        code = self.open()
        self.join(code)
        return code, [film.film_id for film in self.look(code).films]

    def look(self, code: str, holder: str = "olga", now: datetime = NOW, **shown: Any) -> SharedEvening:
        return look(self.store, self.catalog, code, Seat(holder=holder, **shown), "en", now)

    def say(self, code: str, holder: str, now: datetime = NOW, **said: Any) -> SharedEvening:
        return answer(self.store, self.catalog, code, Seat(holder=holder), said["said"], "en", now)

    def end(self, code: str, holder: str) -> None:
        end_evening(self.store, code, holder, NOW)

    def held(self, code: str) -> Evening:
        found = self.store.find(key_of(code))
        assert found is not None
        return found


def all_of(cards: Sequence[str], said: Said) -> dict[str, Said]:
    return dict.fromkeys(cards, said)
