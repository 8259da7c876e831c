"""A small catalogue in which requests are understood and carried out."""

from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.port import Catalog
from tests.factories import film

ALIEN = film("Alien", title_ru="Чужой", year=1979, genres=("Horror", "Sci-Fi"), directors=("Ridley Scott",),
             countries=("United Kingdom", "United States"), runtime_minutes=117, age_rating=16, imdb_rating=8.5,
             imdb_votes=800_000)  # fmt: skip
ALIENS = film("Aliens", title_ru="Чужие", year=1986, genres=("Action", "Sci-Fi"), directors=("James Cameron",),
              countries=("United States",), runtime_minutes=137, age_rating=16, imdb_rating=8.4,
              imdb_votes=700_000)  # fmt: skip
GHOSTBUSTERS = film("Ghostbusters", year=1984, genres=("Comedy", "Sci-Fi"), actors=("Bill Murray",),
                    countries=("United States",), runtime_minutes=105, age_rating=6, imdb_rating=7.8,
                    imdb_votes=400_000)  # fmt: skip
GROUNDHOG_DAY = film("Groundhog Day", title_ru="День сурка", year=1993, genres=("Comedy", "Romance"),
                     actors=("Bill Murray",), countries=("United States",), runtime_minutes=101, age_rating=6,
                     imdb_rating=8.0, imdb_votes=600_000)  # fmt: skip
MORE_OF_MURRAY = [
    film(name, year=1998, genres=("Drama",), actors=("Bill Murray",), runtime_minutes=93)
    for name in ("Rushmore", "Wild Things", "Broken Flowers")
]
STALKER = film("Stalker", title_ru="Сталкер", year=1979, genres=("Drama", "Sci-Fi"), directors=("Andrei Tarkovsky",),
               countries=("Soviet Union",), runtime_minutes=163, imdb_rating=8.1, imdb_votes=140_000)  # fmt: skip
MORE_OF_TARKOVSKY = [
    film(name, year=year, genres=("Drama",), directors=("Andrei Tarkovsky",), countries=("Soviet Union",))
    for name, year in (("Mirror", 1975), ("Solaris", 1972), ("Nostalghia", 1983))
]
OPERATION_Y = film("Operatsiya Y", title_ru="Операция «Ы»", year=1965, genres=("Comedy", "Crime"),
                   directors=("Leonid Gaidai",), countries=("Soviet Union",), runtime_minutes=96, imdb_rating=8.4,
                   imdb_votes=20_000)  # fmt: skip
MOROZKO = film("Morozko", title_ru="Морозко", year=1964, genres=("Children", "Fantasy"), countries=("Soviet Union",),
               runtime_minutes=84)  # fmt: skip
TOY_STORY = film("Toy Story", title_ru="История игрушек", year=1995, genres=("Animation", "Children", "Comedy"),
                 countries=("United States",), runtime_minutes=81, age_rating=0, imdb_rating=8.3,
                 imdb_votes=900_000)  # fmt: skip
HOME_ALONE = film("Home Alone", title_ru="Один дома", year=1990, genres=("Children", "Comedy"),
                  countries=("United States",), runtime_minutes=103, age_rating=6, imdb_rating=7.7,
                  imdb_votes=600_000)  # fmt: skip
FILMS = (ALIEN, ALIENS, GHOSTBUSTERS, GROUNDHOG_DAY, *MORE_OF_MURRAY, STALKER, *MORE_OF_TARKOVSKY, OPERATION_Y, MOROZKO,
         TOY_STORY, HOME_ALONE)  # fmt: skip


@pytest.fixture(scope="package")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    return loaded(tmp_path_factory.mktemp("wishes"))


def loaded(folder: Path) -> Catalog:
    """The films in a snapshot of their own."""
    held = EmbeddedCatalog(f"sqlite://{folder / 'catalog.sqlite'}")
    held.replace_all(FILMS)
    return held
