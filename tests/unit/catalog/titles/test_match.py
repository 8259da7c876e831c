"""The traps of facts/matching.md, each of which happened to somebody."""

from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.titles.match import match_title, match_titles
from chalicelib.catalog.titles.mentions import Mention
from tests.factories import film_with

HELD = (
    ("Mad Max", 1979, None), ("Abraham Lincoln: Vampire Hunter", 2012, None), ("Justice League", 2017, None),
    ("Face/Off", 1997, None), ("Alien Warfare", 2019, None), ("RoboCop", 1987, None), ("8½", 1963, None),
    ("[REC]⁴: Apocalypse", 2014, None), ("WALL·E", 2008, "ВАЛЛ·И"), ("Se7en", 1995, "Семь"), ("M*A*S*H", 1970, None),
    ("Oldboy", 2003, None), ("Cruella", 2021, "Круэлла"), ("Friday the 13th Part 2", 1981, None),
    ("Rocky V", 1990, None),
    ("The Matrix", 1999, "Матрица"), ("Star Wars: Episode V - The Empire Strikes Back", 1980, None),
    ("City of Lost Children, The (Cité des enfants perdus, La)", 1995, None), ("Blade Runner", 1982, None),
    ("Brat", 1997, "Брат"), ("Wonder Woman 1984", 2020, None), ("2012", 2009, None), ("12 Angry Men", 1957, None),
    ("Beauty and the Beast", 1991, "Красавица и чудовище"), ("Aliens", 1986, "Чужие"), ("Hamlet", 1990, None),
    ("Hamlet", 1996, None), ("Ice Age: Continental Drift", 2012, None), ("Christmas Trees", 2010, "Ёлки"),
    ("Eternal Sunshine of the Spotless Mind", 2004, None), ("Solaris", 1972, None), ("9", 2009, None),
    ("Nine", 2009, None), ("Twins", 2001, None), ("Twins", 2002, None),
    ("Project X", 2012, None), ("The Hunger Games: Catching Fire", 2013, None), ("Trainspotting", 1995, "На игле"),
)  # fmt: skip


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedCatalog:
    path: Path = tmp_path_factory.mktemp("matching") / "catalog.sqlite"
    catalog = EmbeddedCatalog(f"sqlite://{path}")
    catalog.replace_all(
        film_with(film_id=film_id_of(f"{title}{year}"), title=title, title_ru=russian, year=year)
        for title, year, russian in HELD
    )
    return catalog


@pytest.mark.parametrize(
    ("text", "year", "title"),
    [
        ("8 1/2", 1963, "8½"), ("Wall-E", 2008, "WALL·E"), ("MASH", None, "M*A*S*H"), ("Oldboy", 2002, "Oldboy"),
        ("Круэлла - Cruella", None, "Cruella"), ("Friday the 13th Part II", 1981, "Friday the 13th Part 2"),
        ("Rocky 5", 1990, "Rocky V"), ("Matrix, The", 1999, "The Matrix"), ("matrix", None, "The Matrix"),
        ("Star Wars: Part 5 - The Empire Strikes Back", 1980, "Star Wars: Episode V - The Empire Strikes Back"),
        ("Star Wars: The Empire Strikes Back", 1980, "Star Wars: Episode V - The Empire Strikes Back"),
        ("La cité des enfants perdus", 1995, "City of Lost Children, The (Cité des enfants perdus, La)"),
        ("Елки", 2010, "Christmas Trees"), ("Beauty & the Beast", 1991, "Beauty and the Beast"),
        ("«Матрица» (1999)", None, "The Matrix"), ("1. Фильм «Матрица»", 1999, "The Matrix"),
        ("Матрица (The Matrix), 1999", None, "The Matrix"), ("Матрица (The Matrix, 1999, США)", None, "The Matrix"),
        ("The Martix", 1999, "The Matrix"), ("Красавца и чудовище", None, "Beauty and the Beast"),
        ("Teh Matrix", 1999, "The Matrix"), ("Ice Age 4: Continental Drift", 2012, "Ice Age: Continental Drift"),
        ("Wonder Woman 1984", 2020, "Wonder Woman 1984"), ("2012", None, "2012"), ("1. 2012", 2009, "2012"),
        ("Hamlet", 1996, "Hamlet"), ("12 Angry Men", None, "12 Angry Men"),
        ("**The Matrix** (1999)", None, "The Matrix"), ("**Матрица** (1999) – культовый боевик", None, "The Matrix"),
        ("фильм 1999 года Матрица", None, "The Matrix"), ("1999 - Матрица", None, "The Matrix"),
        ("The Matrix film (1999)", None, "The Matrix"), ("к.ф. Матрица", 1999, "The Matrix"),
        ("На Игле / 1996, Великобритания / HD 1080p / Trainspotting", None, "Trainspotting"), ("Brat", 1997, "Brat"),
        ("Eternal Sunshin of the Spotles Mind", 2004, "Eternal Sunshine of the Spotless Mind"),
        ("Etrnal Sunshine of the Spotless Mind", 2005, "Eternal Sunshine of the Spotless Mind"),
        ("Solariz", 1972, "Solaris"), ("9", 2009, "9"), ("Nine", 2009, "Nine"), ("9", 2010, "9"),
    ],
)  # fmt: skip
def test_a_film_is_found_when_its_title_is_dressed_up(
    catalog: EmbeddedCatalog, text: str, year: int | None, title: str
) -> None:
    found = match_title(catalog, text, year).film
    assert found is not None
    assert found.titles.main == title


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("Max", 2015), ("Lincoln", 2012), ("Justice", 2017), ("Face", 1997), ("Alien", 1979), ("Robocop", 2014),
        ("RoboCop 2014", None), ("RoboCop (2014)", None), ("Robocop 2", 1990), ("Oldboy", 2013), ("Matrix", 1993),
        ("Project A", None), ("Hamlet", None), ("Hamlet", 1948), ("Матрица (Die Klapperschlange)", None),
        ("Eternal Sunshin of the Spotles Mind", 2005), ("Solariz", 1973), ("Twins", None), ("Twins", 2004),
        ("«RoboCop» 2014", None), ("Alien", None), ("Blade Runner 2049", 2017), ("Blade Runner 2049", None),
        ("Friday the 13th", 1980), ("", None), ("фильм", None), ("1999", None), ("!!!", 1999),
    ],
)  # fmt: skip
def test_nothing_is_found_when_another_film_is_meant(catalog: EmbeddedCatalog, text: str, year: int | None) -> None:
    assert match_title(catalog, text, year).film is None


def test_all_candidates_are_named_when_the_year_that_would_decide_is_missing(catalog: EmbeddedCatalog) -> None:
    match = match_title(catalog, "Hamlet")
    assert match.how == "ambiguous"
    assert {film.year for film in match.others} == {1990, 1996}


@pytest.mark.parametrize("year", [2001, 2002])
def test_the_very_year_decides_between_films_called_alike(catalog: EmbeddedCatalog, year: int) -> None:
    found = match_title(catalog, "Twins", year).film
    assert found is not None
    assert found.year == year


def test_many_mentions_are_answered_in_order_when_matched_together(catalog: EmbeddedCatalog) -> None:
    matches = match_titles(catalog, [Mention("Матрица", 1999), Mention("Nothing of the kind"), Mention("Aliens", 1986)])
    assert [match.film.titles.main if match.film else None for match in matches] == ["The Matrix", None, "Aliens"]
