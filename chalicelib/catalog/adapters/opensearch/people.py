"""Whose names sound like what was typed, in an index; asked several times in one search."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from chalicelib.catalog.adapters.opensearch.queries import Body, cast_body
from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.typed.reading import Try
from chalicelib.catalog.typed.spoken import alike, joined, keys_asked_for, keys_of_name, names_meant, people_meant


class People:
    """The people of an index, for one search. `ask` gives a request's hits."""

    def __init__(self, ask: Callable[[Body], Sequence[Mapping[str, Any]]]) -> None:
        self._ask = ask
        self._casts: dict[tuple[str, ...], list[str]] = {}

    def of(self, one: Try) -> dict[tuple[str, ...], list[str]]:
        """Of each words of which the try says that they may be somebody's name, the names that sound so."""
        asked = [term.words for term in one.terms if term.is_name]
        if one.heard:
            asked += [(word,) for term in one.terms if not term.tags for word in term.words]
        return {said: self._meant(said, sure=one.sure) for said in asked}

    def _meant(self, said: tuple[str, ...], *, sure: bool) -> list[str]:
        for way in dict.fromkeys((said, joined(said))):
            people = self._cast(way)
            heard = {word for person in people for word in words(person)}
            names = [alike(word, _by_key(word, heard)) for word in way]
            if (
                meant := people_meant(people, names, sure=sure)
                if len(way) > 1
                else names_meant(way[0], names[0], sure=sure)
            ):
                return meant
        return []

    def _cast(self, said: tuple[str, ...]) -> list[str]:
        if said not in self._casts:
            films = [hit["_source"].get("film", {}) for hit in self._ask(cast_body(said))]
            people = (one for film in films for one in (*film.get("directors", ()), *film.get("actors", ())))
            self._casts[said] = list(dict.fromkeys(people))
        return self._casts[said]


def _by_key(word: str, others: set[str]) -> list[str]:
    keys = keys_asked_for(word)
    return [other for other in others if not keys.isdisjoint(keys_of_name(other))]
