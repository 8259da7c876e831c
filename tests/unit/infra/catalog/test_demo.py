"""The demo catalogue: people recognise its films, and what is said of them is true."""

import re
from collections import Counter

import pytest

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.normalize import is_cyrillic, title_key
from infra.catalog.sources.demo import demo_films
from infra.catalog.sources.movielens import Names, movielens_films, names_in
from infra.catalog.sources.soviet import soviet_classics
from infra.catalog.sources.wikidata import wikidata_films
from infra.catalog.sources.wikidata_join import joined


@pytest.fixture(scope="session")
def films() -> tuple[Film, ...]:
    return demo_films()


def film_of(films: tuple[Film, ...], title: str, year: int) -> Film:
    [found] = [film for film in films if film.year == year and title in film.titles.all()]
    return found


def test_most_films_say_who_made_them_when_all_tables_are_joined(films: tuple[Film, ...]) -> None:
    assert len(films) >= 9_300
    assert sum(bool(film.directors) for film in films) >= 8_000
    assert sum(bool(film.actors) for film in films) >= 7_200
    assert sum(bool(film.countries) for film in films) >= 7_381


def test_nearly_every_film_has_a_rating_when_viewers_fill_in_for_imdb(films: tuple[Film, ...]) -> None:
    rated = [film for film in films if film.imdb_rating is not None or film.audience_rating is not None]
    assert len(rated) >= 0.95 * len(films)


def test_no_film_is_taken_for_another_when_names_are_alike(films: tuple[Film, ...]) -> None:
    assert len({film.film_id for film in films}) == len(films)
    imdb_ids = [film.imdb_id for film in films if film.imdb_id]
    assert len(set(imdb_ids)) == len(imdb_ids)
    joined_rows = joined(movielens_films(), wikidata_films())
    by_id = {film.source_id: film for film in movielens_films()}
    assert all(abs(by_id[source_id].year - row.year) <= 1 for source_id, row in joined_rows.items())
    assert film_of(films, "Ghost in the Shell 2: Innocence", 2004).directors == ("Mamoru Oshii",)
    assert film_of(films, "Solaris", 2002).directors == ("Steven Soderbergh",)
    assert film_of(films, "The Twelve Chairs", 1970).directors == ("Mel Brooks",)
    assert film_of(films, "The Secret", 2006).directors == ()
    assert not {"Jr.", "Sr."} & {name for film in films for name in film.actors}
    assert film_of(films, "Victoria", 2015).directors == ("Sebastian Schipper",)


@pytest.mark.parametrize(
    ("title", "year", "director"),
    [
        ("Бриллиантовая рука", 1968, "Leonid Gaidai"),
        ("Операция «Ы» и другие приключения Шурика", 1965, "Leonid Gaidai"),
        ("Иван Васильевич меняет профессию", 1973, "Leonid Gaidai"), ("Служебный роман", 1977, "Eldar Ryazanov"),
        ("Ирония судьбы, или С лёгким паром!", 1975, "Eldar Ryazanov"), ("Мимино", 1977, "Georgiy Daneliya"),
        ("Москва слезам не верит", 1979, "Vladimir Menshov"), ("Летят журавли", 1957, "Mikhail Kalatozov"),
        ("Иди и смотри", 1985, "Elem Klimov"), ("Андрей Рублёв", 1969, "Andrei Tarkovsky"),
        ("Белое солнце пустыни", 1970, "Vladimir Motyl"), ("Брат", 1997, "Aleksei Balabanov"),
    ],
)  # fmt: skip
def test_a_classic_is_there_once_when_russians_look_for_it(
    films: tuple[Film, ...], title: str, year: int, director: str
) -> None:
    [film] = [film for film in films if film.titles.by_language.get("ru") == title]
    assert (film.year, film.directors[0]) == (year, director)


def test_classics_bring_their_ratings_when_imdb_had_them(films: tuple[Film, ...]) -> None:
    titles = {classic.title_ru for classic in soviet_classics()}
    assert titles <= {film.titles.by_language.get("ru") for film in films}
    assert sum(film.imdb_rating is not None for film in films if film.titles.by_language.get("ru") in titles) >= 200
    assert film_of(films, "Бриллиантовая рука", 1968).imdb_rating == 7.9


