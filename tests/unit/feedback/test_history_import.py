"""Bringing a history from elsewhere."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import Film
from chalicelib.errors import InvalidInputError, TooLargeError
from chalicelib.feedback.history_import import ImportSummary, import_history
from chalicelib.feedback.history_rows import HistoryFormat
from tests.factories import NOW, feedback, film
from tests.fakes import FakeFeedbackStore

USER = "11111111-1111-4111-8111-111111111111"
MATRIX = film("The Matrix", year=1999, title_ru="Матрица", imdb_id="tt0133093")
HAMLETS = [film("Hamlet", film_id=f"22222222-2222-4222-8222-22222222222{n}", year=1990 + n) for n in (0, 6)]
HELD: Sequence[Film] = (MATRIX, *HAMLETS, film("Alien", year=1979), film("Brat", year=1997, imdb_id="tt0118767"))
IMDB = "Const,Your Rating,Date Rated,Title,Original Title,URL,Title Type,Year\n"


@pytest.fixture(scope="module")
def catalog(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedCatalog:
    path: Path = tmp_path_factory.mktemp("history") / "catalog.sqlite"
    catalog = EmbeddedCatalog(f"sqlite://{path}")
    catalog.replace_all(HELD)
    return catalog


def bring(
    catalog: EmbeddedCatalog, csv: str, kind: HistoryFormat = "plain", store: FakeFeedbackStore | None = None
) -> tuple[ImportSummary, dict[str, str | None]]:
    store = store or FakeFeedbackStore()
    summary = import_history(store, catalog, USER, csv, kind, "ru", NOW)
    return summary, {item.titles.main: item.rating for item in store.list_all(USER)}


def test_ratings_become_likes_and_dislikes_when_films_are_found(catalog: EmbeddedCatalog) -> None:
    summary, stored = bring(catalog, "title,year,rating\nМатрица,1999,9\nAlien,1979,3\nBrat,1997,6\n")
    assert stored == {"The Matrix": "like", "Alien": "dislike", "Brat": "seen"}
    assert (summary.imported, summary.neutral, summary.unmatched, summary.ambiguous) == (2, 1, (), ())


def test_plain_list_is_out_of_five_when_no_number_is_over_five(catalog: EmbeddedCatalog) -> None:
    summary, stored = bring(catalog, "title,year,rating\nМатрица,1999,5\nAlien,1979,2\nBrat,1997,3\n")
    assert stored == {"The Matrix": "like", "Alien": "dislike", "Brat": "seen"}
    assert summary.neutral == 1


def test_rows_beyond_the_most_that_one_viewer_may_judge_are_named(catalog: EmbeddedCatalog) -> None:
    store = FakeFeedbackStore()
    store.put(USER, feedback("Alien", rating="seen"), None)
    csv = "title,year,rating\nМатрица,1999,9\nAlien,1979,3\nBrat,1997,6\n"
    summary = import_history(store, catalog, USER, csv, "plain", "ru", NOW, most=2)
    assert {item.titles.main for item in store.list_all(USER)} == {"Alien", "The Matrix"}
    assert [(row.line, row.title) for row in summary.left_out] == [(4, "Brat")]
    assert (summary.imported, summary.neutral) == (2, 0)
    again = import_history(store, catalog, USER, csv, "plain", "ru", NOW, most=2)
    assert again == summary, "what is there already may be said again"


def test_what_an_unconfirmed_account_brings_is_marked(catalog: EmbeddedCatalog) -> None:
    store = FakeFeedbackStore()
    import_history(store, catalog, USER, "title,year,rating\nAlien,1979,9\n", "plain", "ru", NOW, unconfirmed=True)
    assert [item.unconfirmed for item in store.list_all(USER)] == [True]


def test_the_id_decides_when_the_row_has_one(catalog: EmbeddedCatalog) -> None:
    rows = 'tt0133093,8,2024-01-01,"La matrice","The Matrix",https://x,Movie,1999\n' \
           "tt9999999,8,2024-01-01,Brat,Brat,https://x,Movie,1997\n"  # fmt: skip
    summary, stored = bring(catalog, IMDB + rows, "imdb")
    assert stored == {"The Matrix": "like"}
    assert [row.title for row in summary.unmatched] == ["Brat"]


def test_stars_are_read_when_the_history_is_of_letterboxd(catalog: EmbeddedCatalog) -> None:
    csv = "\ufeffDate,Name,Year,Letterboxd URI,Rating\n2024-01-01,Alien,1979,https://boxd.it/x,3.5\n"
    assert bring(catalog, csv, "letterboxd")[1] == {"Alien": "like"}


def test_the_order_is_that_of_the_dates_when_the_file_is_turned_round(catalog: EmbeddedCatalog) -> None:
    rows = ["Матрица,1999,9,2024-03-01\n", "Alien,1979,9,2024-01-01\n", "Brat,1997,9,2024-02-01\n"]
    orders = []
    for given in (rows, rows[::-1]):
        store = FakeFeedbackStore()
        bring(catalog, "title,year,rating,date\n" + "".join(given), store=store)
        taste = sorted(store.list_all(USER), key=lambda item: item.given_at, reverse=True)
        orders.append([item.titles.main for item in taste])
    assert orders == [["The Matrix", "Brat", "Alien"]] * 2


def test_a_film_counts_as_seen_when_its_row_has_no_rating(catalog: EmbeddedCatalog) -> None:
    assert bring(catalog, "title,year,rating\nAlien,1979,\n")[1] == {"Alien": "seen"}


def test_rows_are_handed_back_when_no_film_or_several_answer(catalog: EmbeddedCatalog) -> None:
    summary, stored = bring(catalog, "title,year,rating\nHamlet,,10\nNever Made,2001,10\n")
    assert stored == {}
    assert [(row.line, row.title) for row in summary.unmatched] == [(3, "Never Made")]
    shown = {(one.film_id, one.title, one.year) for one in summary.ambiguous[0].candidates}
    assert shown == {(one.film_id, "Hamlet", one.year) for one in HAMLETS}


def test_what_was_said_here_stays_when_the_history_says_otherwise(catalog: EmbeddedCatalog) -> None:
    store = FakeFeedbackStore()
    store.put(USER, feedback("The Matrix", rating="dislike"), None)
    store.put(USER, feedback("Alien", steer="more_like_this"), None)
    summary, stored = bring(catalog, "title,year,rating\nThe Matrix,1999,10\nAlien,1979,10\n", store=store)
    assert stored == {"The Matrix": "dislike", "Alien": "like"}
    held = store.find(USER, film("Alien").film_id)
    assert held is not None
    assert held.steer == "more_like_this"
    assert summary.imported == 2


def test_nothing_more_happens_when_imported_twice(catalog: EmbeddedCatalog) -> None:
    store = FakeFeedbackStore()
    csv = "title,year,rating\nAlien,1979,10\n"
    assert bring(catalog, csv, store=store) == bring(catalog, csv, store=store)


@pytest.mark.parametrize(
    ("csv", "kind"),
    [
        ("", "plain"), ("title;rating\nAlien;5\n", "plain"), ("title,year,rating\n,1979,10\n", "plain"),
        ("title,year,rating\nAlien,soon,10\n", "plain"), ("title,year,rating\nAlien,1979,11\n", "plain"),
        ("title,year,rating\nAlien,1979,good\n", "plain"), ("title,year,rating\nAlien,1979,5\n", "imdb"),
        ("name,year,rating\nAlien,1979,6\n", "letterboxd"), ("title,year,rating\nAlien,1979,-1\n", "plain"),
    ],
)  # fmt: skip
def test_nothing_is_stored_when_the_file_is_no_such_history(
    catalog: EmbeddedCatalog, csv: str, kind: HistoryFormat
) -> None:
    store = FakeFeedbackStore()
    with pytest.raises(InvalidInputError) as raised:
        import_history(store, catalog, USER, csv, kind, "ru", NOW)
    assert raised.value.field == "csv"
    assert store.list_all(USER) == []


def test_the_file_is_refused_when_it_has_too_many_rows(catalog: EmbeddedCatalog) -> None:
    with pytest.raises(TooLargeError):
        import_history(
            FakeFeedbackStore(), catalog, USER, "title,year,rating\n" + "A,2000,5\n" * 301, "plain", "ru", NOW
        )


def test_watchlist_stays_and_no_film_is_liked_and_excluded_when_a_history_comes(catalog: EmbeddedCatalog) -> None:
    store = FakeFeedbackStore()
    saved = feedback("Alien", rating=None, saved_at=NOW, film_id=HELD[3].film_id)
    excluded = feedback("Brat", rating=None, steer="exclude", film_id=HELD[4].film_id)
    store.put_many(USER, [saved, excluded])
    import_history(store, catalog, USER, "title,year,rating\nAlien,1979,5\nBrat,1997,5\n", "plain", "ru", NOW)
    kept = {item.titles.main: (item.rating, item.steer, item.is_saved) for item in store.list_all(USER)}
    assert kept == {"Alien": ("like", None, True), "Brat": (None, "exclude", False)}
