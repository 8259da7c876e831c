"""Several words on one film: the later one counts, whatever order and however often they come."""

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.feedback.bulk.merging import Said, said_by, said_of, together
from chalicelib.feedback.bulk.rows import Word
from chalicelib.feedback.model import CONTRARY, Rating, Steer
from tests.factories import NOW, feedback

EXPLICIT = st.tuples(st.sampled_from(["like", "dislike", "seen", None]),
                     st.sampled_from(["exclude", "more_like_this", None]))  # fmt: skip


def word(minute: int, rating: Rating | None = None, steer: Steer | None = None, *, implied: bool = False) -> Word:
    return Word("user", "film", NOW + timedelta(minutes=minute), rating, steer, implied, minute)


words = st.lists(
    st.one_of(
        st.builds(
            lambda minute, said: word(minute, *said), st.integers(0, 9),
            EXPLICIT.filter(lambda said: any(said) and said not in CONTRARY),
        ),
        st.builds(lambda minute, rating: word(minute, rating, implied=True), st.integers(0, 9),
                  st.sampled_from(["like", "seen"])),
    ),
    min_size=1, max_size=5,
)  # fmt: skip


def said(*several: Word) -> tuple[Rating | None, Steer | None]:
    answers = {(one.rating, one.steer) for order in permutations(several) for one in said_by(order).values()}
    assert len(answers) == 1, "the order of a file means nothing"
    return answers.pop()


@pytest.mark.parametrize(
    ("several", "comes_to"),
    [
        ([word(1, "like"), word(2, "dislike")], ("dislike", None)),
        ([word(1, "like"), word(2, steer="more_like_this")], ("like", "more_like_this")),
        ([word(1, "like"), word(2, steer="exclude")], (None, "exclude")),
        ([word(1, steer="exclude"), word(2, "like")], ("like", None)),
        ([word(1, steer="more_like_this"), word(2, "dislike")], ("dislike", None)),
        ([word(1, "dislike"), word(9, "like", implied=True)], ("dislike", None)),
        ([word(1, "seen", implied=True), word(9, "like", implied=True)], ("like", None)),
        ([word(1, steer="exclude"), word(9, "like", implied=True)], (None, "exclude")),
        ([word(1, steer="exclude"), word(9, "seen", implied=True)], ("seen", "exclude")),
    ],
)
def test_words_of_one_file_come_to_one(several: list[Word], comes_to: object) -> None:
    assert said(*several) == comes_to


@given(words, words)
def test_a_file_that_comes_twice_or_again_behind_another_changes_nothing(first: list[Word], second: list[Word]) -> None:
    one, other = said_by(first)["film"], said_by(second)["film"]
    for start in (one, one._replace(implied=False)):
        once = together(start, other)
        assert (once.rating, once.steer) not in CONTRARY
        again = together(once._replace(implied=False), other)  # what is held does not know what followed from what
        assert again[:3] == once[:3]
    assert together(one._replace(implied=False), one)[:3] == one[:3]


@pytest.mark.parametrize(
    ("held", "new", "comes_to"),
    [
        ({"rating": "dislike", "minutes_ago": 0}, word(-5, "like"), ("dislike", None)),
        ({"rating": "dislike", "minutes_ago": 10}, word(-5, "like"), ("like", None)),
        ({"steer": "more_like_this", "minutes_ago": 0}, word(-5, "like"), ("like", "more_like_this")),
        ({"steer": "exclude", "minutes_ago": 0}, word(-5, "like"), (None, "exclude")),
        ({"rating": "dislike", "minutes_ago": 10}, word(-5, "like", implied=True), ("dislike", None)),
        ({"rating": "seen", "minutes_ago": 0}, word(-5, "like", implied=True), ("like", None)),
    ],
)
def test_a_word_that_was_said_here_later_stays(held: dict[str, object], new: Word, comes_to: object) -> None:
    (one,) = said_by([new]).values()
    whole = together(said_of(feedback("Film", **held)), one)  # type: ignore[arg-type]
    assert (whole.rating, whole.steer) == comes_to


def test_what_is_held_counts_by_when_it_was_said_elsewhere() -> None:
    at = NOW - timedelta(days=9)
    assert said_of(feedback("Film", rated_at=at)) == Said("like", None, at)


def test_film_is_saved_whatever_order_its_words_come_in() -> None:
    saved = word(1)._replace(saved=True)
    for order in permutations([saved, word(2, "dislike"), word(3, "like")]):
        held: Said | None = None
        for one in order:
            new = said_by([one])["film"]
            held = together(held, new) if held else new
        assert held is not None
        assert (held.rating, held.saved) == ("like", True)
