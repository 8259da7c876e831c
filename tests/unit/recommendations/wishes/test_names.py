"""Films and people in a request are those that the catalogue holds."""

from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.port import Catalog
from chalicelib.recommendations.wishes.names import take_people, take_titles
from chalicelib.recommendations.wishes.tokens import Draft
from tests.factories import film


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("like Alien but funny", [("like", "Alien (1979)", "like Alien")]),
        ("похоже на «Сталкер»", [("like", "Stalker (1979)", "похоже на «Сталкер")]),
        ("что-то вроде Один дома", [("like", "Home Alone (1990)", "что-то вроде Один дома")]),
        ("типа Сталкера", [("like", "Stalker (1979)", "типа Сталкера")]),
        ("I loved Groundhog Day", [("like", "Groundhog Day (1993)", "I loved Groundhog Day")]),
        ("не похоже на День сурка", [("unlike", "Groundhog Day (1993)", "не похоже на День сурка")]),
        ("I would like Alien", []),
        ("like a comedy", []),
        ("like nothing we hold", []),
    ],
)
def test_a_film_is_meant_when_others_are_to_be_like_it(
    catalog: Catalog, text: str, wishes: list[tuple[str, str, str]]
) -> None:
    draft = Draft(text)
    take_titles(catalog, draft)
    assert [(wish.kind, wish.value, wish.text) for wish in draft.plan] == wishes


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("фильмы Тарковского", ["Andrei Tarkovsky"]), ("with Bill Murray", ["Bill Murray"]),
        ("Murray", ["Bill Murray"]),
        ("с Биллом Мюрреем", ["Bill Murray"]), ("андрей тарковский", ["Andrei Tarkovsky"]), ("with Bill", []),
        ("something with Somebody Unknown", []), ("", []),
    ],
)  # fmt: skip
def test_a_person_is_meant_when_the_catalogue_knows_them(catalog: Catalog, text: str, people: list[str]) -> None:
    draft = Draft(text)
    take_people(catalog, draft)
    assert [wish.value for wish in draft.plan] == people


@pytest.mark.parametrize(
    ("text", "said"),
    [("Андрюшей Тарковским", "Андрюшей Тарковским"), ("с Андрюшей Тарковским", "Андрюшей Тарковским"),
     ("старый андрей тарковский", "андрей тарковский"), ("драма, Тарковский", "Тарковский")],
)  # fmt: skip
def test_a_first_name_in_another_form_is_the_persons_too(catalog: Catalog, text: str, said: str) -> None:
    draft = Draft(text)
    take_people(catalog, draft)
    assert [(wish.value, wish.text) for wish in draft.plan] == [("Andrei Tarkovsky", said)]


def test_of_two_with_one_name_whoever_directed_is_meant(tmp_path: Path) -> None:
    held = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
    held.replace_all(
        film(f"Film {number}", year=2000 + number, directors=("Ann Coen",), actors=("Zoe Coen",)) for number in range(9)
    )
    draft = Draft("with Coen")
    take_people(held, draft)
    assert [wish.value for wish in draft.plan] == ["Ann Coen"]
