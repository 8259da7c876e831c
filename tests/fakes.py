"""Real little implementations of the ports, in memory. They keep the ports' promises, not an engine's quality."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from difflib import SequenceMatcher

import msgspec

from chalicelib.catalog.model import (
    CatalogFacts,
    CatalogUnavailableError,
    Film,
    FilmNotFoundError,
    FilmPage,
    FilmQuery,
    InvalidPositionError,
    without_description,
)
from chalicelib.catalog.similarity import tags_of
from chalicelib.catalog.titles.aliases import keys_of, names_of
from chalicelib.catalog.titles.normalize import title_key
from chalicelib.catalog.top import novelty
from chalicelib.feedback.model import Feedback, FeedbackChangedError, FeedbackPage, Rating, Steer, wakes
from chalicelib.tracing import correlation


def _words(text: str) -> set[str]:
    return set("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


def _titles(film: Film) -> list[str]:
    return list(names_of(film))


def _quality(film: Film) -> float:
    """IMDb's weighted rating with its usual prior: 25,000 votes of 6.9."""
    votes = film.imdb_votes or 0
    return (votes * (film.imdb_rating or 0.0) + 25_000 * 6.9) / (votes + 25_000)


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class FakeCatalog:
    """A catalogue in a dictionary. `calls` counts each method's calls; `down = True` makes all of them fail."""

    def __init__(self, films: Iterable[Film] = ()) -> None:
        self.films = {film.film_id: film for film in films}
        self.calls: Counter[str] = Counter()
        self.down = False

    def _enter(self, method: str) -> None:
        self.calls[method] += 1
        if self.down:
            raise CatalogUnavailableError("the catalogue is down")

    def _listed(self) -> list[Film]:
        return [without_description(film) for film in self.films.values()]

    def search(self, query: FilmQuery) -> FilmPage:
        self._enter("search")
        wanted = _words(query.text)
        found = [
            film
            for film in self._listed()
            if wanted <= set().union(*(_words(title) for title in _titles(film)))
            and (query.genre is None or query.genre in film.genres)
            and (query.year_from is None or (film.year is not None and film.year >= query.year_from))
            and (query.year_to is None or (film.year is not None and film.year <= query.year_to))
            and (query.min_rating is None or (film.imdb_rating or 0.0) >= query.min_rating)
            and all(not set(group).isdisjoint(tags_of(film)) for group in query.tags)
            and set(query.without_tags).isdisjoint(tags_of(film))
        ]
        if query.sort == "new":
            found.sort(key=lambda film: (-novelty(film), film.film_id))
        elif query.sort == "year":
            found.sort(key=lambda film: (-(film.year or 0), film.film_id))
        elif query.sort == "rating":
            found.sort(key=lambda film: (-(film.imdb_rating or 0.0), film.film_id))
        else:
            found.sort(key=lambda film: (-_quality(film), film.film_id))
        start = 0
        if query.after is not None:
            match query.after:
                case (int(start),) if start > 0:
                    pass
                case _:
                    raise InvalidPositionError("no such position")
        end = start + query.limit
        return FilmPage(
            tuple(found[start:end]), "all" if found or not wanted else "close", (end,) if end < len(found) else None
        )

    def get(self, film_id: str) -> Film:
        self._enter("get")
        if film_id not in self.films:
            raise FilmNotFoundError(f"no film {film_id}")
        return self.films[film_id]

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        self._enter("get_many")
        return {film_id: without_description(self.films[film_id]) for film_id in film_ids if film_id in self.films}

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        self._enter("find_by_title")
        folded = title.casefold()

        def likeness(film: Film) -> float:
            return max(SequenceMatcher(None, folded, known.casefold()).ratio() for known in _titles(film))

        scored = [(likeness(film), film) for film in self._listed()]
        scored.sort(key=lambda pair: (-pair[0], pair[1].film_id))
        return [film for score, film in scored[:limit] if score > 0.4]

    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        answers = [self.find_by_title(title, limit) for title in titles]
        if exact:
            return [[film for film in films if title_key(title) in keys_of(film)]
                    for title, films in zip(titles, answers, strict=True)]  # fmt: skip
        return answers

    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        self._enter("find_by_source_ids")
        wanted = set(source_ids)
        return {
            source_id: film
            for film in self._listed()
            for source_id in (film.source_id, film.imdb_id)
            if source_id in wanted and source_id
        }

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        self._enter("similar")
        examples = [self.films[film_id] for film_id in film_ids if film_id in self.films]

        def likeness(film: Film) -> float:
            return sum(
                len(set(film.genres) & set(example.genres))
                + 2 * len(set(film.directors) & set(example.directors))
                + len(set(film.actors) & set(example.actors))
                - min(abs((film.year or 2000) - (example.year or 2000)), 30) / 30
                for example in examples
            )

        scored = [(likeness(film), film) for film in self._listed() if film.film_id not in set(film_ids)]
        scored.sort(key=lambda pair: (-pair[0], pair[1].film_id))
        return [film for score, film in scored[:limit] if score > 0]

    def top(self, limit: int = 100) -> list[Film]:
        self._enter("top")
        return sorted(self._listed(), key=lambda film: (-_quality(film), film.film_id))[:limit]

    def replace_all(self, films: Iterable[Film]) -> int:
        self._enter("replace_all")
        self.films = {film.film_id: film for film in films}
        return len(self.films)

    def upsert(self, films: Iterable[Film]) -> int:
        self._enter("upsert")
        given = {film.film_id: film for film in films}
        self.films |= given
        return len(given)

    def withdraw(self, film_ids: Iterable[str]) -> int:
        self._enter("withdraw")
        gone = list(film_ids)
        for film_id in gone:
            self.films.pop(film_id, None)
        return len(gone)

    def facts(self) -> CatalogFacts:
        self._enter("facts")
        return CatalogFacts(films=len(self.films), loaded_at=None, withdrawn=0)

    def fold_changes(self) -> int:
        self._enter("fold_changes")
        return 0