@pytest.mark.parametrize(
    ("written", "names"),
    [
        ("Matrix, The", Names("The Matrix", (), None)),
        ("(500) Days of Summer", Names("(500) Days of Summer", (), None)),
        ("Frontière(s)", Names("Frontière(s)", (), None)),
        ("Human Centipede II (Full Sequence), The", Names("The Human Centipede II (Full Sequence)", (), None)),
        ("Babies (Bébé(s))", Names("Babies", ("Bébé(s)",), "Bébé(s)")),
        ("Birdman: Or (The Unexpected Virtue of Ignorance)",
         Names("Birdman: Or (The Unexpected Virtue of Ignorance)", (), None)),
        ("City of Lost Children, The (Cité des enfants perdus, La)",
         Names("The City of Lost Children", ("La Cité des enfants perdus",), "La Cité des enfants perdus")),
        ("Seven (a.k.a. Se7en)", Names("Seven", ("Se7en",), None)),
        ("Royal Affair, A (Kongelig affære, En)",
         Names("A Royal Affair", ("En Kongelig affære",), "En Kongelig affære")),
    ],
)  # fmt: skip
def test_brackets_and_articles_come_right_when_movielens_writes_them(written: str, names: Names) -> None:
    assert names_in(written) == names


def test_no_title_is_mangled_when_the_catalogue_is_shown(films: tuple[Film, ...]) -> None:
    articles = re.compile(
        r", (The|A|An|Le|La|Les|El|Los|Las|Il|Der|Die|Das|Den|Det|En|De|Da|L'|Un|Une)$", re.IGNORECASE
    )
    names = [
        name for film in films for name in (film.titles.main, film.original_title, *film.alternative_titles) if name
    ]
    assert [name for name in names if articles.search(name) and title_key(name) != title_key("Die, Mommie, Die")] == []
    assert [name for name in names if name.count("(") != name.count(")") or name != name.strip()] == []
    assert [
        film.titles.main for film in films if re.search(r"a\.k\.a|\b(or|and):?$|^\W*$", film.titles.main, re.IGNORECASE)
    ] == []


def test_no_column_is_lost_when_the_tables_are_joined(films: tuple[Film, ...]) -> None:
    film = film_of(films, "Raiders of the Lost Ark", 1981)
    assert (film.source_id, film.imdb_id, film.titles.main) == ("ml1198", "tt0082971", "Raiders of the Lost Ark")
    assert film.titles.in_language("ru").endswith("В поисках утраченного ковчега")
    assert film.titles.in_language("en") == "Raiders of the Lost Ark"
    assert film.alternative_titles == ("Indiana Jones and the Raiders of the Lost Ark",)
    assert (film.genres, film.directors) == (("Action", "Adventure"), ("Steven Spielberg",))
    assert "Harrison Ford" in film.actors
    assert film.countries == ("United States",)
    assert (film.runtime_minutes, film.critics_rating, film.awards) == (115, 94, ("Oscar",))
    assert (film.imdb_rating, film.imdb_votes) == (8.7, 93_511)
    assert (film.audience_rating, film.audience_votes) == (8.39, 220)


def test_most_known_films_have_a_russian_title_when_viewers_read_russian(films: tuple[Film, ...]) -> None:
    assert sum("ru" in film.titles.by_language for film in films) >= 2_500
    most_rated = sorted(films, key=lambda film: -(film.audience_votes or 0))[:2_500]
    assert sum("ru" in film.titles.by_language for film in most_rated) >= 0.9 * len(most_rated)
    titled = Counter((film.titles.by_language.get("ru"), film.year) for film in films)
    twice = [title for (title, _), count in titled.items() if count > 1 and title]
    assert twice == ["Война миров"]  # MovieLens has the film of 2005 twice
    assert all(is_cyrillic(told) or told[0].isdigit() for film in films if (told := film.titles.by_language.get("ru")))


def test_films_say_their_length_and_age_when_a_table_knows(films: tuple[Film, ...]) -> None:
    assert sum(film.runtime_minutes is not None for film in films) >= 8_000
    assert sum(film.critics_rating is not None for film in films) >= 7_300
    assert film_of(films, "Toy Story", 1995).age_rating == 0
    assert film_of(films, "The Matrix", 1999).age_rating == 16
    assert {film.age_rating for film in films} == {None, 0, 6, 12, 16, 18}
