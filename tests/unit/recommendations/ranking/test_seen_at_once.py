"""What a list lacks so that a word is seen in its first ten is moved up, and no more than that."""

from datetime import timedelta

from chalicelib.feedback.model import Feedback
from chalicelib.recommendations.model import RankedFilm, StoredList, Why
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.seen_at_once import answering
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film, ranked

WHY = Why(50, 10, 2, 0, kept=100)
OLD = [feedback("Old like", minutes_ago=60)]
WAR = [ranked(f"War film {word}", genres=("War",), why=WHY) for word in "abcdefghijkl"]
COMEDY = [ranked(f"Comedy {word}", genres=("Comedy",), why=WHY) for word in "abcdefghijkl"]
PAGE = [*WAR, *COMEDY]


def held(page: list[RankedFilm] = PAGE) -> StoredList:
    then = NOW - timedelta(minutes=10)
    return stored_list(page, None, taste_of(OLD, then), 1, then, then, then, {})


def answered(*words: Feedback, page: list[RankedFilm] = PAGE, seen: list[RankedFilm] = PAGE) -> list[str]:
    taste = taste_of([*OLD, *words], NOW)
    known = [film("Old like", genres=("War",)), film("Said", genres=("Comedy",)), film("More", genres=("War",))]
    found = answering(page, held(seen), taste, {one.film_id: one for one in known}, 3)
    assert sorted(one.film.film_id for one in found) == sorted(one.film.film_id for one in page), "nothing lost"
    return [one.film.titles.main for one in found]


NAMES = [one.film.titles.main for one in PAGE]


def test_two_films_that_a_like_brings_come_into_the_first_ten_when_nothing_changed() -> None:
    assert answered(feedback("Said")) == [*NAMES[:8], "Comedy b", "Comedy a", "War film k", "War film l",
                                          "War film j", "War film i", *NAMES[14:]]  # fmt: skip


def test_nothing_moves_when_enough_has_changed_or_nothing_new_was_said() -> None:
    other = [*COMEDY[:2], *WAR, *COMEDY[2:]]
    assert answered(feedback("Said"), page=other) == [one.film.titles.main for one in other]
    assert answered(feedback("Said", minutes_ago=30)) == NAMES


def test_more_of_the_kind_stands_in_the_first_ten_and_one_large() -> None:
    row = answered(feedback("Said", rating=None, steer="more_like_this"))[:10]
    assert row == ["Comedy b", *NAMES[:8], "Comedy a"]


def test_less_of_the_kind_stands_in_the_first_ten_and_none_large() -> None:
    row = answered(feedback("More", rating=None, steer="exclude"))[:10]
    assert row == ["Comedy b", *NAMES[:8], "Comedy a"]


def test_an_exclusion_still_binds_when_something_else_has_been_said_since() -> None:
    mixed = [*COMEDY[:8], *WAR, *COMEDY[8:]]
    words = [feedback("More", rating=None, steer="exclude", minutes_ago=30), feedback("Said", rating="like")]
    assert sum(name.startswith("War") for name in answered(*words, page=PAGE, seen=mixed)[:10]) <= 2


def test_what_was_moved_up_stays_when_the_list_is_made_again() -> None:
    first = answering(PAGE, held(), taste_of([*OLD, feedback("Said", minutes_ago=1)], NOW),
                      {feedback("Said").film_id: film("Said", genres=("Comedy",))}, 3)  # fmt: skip
    later = stored_list(first, None, taste_of(OLD, NOW), 2, NOW, NOW, NOW, {})
    again = answering(PAGE, later, taste_of([*OLD, feedback("Said", minutes_ago=1)], NOW),
                      {feedback("Said").film_id: film("Said", genres=("Comedy",))}, 3)  # fmt: skip
    assert {one.film.film_id for one in again[:10]} == {one.film.film_id for one in first[:10]}


def test_no_surprise_and_nothing_refused_or_crowding_is_moved_up() -> None:
    far = [
        ranked("Comedy surprise", genres=("Comedy",), ground="surprise"),
        ranked("Comedy refused", genres=("Comedy",), doubt=0.9),
        ranked("Comedy fit", genres=("Comedy",)),
        ranked("Comedy fine", genres=("Comedy",)),
    ]
    row = answered(feedback("Said"), page=[*WAR, *far], seen=[*WAR, *far])[:10]
    assert {"Comedy fit", "Comedy fine"} < set(row)
