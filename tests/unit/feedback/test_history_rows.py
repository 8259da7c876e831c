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
