"""The estimate grows with the text and errs upwards."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.recommendations.llm.token_estimate import estimate_prompt, estimate_tokens
from infra.local.gigachat.token_count import count_tokens


def test_estimate_is_at_least_a_token_for_four_letters_when_the_text_is_prose() -> None:
    english = "The quick brown fox jumps over the lazy dog"
    russian = "Съешь ещё этих мягких французских булок, да выпей чаю"
    assert len(english) / 4 <= estimate_tokens(english) <= len(english) / 2
    assert len(russian) / 4 <= estimate_tokens(russian) <= len(russian) / 2


@pytest.mark.parametrize(
    "title",
    ["Крёстный отец", "Побег из Шоушенка", "Криминальное чтиво", "Унесённые призраками", "Достать ножи", "Начало"],
)
def test_estimate_is_no_less_than_a_token_for_three_letters_when_the_title_is_russian(title: str) -> None:
    assert len(title.replace(" ", "")) / 3 <= estimate_tokens(title) <= len(title) / 2


@given(st.text(alphabet="абвгдежзиклмнопрстуфхцчшщэюяёАБВ", min_size=1), st.integers(1900, 2030))
def test_estimate_is_no_less_than_the_stand_ins_count_when_a_candidate_is_russian(title: str, year: int) -> None:
    line = f'12 "{title}" {year} Drama,Comedy'
    assert estimate_tokens(line) >= count_tokens(line)


@given(st.text(), st.text())
def test_estimate_of_two_lines_is_at_least_that_of_each(one: str, other: str) -> None:
    both = estimate_tokens(f"{one}\n{other}")
    assert both >= max(estimate_tokens(one), estimate_tokens(other))


def test_prompt_counts_messages_and_functions_when_both_are_given() -> None:
    assert estimate_prompt(["word"]) == 5
    assert estimate_prompt(["word"], [{"name": "f"}]) > estimate_prompt(["word"])
    assert estimate_tokens("") == 0
