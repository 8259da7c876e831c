"""Who is meant by a name, asked of an index: the answer is the same as that of any catalogue's people."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from chalicelib.catalog.adapters.opensearch.people import People
from chalicelib.catalog.adapters.opensearch.queries import Body
from chalicelib.catalog.typed.reading import Term, Try

CASTS = (
    {"directors": ["Robert Zemeckis"], "actors": ["Tom Hanks", "Robin Wright"]},
    {"directors": ["Andrei Tarkovsky"], "actors": ["Anatoly Solonitsyn"]},
    {"actors": ["Leonardo DiCaprio"]},
)


class Engine:
    """Answers each request with every film: who of them is meant, the adapter has to find out."""

    def __init__(self, *casts: Mapping[str, Any]) -> None:
        self.casts, self.bodies = casts, list[Body]()

    def ask(self, body: Body) -> Sequence[Mapping[str, Any]]:
        self.bodies.append(body)
        return [{"_source": {"film": cast}} for cast in self.casts] + [{"_source": {}}]


def asked_for(*words: str, sure: bool = False) -> Try:
    return Try(1, " ".join(words), (Term(words, is_name=True),), sure=sure)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        (("том", "хэнкс"), ["tom hanks"]),
        (("тарковского",), ["tarkovsky"]),
        (("ди", "каприо"), ["dicaprio"]),
        (("борщ",), []),
    ],
)
def test_the_names_that_sound_so_are_meant(said: tuple[str, ...], meant: list[str]) -> None:
    assert People(Engine(*CASTS).ask).of(asked_for(*said)) == {said: meant}


def test_a_family_name_alone_is_sure_from_four_films_on() -> None:
    said = ("тарковский",)
    for films, meant in ((3, []), (4, ["tarkovsky"])):
        people = People(Engine(*[CASTS[1]] * films).ask)
        assert people.of(asked_for(*said, sure=True)) == {said: meant}


def test_each_word_is_asked_about_where_it_may_be_a_name() -> None:
    terms = (Term(("хэнкс",)), Term(("комедия",), tags=("comedy",)))
    assert set(People(Engine(*CASTS).ask).of(Try(1, "", terms, heard=True))) == {("хэнкс",)}
    assert not People(Engine(*CASTS).ask).of(Try(1, "", terms))


def test_the_index_is_asked_once_about_a_name_in_one_search() -> None:
    engine = Engine(*CASTS)
    people = People(engine.ask)
    assert people.of(asked_for("том", "хэнкс")) == people.of(asked_for("том", "хэнкс"))
    assert len(engine.bodies) == 1
