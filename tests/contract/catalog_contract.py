"""What every catalogue must do, whatever holds it. `TestEmbedded…` and `TestOpenSearch…` run it on the real engines."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import (
    Film,
    FilmNotFoundError,
    FilmQuery,
    InvalidPositionError,
    Showing,
    Sort,
    without_description,
)
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import ShownCatalog
from chalicelib.catalog.titles.match import match_title
from tests.contract.family_fuzz import fuzz
from tests.contract.film_journey import follow_in_catalog, follow_through_api, loaded
from tests.factories import NOW, film_with


def film(source_id: str, title: str, year: int | None = None, **known: object) -> Film:
    """A film of the small test catalogue."""
    return film_with(film_id=film_id_of(source_id), source_id=source_id, title=title, year=year, **known)


MATRIX = film("tt0133093", "The Matrix", 1999, title_ru="Матрица", imdb_id="tt0133093",
              genres=("Action", "Sci-Fi"), directors=("Lana Wachowski",), actors=("Keanu Reeves",),
              imdb_rating=8.7, imdb_votes=2_000_000)  # fmt: skip
RELOADED = film("ml6365", "The Matrix Reloaded", 2003, title_ru="Матрица: Перезагрузка",
                genres=("Action", "Sci-Fi"), directors=("Lana Wachowski",),
                imdb_rating=7.2, imdb_votes=600_000)  # fmt: skip
MATRIARCH = film("x1", "Matriarch", 2018, genres=("Drama",), imdb_rating=3.9, imdb_votes=900)
GODFATHER = film("tt0068646", "Крёстный отец", 1972, original_title="The Godfather", genres=("Crime", "Drama"),
                 imdb_rating=9.2, imdb_votes=1_900_000)  # fmt: skip
TOLD_GODFATHER = msgspec.structs.replace(GODFATHER, description="Мафия, семья и долг")
ROBOCOP = film("ml2985", "RoboCop", 1987, genres=("Action", "Sci-Fi"), imdb_rating=7.6, imdb_votes=280_000)
ROBOCOP_2014 = film("ml108932", "RoboCop", 2014, genres=("Action", "Sci-Fi"), imdb_rating=6.1, imdb_votes=240_000)
AMELIE = film("ml4973", "Amélie", 2001, original_title="Le Fabuleux destin d'Amélie Poulain", genres=("Comedy",),
              countries=("France",), imdb_rating=8.3, imdb_votes=780_000)  # fmt: skip
FLUKE = film("x2", "Ten out of Ten", 2020, genres=("Documentary",), imdb_rating=10.0, imdb_votes=5)
UNRATED = film("x3", "Nobody Saw It", None)
FILMS = (MATRIX, RELOADED, MATRIARCH, TOLD_GODFATHER, ROBOCOP, ROBOCOP_2014, AMELIE, FLUKE, UNRATED)


class CatalogContract:
    """Needs a fixture `catalog`: holding `FILMS`, made anew for each test that changes it (`fresh_catalog`)."""

    @pytest.mark.parametrize(
        ("text", "first"),
        [
            ("matrix", MATRIX), ("The MATRIX", MATRIX), ("матрица", MATRIX), ("матрицы", MATRIX), ("matr", MATRIX),
            ("matrxi", MATRIX), ("крестный отец", GODFATHER), ("godfather", GODFATHER), ("the god father", GODFATHER),
            ("krestnyj otec", GODFATHER), ("amelie", AMELIE), ("robocop 2014", ROBOCOP_2014), ("robocop", ROBOCOP),
            ("keanu reeves", MATRIX), ("reloaded matrix", RELOADED), ("мафия", GODFATHER),
            ("vfnhbwf", MATRIX), ("ьфекшч", MATRIX), ("rh`cnysq jntw", GODFATHER), ("vfnhwf", MATRIX),
            ("киану ривз", MATRIX), ("фильмы с киану ривзом", MATRIX), ("ривз киану", MATRIX), ("rbfye hbdp", MATRIX),
            ("лана вачовски", MATRIX), ("матрица ривз", MATRIX), ("матрцу", MATRIX),
            ("комедия", AMELIE), ("комедии 2000-х", AMELIE), ("фантастика 1987 года", ROBOCOP), ("90s sci-fi", MATRIX),
            ("фантастика киану ривз", MATRIX), ("rjvtlbz", AMELIE),
            ("французские комедии", AMELIE), ("french films", AMELIE), ("кино французское 2000-х", AMELIE),
        ],
    )  # fmt: skip
    def test_the_film_meant_comes_first_when_searched_for(self, catalog: Catalog, text: str, first: Film) -> None:
        assert catalog.search(FilmQuery(text=text)).films[0] == first

    @pytest.mark.parametrize(
        ("query", "match", "offered"),
        [
            (FilmQuery(text="matrix"), "all", MATRIX), (FilmQuery(), "all", MATRIX), (FilmQuery(), "all", UNRATED),
            (FilmQuery(text="matrxi"), "all", MATRIX), (FilmQuery(text="vfnhbwf"), "all", MATRIX),
            (FilmQuery(text="киану ривз"), "all", MATRIX), (FilmQuery(text="комедия"), "all", AMELIE),
            (FilmQuery(text="matrix godzilla"), "close", MATRIX),
            (FilmQuery(text="матрица с годзиллой"), "close", MATRIX),
            (FilmQuery(text="фантастика 1950-х"), "close", MATRIX),
            (FilmQuery(text="комедии киану ривза"), "close", AMELIE),
            (FilmQuery(text="xyzzyqwertz"), "close", None), (FilmQuery(text="ирония судьбы"), "close", None),
            (FilmQuery(text="robocop", year_to=1980), "close", None),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("sort", ["relevance", "rating", "year", "new"])
    def test_it_is_said_when_no_film_has_all_that_was_typed(
        self, catalog: Catalog, query: FilmQuery, match: str, offered: Film | None, sort: Sort
    ) -> None:
        page = catalog.search(msgspec.structs.replace(query, sort=sort))
        assert page.match == match
        assert offered in page.films if offered else page.films == ()

    @pytest.mark.parametrize("text", ["the", "robocop matrix", "vfnhbwf", "киану ривз", "фантастика"])
    def test_all_pages_say_the_same_when_they_are_followed(self, catalog: Catalog, text: str) -> None:
        whole = catalog.search(FilmQuery(text=text))
        found: list[Film] = []
        page = catalog.search(FilmQuery(text=text, limit=1))
        while True:
            assert page.match == whole.match
            found += page.films
            if page.after is None:
                break
            page = catalog.search(FilmQuery(text=text, limit=1, after=page.after))
        assert found == list(whole.films)

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            (FilmQuery(genre="sci-fi"), {MATRIX, RELOADED, ROBOCOP, ROBOCOP_2014}),
            (FilmQuery(genre="Sci-Fi", year_from=1999, year_to=2003), {MATRIX, RELOADED}),
            (FilmQuery(min_rating=8.5), {MATRIX, GODFATHER, FLUKE}),
            (FilmQuery(text="robocop", year_to=1990), {ROBOCOP}),
            (FilmQuery(tags=(("g_sci_fi",),)), {MATRIX, RELOADED, ROBOCOP, ROBOCOP_2014}),
            (FilmQuery(tags=(("g_sci_fi", "g_comedy"), ("p_keanu_reeves", "c_france"))), {MATRIX, AMELIE}),
            (FilmQuery(tags=(("g_sci_fi",),), without_tags=("p_lana_wachowski", "c_france")), {ROBOCOP, ROBOCOP_2014}),
            (FilmQuery(text="robocop", tags=(("y_1987",),)), {ROBOCOP}),
            (FilmQuery(tags=((),)), set()),
            (FilmQuery(tags=(('g_drama" OR tags : "g_comedy',),)), set()),
            (FilmQuery(without_tags=('x" OR tags : "g_drama',), text="matriarch"), {MATRIARCH}),
            (FilmQuery(text="xyzzyqwertz"), set()),
            (FilmQuery(text='"OR* (AND: NOT) \\ names:x'), set()),
        ],
    )
    def test_all_filters_hold_when_films_are_searched_for(
        self, catalog: Catalog, query: FilmQuery, found: set[Film]
    ) -> None:
        films = catalog.search(query).films
        assert {one.film_id for one in films} == {one.film_id for one in found}

    @pytest.mark.parametrize("sort", ["relevance", "rating", "year", "new"])
    @pytest.mark.parametrize("text", ["", "the", "robocop"])
    def test_every_film_comes_once_and_in_order_when_pages_are_followed(
        self, catalog: Catalog, sort: str, text: str
    ) -> None:
        whole = catalog.search(FilmQuery(text=text, sort=sort, limit=100)).films  # type: ignore[arg-type]
        paged: list[Film] = []
        after: tuple[float | int | str | None, ...] | None = None
        for _ in range(len(whole) + 1):
            page = catalog.search(FilmQuery(text=text, sort=sort, limit=2, after=after))  # type: ignore[arg-type]
            paged += page.films
            after = page.after
            if after is None:
                break
        assert paged == list(whole)
        assert after is None

    def test_the_best_come_first_when_sorted(self, catalog: Catalog) -> None:
        assert catalog.search(FilmQuery(sort="year", limit=2)).films == (FLUKE, MATRIARCH)
        best = [one.titles.main for one in catalog.search(FilmQuery(sort="rating", limit=100)).films]
        assert best[:2] == [GODFATHER.titles.main, MATRIX.titles.main]
        assert best.index(FLUKE.titles.main) > best.index(ROBOCOP.titles.main), "five votes are no rating"
        assert catalog.search(FilmQuery(limit=1)).films == (GODFATHER,)

    @pytest.mark.parametrize("after", [("x",), (1, 2, 3, 4), ("a", "b", "c"), (None,), (999, 1.0, "f")])
    def test_a_position_is_refused_when_it_was_never_given_out(
        self, catalog: Catalog, after: tuple[float | int | str | None, ...]
    ) -> None:
        with pytest.raises(InvalidPositionError):
            catalog.search(FilmQuery(text="matrix", after=after))

    def test_films_are_got_by_id_when_held(self, catalog: Catalog) -> None:
        unknown = film_id_of("unknown")
        assert catalog.get(MATRIX.film_id) == MATRIX
        assert catalog.get_many([AMELIE.film_id, unknown]) == {AMELIE.film_id: AMELIE}
        assert catalog.get_many([]) == {}
        with pytest.raises(FilmNotFoundError):
            catalog.get(unknown)

    def test_films_are_got_by_source_and_imdb_id_when_held(self, catalog: Catalog) -> None:
        assert catalog.find_by_source_ids(["tt0133093", "ml4973", "tt9999999"]) == {
            "tt0133093": MATRIX,
            "ml4973": AMELIE,
        }

    def test_titles_are_retrieved_when_written_otherwise(self, catalog: Catalog) -> None:
        assert MATRIX in catalog.find_by_title("Matrix, The")
        assert GODFATHER in catalog.find_by_title("Крестный отец")
        assert MATRIX in catalog.find_by_title("The Martix")
        found = catalog.find_by_titles(["RoboCop", "nothing like it", ""], exact=True)
        assert [{one.year for one in films} for films in found] == [{1987, 2014}, set(), set()]

    def test_a_title_means_the_film_of_its_year_when_there_are_namesakes(self, catalog: Catalog) -> None:
        assert match_title(catalog, "Robocop", 2014).film == ROBOCOP_2014
        assert match_title(catalog, "Robocop (1987)").film == ROBOCOP
        assert match_title(catalog, "Robcoop", 1987).film == ROBOCOP
        assert match_title(catalog, "Robocop", 2001).film is None
        assert match_title(catalog, "Krestnyy otets", 1972).film == GODFATHER

    def test_the_most_alike_come_first_when_similar_films_are_asked_for(self, catalog: Catalog) -> None:
        similar = catalog.similar([MATRIX.film_id], limit=3)
        assert similar[0] == RELOADED
        assert MATRIX not in similar
        assert {RELOADED, MATRIX}.isdisjoint(catalog.similar([MATRIX.film_id, RELOADED.film_id]))
        assert catalog.similar([film_id_of("unknown")]) == []

    def test_a_description_is_given_with_one_film_and_with_no_list(self, catalog: Catalog) -> None:
        assert catalog.get(GODFATHER.film_id) == TOLD_GODFATHER
        lists = (
            catalog.search(FilmQuery(limit=100)).films,
            catalog.get_many([GODFATHER.film_id]).values(),
            catalog.find_by_source_ids([GODFATHER.source_id]).values(),
            catalog.find_by_title("The Godfather"),
            catalog.similar([MATRIARCH.film_id]),
            catalog.top(),
        )
        assert all(GODFATHER in films for films in lists)

    def test_votes_weigh_when_the_top_list_is_made(self, catalog: Catalog) -> None:
        top = catalog.top(3)
        assert top[:2] == [GODFATHER, MATRIX]
        assert UNRATED not in catalog.top()
        assert catalog.top().index(FLUKE) > catalog.top().index(ROBOCOP)

    def test_new_films_come_first_and_others_count_by_their_own_viewers_when_imdb_knows_none(
        self, fresh_catalog: Catalog
    ) -> None:
        old = film("n1", "Old Hand", 2020, added_at=datetime(2026, 1, 1, tzinfo=UTC))
        loved = film("n2", "Loved", 2015, audience_rating=9.4, audience_votes=300,
                     added_at=datetime(2026, 2, 1, tzinfo=UTC))  # fmt: skip
        fresh_catalog.replace_all([*FILMS, old, loved])
        assert fresh_catalog.search(FilmQuery(sort="new", limit=2)).films == (loved, old)
        assert loved in fresh_catalog.top(3)

    def test_nothing_forbidden_is_found_on_any_way_when_films_are_shown_to_somebody(
        self, fresh_catalog: Catalog
    ) -> None:
        """Every mix of dates, regions and ages, asked in every way: the adapter's search agrees with the one rule."""
        moments = (None, NOW - timedelta(days=1), NOW + timedelta(days=1))
        every = itertools.product(moments, moments, ((), ("RU",), ("DE", "FR")), (None, 0, 6, 12, 16, 18))
        films = [
            film(f"r{n}", f"Matrix {n}", 1999, genres=("Drama",), imdb_rating=7.0, imdb_votes=9_000 + n,
                 available_from=since, available_until=until, regions=regions, age_rating=age)
            for n, (since, until, regions, age) in enumerate(every)
        ]  # fmt: skip
        fresh_catalog.replace_all([*films, film("r-none", "Stalker", 1979, genres=("Drama",), imdb_rating=8.0,
                                                imdb_votes=9, age_rating=18)])  # fmt: skip
        for age_limit, region in itertools.product((None, 0, 12, 16, 18), (None, "RU", "US")):
            showing = Showing(at=NOW, age_limit=age_limit, region=region)
            allowed = {one.film_id for one in films if is_shown(one, showing)}
            catalog = ShownCatalog(fresh_catalog, lambda showing=showing: showing)  # type: ignore[misc]
            for query in (FilmQuery(text="matrix"), FilmQuery(year_from=1990, sort="rating"), FilmQuery(sort="new")):
                found: list[str] = []
                page = catalog.search(msgspec.structs.replace(query, limit=50))
                while True:
                    found += [one.film_id for one in page.films if one.year == 1999]
                    if page.after is None:
                        break
                    page = catalog.search(msgspec.structs.replace(query, limit=50, after=page.after))
                assert len(found) == len(set(found))
                assert set(found) == allowed, (query, showing)
            ids = [one.film_id for one in films]
            assert set(catalog.get_many(ids)) == allowed
            assert {one.film_id for one in catalog.top(500)} - {film_id_of("r-none")} == allowed
            assert {one.film_id for one in catalog.similar([film_id_of("r-none")], 500)} <= allowed
            assert {one.film_id for one in catalog.find_by_title("Matrix 1")} <= allowed
            hidden = catalog.search(FilmQuery(text="stalker")).films
            assert [one.titles.main for one in hidden if one.titles.main == "Stalker"] == (
                ["Stalker"] if age_limit in (None, 18) else []
            )

    def test_the_old_catalogue_is_gone_as_a_whole_when_replaced(self, fresh_catalog: Catalog) -> None:
        assert fresh_catalog.replace_all([AMELIE]) == 1
        assert fresh_catalog.search(FilmQuery()).films == (AMELIE,)
        assert fresh_catalog.get_many([MATRIX.film_id]) == {}

    def test_nothing_changes_when_a_reload_fails(self, fresh_catalog: Catalog) -> None:
        def failing() -> object:
            yield AMELIE
            raise RuntimeError("the source broke off")

        with pytest.raises(RuntimeError):
            fresh_catalog.replace_all(failing())  # type: ignore[arg-type]
        assert len(fresh_catalog.search(FilmQuery(limit=100)).films) == len(FILMS)

    def test_single_films_are_added_and_replaced_when_upserted(self, fresh_catalog: Catalog) -> None:
        dubbed = film("ml4973", "Amélie", 2001, title_ru="Амели")
        added = film("x9", "Brand New", 2026)
        assert fresh_catalog.upsert([dubbed, added]) == 2
        assert fresh_catalog.get(AMELIE.film_id) == dubbed
        assert fresh_catalog.search(FilmQuery(text="амели")).films == (dubbed,)
        assert len(fresh_catalog.search(FilmQuery(limit=100)).films) == len(FILMS) + 1

    def test_a_film_is_on_no_way_when_it_is_withdrawn_and_on_all_when_it_comes_back(
        self, fresh_catalog: Catalog
    ) -> None:
        ways: list[Callable[[], object]] = [
            lambda: fresh_catalog.get_many([MATRIX.film_id]).values(),
            lambda: fresh_catalog.find_by_source_ids(["tt0133093"]).values(),
            lambda: fresh_catalog.find_by_title("Матрица"),
            lambda: fresh_catalog.find_by_titles(["The Matrix"], exact=True)[0],
            lambda: fresh_catalog.similar([RELOADED.film_id]),
            lambda: fresh_catalog.top(),
            *(
                lambda text=text, sort=sort: fresh_catalog.search(FilmQuery(text=text, sort=sort)).films
                for text in ("", "matrix", "матрицы", "matrxi", "keanu reeves", "matriza")
                for sort in ("relevance", "rating", "year", "new")
            ),
        ]
        assert all(MATRIX in one() for one in ways)  # type: ignore[operator]
        assert fresh_catalog.withdraw([MATRIX.film_id, film_id_of("unknown")]) == 2
        assert not any(MATRIX in one() for one in ways)  # type: ignore[operator]
        with pytest.raises(FilmNotFoundError):
            fresh_catalog.get(MATRIX.film_id)
        assert RELOADED in fresh_catalog.search(FilmQuery(text="matrix")).films, "one by one"
        assert fresh_catalog.withdraw([MATRIX.film_id]) == 1, "again"
        fresh_catalog.upsert([MATRIX])
        assert all(MATRIX in one() for one in ways)  # type: ignore[operator]

    def test_it_says_how_much_it_holds_since_when_and_what_was_taken_away_since(self, fresh_catalog: Catalog) -> None:
        before = datetime.now(UTC).replace(microsecond=0)
        fresh_catalog.replace_all(FILMS)
        loaded = fresh_catalog.facts()
        assert loaded.loaded_at
        assert before <= loaded.loaded_at <= datetime.now(UTC)
        assert (loaded.films, loaded.withdrawn) == (len(FILMS), 0)
        fresh_catalog.withdraw([MATRIX.film_id])
        fresh_catalog.upsert([film("x9", "Brand New", 2026)])
        assert fresh_catalog.facts() == msgspec.structs.replace(loaded, withdrawn=1)
        fresh_catalog.upsert([MATRIX])
        assert fresh_catalog.facts() == msgspec.structs.replace(loaded, films=len(FILMS) + 1)

    def test_a_change_stays_when_it_was_made_during_a_full_load_and_goes_when_it_was_made_before(
        self, fresh_catalog: Catalog
    ) -> None:
        dubbed, renamed = film("ml4973", "Amélie", 2001, title_ru="Амели"), film("x2", "Eleven", 2020)
        added = film("x9", "Brand New", 2026)
        fresh_catalog.upsert([renamed, film("x10", "Not in the source", 2026)])
        fresh_catalog.withdraw([GODFATHER.film_id])

        def source() -> Iterator[Film]:
            yield from FILMS
            fresh_catalog.upsert([dubbed, added])
            fresh_catalog.withdraw([MATRIX.film_id])

        fresh_catalog.replace_all(source())
        held = {one.film_id: one for one in fresh_catalog.search(FilmQuery(limit=100)).films}
        expected = (*map(without_description, FILMS), dubbed, added)
        assert held == {one.film_id: one for one in expected if one != MATRIX}

    def test_nothing_is_lost_when_many_write_at_once(self, fresh_catalog: Catalog) -> None:
        def write(writer: int) -> None:
            for place in range(5):
                fresh_catalog.upsert([film(f"w{writer}-{place}", f"Written {writer} {place}", 2026)])
                fresh_catalog.withdraw([FILMS[writer].film_id])

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(write, range(6)))
        held = {one.source_id for one in fresh_catalog.search(FilmQuery(limit=100)).films}
        written = {f"w{writer}-{place}" for writer in range(6) for place in range(5)}
        assert held == written | {one.source_id for one in FILMS[6:]}

    def test_a_family_sees_nothing_forbidden_whatever_it_asks_for(
        self, fresh_catalog: Catalog, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        fuzz(fresh_catalog, monkeypatch)

    def test_no_field_is_lost_when_a_film_goes_from_its_row_to_all_that_is_shown_of_it(
        self, fresh_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        film, liked = loaded(tmp_path)
        fresh_catalog.upsert([film, liked])
        follow_in_catalog(fresh_catalog, film, liked)
        follow_through_api(fresh_catalog, monkeypatch)
