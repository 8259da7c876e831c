"""What the exports of IMDb, Letterboxd and a viewer's own hand say."""

from datetime import UTC, datetime

import pytest

from chalicelib.errors import InvalidInputError, TooLargeError
from chalicelib.feedback.history_rows import ROWS_MAX, HistoryFormat, HistoryRow, read_history

IMDB = "Const,Your Rating,Date Rated,Title,Original Title,Title Type,IMDb Rating,Year\n"


def test_imdbs_export_gives_id_title_and_year() -> None:
    (row,) = read_history(IMDB + "tt0069293,9,2020-01-01,Solaris,Солярис,Movie,8.0,1972\n", "imdb")
    assert row == HistoryRow(2, "Solaris", 1972, "like", "tt0069293", "Солярис", datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        ("imdb", {"10": "like", "7": "like", "6": "seen", "5": "seen", "4": "dislike", "1": "dislike", "": "seen"}),
        ("letterboxd", {"5": "like", "3.5": "like", "3": "seen", "2.5": "seen", "2": "dislike", "0.5": "dislike"}),
    ],
)
def test_the_top_of_the_scale_is_liked_and_its_bottom_disliked(kind: HistoryFormat, numbers: dict[str, str]) -> None:
    header = IMDB if kind == "imdb" else "Date,Name,Year,Letterboxd URI,Rating\n"
    line = "tt0069293,{},,Solaris,,,,1972\n" if kind == "imdb" else ",Solaris,1972,,{}\n"
    for number, rating in numbers.items():
        assert [row.rating for row in read_history(header + line.format(number), kind)] == [rating], number


def test_a_plain_list_is_of_five_stars_when_no_number_is_over_five() -> None:
    assert [row.rating for row in read_history("title,year,rating\nA,,5\nB,,3\n", "plain")] == ["like", "seen"]
    assert [row.rating for row in read_history("title,year,rating\nA,,5\nB,,8\n", "plain")] == ["seen", "like"]
    assert [row.rating for row in read_history("title,year,rating\nA,,Like\nB,,dislike\n", "plain")] == [
        "like",
        "dislike",
    ]


def test_excels_semicolons_commas_and_byte_order_mark_do_no_harm() -> None:
    (row,) = read_history("\ufeffTitle;Year;Rating\r\nСолярис;1972;4,5\r\n\r\n", "plain")
    assert (row.title, row.year, row.rating) == ("Солярис", 1972, "like")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("title,rating\nA,5\n", "year"),
        ("title,year,rating\n,1972,5\n", "no title"),
        ("title,year,rating\nA,soon,5\n", "no year"),
        ("title,year,rating\nA,1972,splendid\n", "no rating"),
        ("title,year,rating\nA,1972,11\n", "no rating"),
        ("", "lacks"),
    ],
)
def test_the_viewer_is_told_what_is_wrong_when_a_row_cannot_be_read(text: str, what: str) -> None:
    with pytest.raises(InvalidInputError, match=what) as refusal:
        read_history(text, "plain")
    assert refusal.value.field == "csv"


def test_a_title_is_refused_when_it_is_longer_than_any_and_blanks_do_not_count() -> None:
    with pytest.raises(InvalidInputError, match="at most 500"):
        read_history(f"title,year,rating\n{'x' * 501},1972,5\n", "plain")
    (row,) = read_history(f"title,year,rating\nThe{' ' * 20_000}Matrix,1999,5\n", "plain")
    assert row.title == "The Matrix"


def test_as_many_rows_are_taken_as_one_request_can_match_and_no_more() -> None:
    rows = [f"Film {number},1972,5\n" for number in range(ROWS_MAX + 1)]
    assert len(read_history("title,year,rating\n" + "".join(rows[:-1]), "plain")) == ROWS_MAX
    with pytest.raises(TooLargeError):
        read_history("title,year,rating\n" + "".join(rows), "plain")


KINOPOISK = "русскоязычное название,оригинальное название,год,страны,моя оценка,мировая премьера\n"
TRAKT = "rated_at,type,title,year,trakt_rating,trakt_id,imdb_id,tmdb_id,season_number,genres,rating\n"


def test_kinopoisks_export_gives_both_titles() -> None:
    text = KINOPOISK + "Город грехов,Sin City,2005,США,10,2005-03-28\n,Le Samouraï,1967,Франция,6,\n"
    text += "Призрак в доспехах,Kokaku kidotai,2002 – 2005,Япония,3,\nШерлок,Sherlock,2010 – ...,Англия,,\n"
    rows = read_history(text, "kinopoisk")
    assert [(row.title, row.original_title, row.year, row.rating) for row in rows] == [
        ("Город грехов", "Sin City", 2005, "like"), ("Le Samouraï", "Le Samouraï", 1967, "seen"),
        ("Призрак в доспехах", "Kokaku kidotai", 2002, "dislike"), ("Шерлок", "Sherlock", 2010, "seen"),
    ]  # fmt: skip
    assert {row.rated_at for row in rows} == {None}, "a film's premiere is no day on which it was rated"


def test_trakts_export_gives_films_alone_by_imdbs_id() -> None:
    text = TRAKT + "2018-08-24T13:48:52Z,movie,Alien,1979,8.2,295,tt0078748,348,,horror,9\n"
    text += "2021-03-22T06:33:24.000Z,episode,The Wire,2002,8.9,1,tt0306414,2,1,drama,10\n"
    (row,) = read_history(text, "trakt")
    rated_at = datetime(2018, 8, 24, 13, 48, 52, tzinfo=UTC)
    assert row == HistoryRow(2, "Alien", 1979, "like", "tt0078748", None, rated_at)


def test_trakts_watched_history_says_what_was_seen() -> None:
    text = "watched_at,action,type,title,year,trakt_rating,trakt_id,imdb_id\n"
    text += "2020-05-01T20:00:00Z,watch,movie,Alien,1979,8.2,295,\n"
    (row,) = read_history(text, "trakt")
    assert (row.rating, row.rated_at) == ("seen", datetime(2020, 5, 1, 20, tzinfo=UTC))


@pytest.mark.parametrize("year", ["200", "2002 – 20", "soon", "2002 – 2005 – 2007"])
def test_what_is_no_year_is_told(year: str) -> None:
    with pytest.raises(InvalidInputError, match="no year"):
        read_history(KINOPOISK + f"А,,{year},,5,\n", "kinopoisk")
