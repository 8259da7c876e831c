"""Rows of a snapshot: what is written is read again, and takes little room."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from chalicelib.catalog.adapters.snapshot.build import build_snapshot
from chalicelib.catalog.adapters.snapshot.formats import (
    FORMAT,
    WITHOUT_NUMBER,
    Format,
    Restrictions,
    format_for,
    format_of,
    read_restrictions,
    read_words,
    restrictions_of,
    words_of,
)
from chalicelib.catalog.adapters.snapshot.overlay import opened
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film, without_description
from tests.contract.catalog_contract import FILMS, TOLD_GODFATHER, film


@pytest.mark.parametrize("form", [Format(WITHOUT_NUMBER), Format(), format_for(FILMS), format_for([])])
def test_a_film_is_read_as_it_was_written_but_for_its_description(form: Format) -> None:
    assert [form.film(form.packed(one)) for one in FILMS] == [without_description(one) for one in FILMS]
    kept = form.held_film(form.packed(TOLD_GODFATHER)).description
    assert kept == (TOLD_GODFATHER.description if form.number == WITHOUT_NUMBER else None)


def test_films_take_a_third_of_the_room_when_the_dictionary_holds_what_they_have_in_common() -> None:
    many = [film(f"f{n}", f"Film {n}", 2000 + n % 20, genres=("Drama",), imdb_votes=n) for n in range(300)]
    form, plain = format_for(many), Format(WITHOUT_NUMBER)
    assert sum(len(form.packed(one)) for one in many) < sum(len(plain.packed(one)) for one in many) / 3


@pytest.mark.parametrize("form", [Format(WITHOUT_NUMBER), Format()])
def test_ids_come_back_and_stand_in_one_order_in_every_format(form: Format) -> None:
    ids = sorted(film_id_of(f"f{number}") for number in range(50))
    keys = [form.key_of(film_id) for film_id in ids]
    assert [form.film_id_of(key) for key in keys] == ids
    assert sorted(keys) == keys
    for odd in ("no uuid", ids[0].upper(), "é" * 36, ""):
        assert form.film_id_of(form.key_of(odd)) == odd


@pytest.mark.parametrize(
    "known",
    [{}, {"age_rating": 0}, {"age_rating": 18}, {"regions": ("RU", "KZ")}, {"age_rating": 6, "regions": ("RU",)},
     {"available_from": datetime(2026, 1, 1, tzinfo=UTC), "available_until": datetime(2027, 1, 1, tzinfo=UTC)}],
)  # fmt: skip
def test_what_forbids_a_film_is_read_as_it_was_written(known: dict[str, object]) -> None:
    one = film("r1", "Restricted", 2000, **known)
    expected = Restrictions(**known)  # type: ignore[arg-type]
    assert read_restrictions(restrictions_of(one)) == expected
    assert read_restrictions(Format(WITHOUT_NUMBER).packed(one)) == expected, "of format 2 the whole document is read"


def test_descriptions_share_words_as_their_stems_do() -> None:
    def told(description: str | None) -> Film:
        return film("d", "D", 2000, description=description)

    texts = ("Мафия и семья", "О семье, мафии, долге", "Ten robots")
    one, other, far = (read_words(words_of(told(text)) or b"") for text in texts)
    assert len(one & other) == len(one) == 2
    assert far
    assert not one & far
    assert (words_of(told(None)), words_of(told(""))) == (None, b"")


def test_the_format_is_the_files_own_word(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    build_snapshot(FILMS, path)
    with closing(opened(path)) as db:
        assert (db.form.number, db.form.dictionary) == (FORMAT, format_for(FILMS).dictionary)
    with closing(sqlite3.connect(":memory:")) as db:
        assert format_of(db).number == WITHOUT_NUMBER
    assert msgspec.json.decode(Format().document(Format().packed(FILMS[0])))["title"] == "The Matrix"
