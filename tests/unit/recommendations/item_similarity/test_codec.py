"""Packed similar films."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.recommendations.item_similarity.codec import (
    CHUNK_FILMS,
    CountedLikes,
    pack,
    pack_ids,
    unpack,
    unpack_ids,
)
from chalicelib.recommendations.item_similarity.sql import learned_films
from tests.factories import film_id


@given(st.lists(st.tuples(st.integers(0, 200_000), st.floats(1e-6, 5)), max_size=500))
def test_similar_films_come_back_when_packed(rows: list[tuple[int, float]]) -> None:
    rows.sort(key=lambda row: -row[1])
    codes, scores = unpack(pack([code for code, _ in rows], [score for _, score in rows]))
    assert list(codes) == [code for code, _ in rows]
    assert scores == pytest.approx([score for _, score in rows], abs=1e-4)


def test_five_hundred_similar_films_stay_below_3_kb_when_packed() -> None:
    assert len(pack([code * 7_919 % 50_000 for code in range(500)], [1 / (place + 1) for place in range(500)])) < 3_000


def test_film_ids_come_back_in_order_when_they_fill_several_chunks() -> None:
    ids = [film_id(str(number)) for number in range(CHUNK_FILMS + 1)]
    chunks = pack_ids(ids)
    assert len(chunks) == 2
    assert unpack_ids(chunks) == ids


def test_rows_are_understood_when_arrays_are_empty_or_written_with_blanks() -> None:
    rows = [
        {"film_id": "a", "code": "0", "similar_codes": "[1, 2]", "scores": "[30,7]"},
        {"film_id": "b", "code": "1", "similar_codes": "", "scores": ""},
    ]
    first, second = learned_films(rows)
    assert (list(first.similar_codes), list(first.scores)) == ([1, 2], [30, 7])
    assert second.similar_codes == ()


@given(st.lists(st.integers(1, 30), max_size=60))
def test_likes_are_counted_as_far_as_a_model_counts_them(likes: list[int]) -> None:
    likes.sort(reverse=True)
    ids = [str(place) for place in range(len(likes))]
    counted = CountedLikes(ids, [sum(one >= least for one in likes) for least in range(1, 21)])
    assert [counted(film) for film in ids] == [min(20, one) for one in likes]
    assert counted("unheard of") == 0