class FakeFeedbackStore:
    """Feedback in dictionaries, one by user."""

    def __init__(self) -> None:
        self.by_user: dict[str, dict[str, Feedback]] = {}
        self.traces: dict[tuple[str, str], str] = {}

    def _newest_first(self, user_id: str) -> list[Feedback]:
        items = self.by_user.get(user_id, {}).values()
        return sorted(items, key=lambda item: (item.updated_at, item.film_id), reverse=True)

    def find(self, user_id: str, film_id: str) -> Feedback | None:
        return self.by_user.get(user_id, {}).get(film_id)

    def put(self, user_id: str, item: Feedback, replaces: Feedback | None) -> None:
        if self.find(user_id, item.film_id) != replaces:
            raise FeedbackChangedError("It changed meanwhile.")
        self.by_user.setdefault(user_id, {})[item.film_id] = item
        self.traces[user_id, item.film_id] = correlation()

    def delete_one(self, user_id: str, film_id: str) -> None:
        self.by_user.get(user_id, {}).pop(film_id, None)

    def delete_unchanged(self, user_id: str, item: Feedback) -> None:
        if self.find(user_id, item.film_id) != item:
            raise FeedbackChangedError("It changed meanwhile.")
        self.delete_one(user_id, item.film_id)

    def page(
        self,
        user_id: str,
        limit: int,
        after: dict[str, str] | None,
        rating: Rating | None = None,
        steer: Steer | None = None,
        saved: bool | None = None,
    ) -> FeedbackPage:
        items = [
            item
            for item in self._newest_first(user_id)
            if (rating is None or item.rating == rating)
            and (steer is None or item.steer == steer)
            and saved in (None, item.is_saved)
        ]
        start = int(after["start"]) if after else 0
        end = start + limit
        return FeedbackPage(tuple(items[start:end]), {"start": str(end)} if end < len(items) else None)

    def list_all(self, user_id: str) -> list[Feedback]:
        return self._newest_first(user_id)

    def list_since(self, user_id: str, moment: datetime) -> list[Feedback]:
        return [item for item in self._newest_first(user_id) if item.updated_at > moment]

    def delete_all(self, user_id: str) -> int:
        return len(self.by_user.pop(user_id, {}))

    def note_confirmed(self, user_id: str) -> None:
        for item in self._newest_first(user_id)[:1]:
            self.by_user[user_id][item.film_id] = msgspec.structs.replace(item, unconfirmed=False)

    def put_many(self, user_id: str, items: Sequence[Feedback]) -> None:
        for item in items:
            self.by_user.setdefault(user_id, {})[item.film_id] = item

    def put_new(self, items: Sequence[tuple[str, Feedback]]) -> None:
        for user_id, item in items:
            self.put_many(user_id, [item])

    def said_here(self, keys: Collection[tuple[str, str]]) -> dict[str, str]:
        held = {key: self.find(*key) for key in keys}
        said = {
            key: self.traces.get(key, "") if item else ""
            for key, item in held.items()
            if not (item and _is_silent(item))
        }
        return {user_id: trace for (user_id, _), trace in sorted(said.items(), key=lambda one: bool(one[1]))}


def _is_silent(item: Feedback) -> bool:
    return item.imported or (item.says_nothing and not wakes(item.updated_at))
