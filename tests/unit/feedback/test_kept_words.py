"""What histories and files say, as it was when last looked at: see `tests/kept`."""

import itertools
import json
import random
from datetime import timedelta

import msgspec

from chalicelib.errors import DomainError
from chalicelib.feedback.bulk.merging import Said, together
from chalicelib.feedback.bulk.rows import AHEAD, EPOCH, Reader, RowRefusedError, words_of
from chalicelib.feedback.history_rows import COLUMNS, ROWS_MAX, HistoryFormat, read_history
from chalicelib.feedback.model import Rating, Steer
from chalicelib.feedback.standing import Proof, Word, is_proven
from tests.factories import NOW, film_id
from tests.kept import assert_kept

RATED = (
    "",
    "0",
    "1",
    "2",
    "2,0",
    "2.1",
    "3",
    "3.4",
    "3.5",
    "4",
    "4.1",
    "5",
    "5.1",
    "6.9",
    "7",
    "10",
    "11",
    "like",
    "Seen",
    "x",
)
YEARS = ("", "1979", "1979-1982", "1979–...", "79", "1979 x", "19799")
DATES = ("", "2020-01-01", "2020-01-01T10:00:00+03:00", "1577836800", "01.02.2020", "9" * 30)


def history(kind: HistoryFormat, rating: str, year: str, date: str, separator: str = ",") -> str:
    row = {"const": "tt0069293", "your rating": rating, "title": "Solaris", "year": year, "name": "Solaris",
    "rating": rating,
           "русскоязычное название": "Солярис", "оригинальное название": "Solaris", "год": year, "моя оценка": rating,
           "type": "movie", "trakt_id": "1", "imdb_id": "tt007", "date": date, "watched_at": date}  # fmt: skip
    names = [*COLUMNS[kind], "date", "watched_at"]
    return "\ufeff" + separator.join(names).title() + "\n" + separator.join(row[name] for name in names) + "\n"


def read(text: str, kind: HistoryFormat) -> object:
    try:
        return [list(row) for row in read_history(text, kind)]
    except DomainError as error:
        return str(error)


def test_histories_are_read_as_kept() -> None:
    found: dict[str, object] = {}
    for kind in COLUMNS:
        for number, rating in enumerate(RATED):
            text = history(
                kind, rating.replace(",", "."), YEARS[number % 7], DATES[number % 6], ";" if number % 2 else ","
            )
            found[f"{kind} {rating}"] = read(text, kind)
    plain = "title,year,rating\n"
    found["five stars"] = read(plain + "A,1990,5\nB,1991,2\nC,,3.5\n", "plain")
    found["of ten"] = read(plain + "A,1990,5\nB,1991,6\nC,,like\n", "plain")
    found["faults"] = [read(text, "plain") for text in (
        "", "title\n", plain + ",1990,5\n", plain + "x" * 301 + ",1990,5\n", plain + " " * 400 + "x,1990,5\n",
        plain + "\n\n",
        plain + "A,1990,5,more,and more\n", plain + "A\n", plain + '"A,1990')]  # fmt: skip
    found["long"] = [len(plain_rows) for plain_rows in (read_history(plain + "A,1990,5\n" * ROWS_MAX, "plain"),)]
    found["too long"] = read(plain + "A,1990,5\n" * (ROWS_MAX + 1), "plain")
    assert_kept("histories", found)


def test_lines_of_a_file_say_what_is_kept() -> None:
    lot = random.Random(3)
    reader = Reader(NOW)
    found = {}
    for number in range(120):
        fields = {"viewer": lot.choice(("v1", "v 1", " v", "é", "x" * 128, "x" * 129)), "film": "tt1"}
        more = {"rating": lot.choice(("like", "dislike", "seen", "loved")), "steer": lot.choice(("exclude",
        "more_like_this")),
                "saved": lot.choice((True, False)), "value": lot.choice((0, 0.79, 0.8, 1, 1.1)),
                "at": (lot.choice((EPOCH, NOW, NOW + AHEAD)) + timedelta(microseconds=lot.choice((-1, 0,
                1)))).isoformat()}  # fmt: skip
        kept = ["at", *lot.sample(("rating", "steer", "saved", "value"), lot.choice((0, 1, 1, 2)))]
        try:
            row = reader.row(json.dumps(fields | {name: more[name] for name in kept}).encode())
            word = reader.word(row, film_id("Alien"), number)
            assert list(words_of(word.packed())) == [word]
            found[str(number)] = [*word[1:], word.packed().hex()[64:]]
        except (RowRefusedError, msgspec.MsgspecError) as refused:
            found[str(number)] = [str(refused)]
    assert_kept("lines of a file", found)


def test_words_come_together_as_kept() -> None:
    ratings: tuple[Rating | None, ...] = (None, "like", "dislike", "seen")
    steers: tuple[Steer | None, ...] = (None, "more_like_this", "exclude")
    found: dict[str, list[str]] = {}
    said = list(itertools.product(ratings, steers, (False, True)))
    for one, (number, two), minutes in itertools.product(said, enumerate(said), (-1, 0, 1)):
        new = Said(two[0], two[1], NOW + timedelta(minutes=minutes), two[2], saved=number % 2 == 0)
        both = together(Said(one[0], one[1], NOW, one[2]), new)
        later = (both.at - NOW) // timedelta(minutes=1)
        code = f"{(both.rating or '-')[0]}{(both.steer or '-')[0]}{later}{both.implied:d}{both.saved:d}"
        found.setdefault(str(one), []).append(code)
    assert_kept("words together", found)


def test_time_proves_a_viewer_on_the_very_day() -> None:
    proof = Proof(after_days=3, on_days=2)

    def said(*days: float, unconfirmed: bool = True) -> list[Word]:
        return [Word(NOW - timedelta(days=one), unconfirmed) for one in days]

    assert is_proven(said(3, 0), proof, NOW)
    assert not is_proven(said(2.999, 0), proof, NOW)
    assert not is_proven(said(3, 3), proof, NOW)
    assert is_proven(said(0, unconfirmed=False), proof, NOW)
    assert not is_proven([], proof, NOW)
