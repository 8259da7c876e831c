"""Whose names sound like what was typed, in an index; asked several times in one search."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from chalicelib.catalog.adapters.opensearch.queries import Body, cast_body
from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.typed.reading import Try
from chalicelib.catalog.typed.spoken import (
    SURE_FILMS_MIN,
    alike,
    joined,
    keys_asked_for,
    keys_of_name,
    names_meant,
    people_meant,
)


class People:
    """The people of an index, for one search. `ask` gives a request's hits."""

    def __init__(self, ask: Callable[[Body], Sequence[Mapping[str, Any]]]) -> None:
        self._ask = ask
        self._casts: dict[tuple[str, ...], list[tuple[str, ...]]] = {}

    def of(self, one: Try) -> dict[tuple[str, ...], list[str]]:
        """Of each words of which the try says that they may be somebody's name, the names that sound so."""
        asked = [term.words for term in one.terms if term.is_name]
        asked += [term.words for term in one.terms if one.may_be_name(term)]
        return {said: self._meant(said, sure=one.sure) for said in asked}

    def _meant(self, said: tuple[str, ...], *, sure: bool) -> list[str]:
        for way in dict.fromkeys((said, joined(said))):
            films = self._films(way)
            people = list(dict.fromkeys(person for cast in films for person in cast))
            heard = Counter(word for cast in films for word in {word for person in cast for word in words(person)})
            names = [alike(word, _by_key(word, heard)) for word in way]
            if len(way) > 1:
                meant = people_meant(people, names, sure=sure)
            else:
                known = [name for name in names_meant(way[0], names[0], sure=sure) if heard[name] >= SURE_FILMS_MIN]
                meant = known if sure else names_meant(way[0], names[0])
            if meant:
                return meant
        return []

    def _films(self, said: tuple[str, ...]) -> list[tuple[str, ...]]:
        """The people of each film."""
        if said not in self._casts:
            films = [hit["_source"].get("film", {}) for hit in self._ask(cast_body(said))]
            self._casts[said] = [(*film.get("directors", ()), *film.get("actors", ())) for film in films]
        return self._casts[said]


def _by_key(word: str, others: Iterable[str]) -> list[str]:
    keys = keys_asked_for(word)
    return [other for other in others if not keys.isdisjoint(keys_of_name(other))]
