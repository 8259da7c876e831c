"""Both lanes, and films that come while they run: what `tests/lanes.py` is for viewers, for questions about films."""

from typing import Any

from chalicelib.catalog.model import Film
from chalicelib.recommendations.ask import ask
from chalicelib.recommendations.premieres.ask_about import FilmDependencies, ask_about
from chalicelib.recommendations.premieres.note import film_of, note_premieres, subject_of
from tests.factories import NOW, film, film_id
from tests.fake_lanes import FakeFilmQuestions
from tests.lanes import Lanes


def premiere(title: str = "New", **fields: Any) -> Film:
    """A film that comes now, of a genre that `some_films` has."""
    return film(title, **({"genres": ("Drama",), "year": 1990, "added_at": NOW} | fields))


class PremiereLanes(Lanes):
    """Films come, are noted, admitted by the sweep, and asked about."""

    def __init__(self, **settings: object) -> None:
        super().__init__(**settings)  # type: ignore[arg-type]
        self.questions = FakeFilmQuestions()
        self.film_dependencies = FilmDependencies(
            self.store, self.questions, self.catalog, lambda: self.model, self.budget, self.settings, lambda: self.now
        )

    def come(self, *films: Film) -> None:
        """Into the catalogue, or told anew."""
        self.catalog.upsert(films)

    def look(self, questions: FakeFilmQuestions | None = None) -> int:
        """The look for new films."""
        return note_premieres(self.store, questions or self.questions, self.catalog, self.settings, self.now)

    def answer(self, copies: int = 1) -> list[str]:
        """Delivers every question that is queued, so often. Returns how those about films ended."""
        outcomes = []
        while self.outbox.asks:
            message = self.outbox.asks.pop(0)
            for _ in range(copies):
                if about := film_of(message.user_id):
                    outcomes.append(ask_about(self.film_dependencies, about, 60))
                else:
                    ask(self.ask_dependencies, message.user_id, 60)
        return outcomes

    def turn(self, copies: int = 1) -> list[str]:
        """One minute: the look, the sweep, and what it admitted."""
        self.look()
        self.sweep()
        return self.answer(copies)

    def named(self, title: str = "New") -> list[str]:
        """The titles of the films whose lovers this one is for."""
        titles = {one.film_id: one.titles.main for one in self.catalog.films.values()}
        return [titles.get(one, one) for one in self.questions.held.for_lovers_of.get(film_id(title), ())]

    def state(self, title: str = "New") -> Any:
        """What is known of its question."""
        return self.store.read(subject_of(film_id(title))).state
