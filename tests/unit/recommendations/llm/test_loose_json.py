"""JSON as models write it is read where its meaning is plain, and nowhere else."""

import pytest

from chalicelib.recommendations.llm.loose_json import parse_loosely

PICKS = {"picks": [{"n": 1, "why": "so"}, {"n": 2, "why": "too"}]}


@pytest.mark.parametrize(
    "text",
    [
        '{"picks": [{"n": 1, "why": "so"}, {"n": 2, "why": "too"}]}',
        'Here you are:\n```json\n{"picks": [{"n": 1, "why": "so"}, {"n": 2, "why": "too"}]}\n```\nEnjoy!',
        '{"picks": [{"n": 1, "why": "so"}, {"n": 2, "why": "too"},],}',
        "{“picks”: [{“n”: 1, “why”: “so”}, {“n”: 2, “why”: “too”}]}",
        '{"picks": [{"n": 1, "why": "so"}, {"n": 2, "why": "too"}] and so on',
        '{"picks": [{"n": 1, "why": "so"}, {"n": 2, "why": "too"}, {"n": 3, "wh',
    ],
)
def test_the_picks_are_read_when_the_text_around_or_its_end_is_a_mess(text: str) -> None:
    assert parse_loosely(text) == PICKS


def test_curly_quotes_inside_a_sentence_stay_when_the_json_is_sound() -> None:
    assert parse_loosely('{"why": "“Stalker” again"}') == {"why": "“Stalker” again"}


@pytest.mark.parametrize("text", ["", "I cannot help with that.", "{", "}{", "[" * 50_000, "{" * 50_000, "\x00"])
def test_there_is_nothing_when_no_json_is_meant(text: str) -> None:
    assert parse_loosely(text) in (None, {}, [])
