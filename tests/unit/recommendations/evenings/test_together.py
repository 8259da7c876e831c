"""One order for two tastes."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.recommendations.evenings.together import in_turn_of_need

ONE = {"a": 9.0, "b": 8.0, "c": 7.0, "d": 1.0, "x": 0.5, "y": 0.4}
OTHER = {"x": 90.0, "y": 80.0, "c": 70.0, "d": 10.0, "a": 5.0, "b": 4.0}


def test_each_place_is_the_turn_of_whoever_has_got_least_so_far() -> None:
    order = in_turn_of_need(ONE, OTHER, 6)
    assert order[0] == "c", "what is good for both"
    assert len({"a", "b"} & set(order[1:3])) == len({"x", "y"} & set(order[1:3])) == 1, "one of each"
    assert sorted(order) == sorted(ONE)


def test_whoever_likes_little_of_it_gets_their_share_first() -> None:
    """The mean would give both places to the first: 1.0 and 0.95 of theirs against 0.9."""
    one = {"a": 1.0, "b": 0.95, "x": 0.0, "z": 0.0}
    other = {"a": 0.0, "b": 0.0, "x": 0.9, "z": 1.0}
    assert in_turn_of_need(one, other, 3) == ["a", "z", "b"]
    assert in_turn_of_need(one, other | {"z": 0.0, "a": 0.2}, 2) == ["a", "x"]


def test_of_films_that_are_nearly_as_good_for_one_the_other_decides() -> None:
    one = {f"film {n:02}": 1 - n / 100 for n in range(20)}
    assert in_turn_of_need(one, dict.fromkeys(one, 0.1) | {"film 03": 1.0}, 1) == ["film 03"]


def test_scales_do_not_count_and_what_speaks_against_a_film_is_no_debt() -> None:
    assert in_turn_of_need(ONE, OTHER, 6) == in_turn_of_need(ONE, {film: 7 * n for film, n in OTHER.items()}, 6)
    nothing, against = dict.fromkeys("ab", 0.0), dict.fromkeys("ab", -90.0)
    assert in_turn_of_need(ONE, OTHER | nothing, 6) == in_turn_of_need(ONE, OTHER | against, 6)
    assert in_turn_of_need(dict.fromkeys("ab", -1.0), dict.fromkeys("ab", 0.0), 5) == ["a", "b"]


def test_neither_is_favoured_by_being_named_first() -> None:
    assert in_turn_of_need(ONE, OTHER, 6) == in_turn_of_need(OTHER, ONE, 6)


@given(st.lists(st.tuples(st.integers(1, 1_000), st.integers(1_001, 2_000)), min_size=8, max_size=8, unique=True))
def test_no_place_depends_on_who_is_named_first(pairs: list[tuple[int, int]]) -> None:
    one = {f"film {number}": float(pair[0]) for number, pair in enumerate(pairs)}
    other = {f"film {number}": float(pair[1]) for number, pair in enumerate(pairs)}
    assert in_turn_of_need(one, other, 8) == in_turn_of_need(other, one, 8)


def test_what_only_one_has_a_score_for_is_left_out_and_few_films_are_a_short_list() -> None:
    assert in_turn_of_need(ONE | {"only": 99.0}, OTHER, 10) == in_turn_of_need(ONE, OTHER, 6)
    assert in_turn_of_need({}, OTHER, 10) == []
