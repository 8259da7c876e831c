"""The fakes of the other tests, where the simulation needs more of them: batches that die half-way, quick searches."""

from collections.abc import Callable, Sequence
from functools import partial

from chalicelib.catalog.model import Film
from chalicelib.feedback.model import Feedback
from tests.factories import film
from tests.fakes import FakeCatalog, FakeFeedbackStore
from tests.simulation.schedule import Schedule

GENRES = ("Drama", "Comedy", "Horror")
FILMS: tuple[Film, ...] = tuple(
    film(
        f"{GENRES[place % 3]} number {place}",
        genres=(GENRES[place % 3],),
        year=1950 + place,
        imdb_rating=8.0 - place / 100,
        imdb_votes=100_000 - place,
        directors=(f"Director {place}",),
    )
    for place in range(20)
)
JUDGED = FILMS[:9]  # what viewers talk about: few, so that words meet

type Changed = Callable[[str, str, Feedback | None], None]
"""Told of each change of the table: the viewer, the film, and what stands there now."""


class SimCatalog(FakeCatalog):
    """A catalogue that searches by equality: by likeness costs more than all the rest of a run."""

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        wanted = title.casefold()
        return [one for one in self.films.values() if one.titles.main.casefold() == wanted][:limit]

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        """Those of the same genres."""
        genres = {genre for one in film_ids if one in self.films for genre in self.films[one].genres}
        alike = (one for one in self.films.values() if genres & set(one.genres))
        return [one for one in alike if one.film_id not in film_ids][:limit]

    def top(self, limit: int = 100) -> list[Film]:
        """As they stand: best first."""
        return list(self.films.values())[:limit]


class SimFeedbackStore(FakeFeedbackStore):
    """Tells of each change. `delete_all` removes item by item, as a batch that dies half-way does."""

    def __init__(self, schedule: Schedule, changed: Changed) -> None:
        super().__init__()
        self.schedule, self.changed = schedule, changed

    def put(self, user_id: str, item: Feedback, replaces: Feedback | None) -> None:
        super().put(user_id, item, replaces)
        self.changed(user_id, item.film_id, item)

    def delete_one(self, user_id: str, film_id: str) -> None:
        if self.find(user_id, film_id):
            super().delete_one(user_id, film_id)
            self.changed(user_id, film_id, None)

    def delete_all(self, user_id: str) -> int:
        held: Sequence[Feedback] = self.list_all(user_id)
        for item in held:
            self.schedule.at("feedback.delete_all", partial(self.delete_one, user_id, item.film_id))
        return len(held)
