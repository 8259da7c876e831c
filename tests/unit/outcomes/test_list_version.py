"""A list's version says what put a film into each place, and nothing that was not said to us."""

import random

import pytest

from chalicelib.outcomes.list_version import LENGTH_MAX, SOURCES, arms_at, list_version, number_of, prompt_at, source_at


def test_each_place_has_the_source_that_it_had_in_the_list() -> None:
    draw = random.Random(7)
    for _ in range(200):
        sources = draw.choices(sorted(SOURCES.values()), weights=[1, 5, 2], k=draw.randrange(120))
        text = list_version("17", sources)
        assert [source_at(text, place) for place in range(1, len(sources) + 1)] == sources
        assert source_at(text, len(sources) + 1) == source_at(text, 0) == ""


def test_it_is_short_and_the_longest_is_taken() -> None:
    assert list_version("17", ["personal"] * 3 + ["gigachat"] * 2 + ["personal"] * 5 + ["top"] * 90) == "17.p3g2p5t90"
    assert list_version("top", []) == "top."
    arms = "+".join([f"{'n' * 24}:{'a' * 16}"] * 6)
    longest = list_version("1" * 12, ["personal", "top"] * 100, arms)
    assert arms_at(longest) == arms
    assert len(longest) <= LENGTH_MAX


def test_it_says_the_arms_too() -> None:
    text = list_version("17", ["personal", "personal", "gigachat"], "no-model:default+shorter:a")
    assert text == "17.p2g~no-model:default+shorter:a"
    assert [source_at(text, place) for place in (1, 3, 4)] == ["personal", "gigachat", ""]
    assert number_of(text) == number_of("17.p") == "17"
    assert arms_at(text) == "no-model:default+shorter:a"
    assert arms_at("17.p2g") == arms_at("17~no-model:a") == arms_at("17.p~no model") == ""
    assert list_version("17", ["top"], "not an arm") == "17.t"


def test_it_says_by_which_prompt_the_model_was_asked() -> None:
    text = list_version("17", ["personal", "gigachat"], "no-model:default", "v1")
    assert text == "17.pg@v1~no-model:default"
    assert (source_at(text, 2), arms_at(text), number_of(text)) == ("gigachat", "no-model:default", "17")
    assert prompt_at(text) == prompt_at("17.pg@v1") == "v1"
    assert prompt_at("17.pg") == prompt_at("17.pg~a:b") == prompt_at("17.pg@V1") == prompt_at("17@v1") == ""
    assert list_version("17", ["top"], "", "not a version") == "17.t"
    longest = list_version("1" * 12, ["personal", "top"] * 100, "+".join([f"{'n' * 24}:{'a' * 16}"] * 6), "v" * 16)
    assert len(longest) <= LENGTH_MAX


@pytest.mark.parametrize("text", ["", "17", "17.x3", "17.p3g2p5t90 ", "1.p٣", "a,b.p3", "17.p99999", "17.p3\n"])
def test_what_is_none_of_ours_says_nothing(text: str) -> None:
    assert source_at(text, 1) == ""
    assert number_of(text) == text


def test_a_list_is_the_same_while_its_films_are_judged() -> None:
    assert number_of("17.p3g2") == number_of("17.p2g2") == "17"
