"""JSON as models write it is read where its meaning is plain, and nowhere else."""

import json
import time

import pytest

from chalicelib.recommendations.llm.loose_json import TEXT_MAX, parse_loosely
from chalicelib.recommendations.llm.port import Message, ModelReply, Prompt
from chalicelib.recommendations.llm.reply import read_reply

PROMPT = Prompt(
    messages=(Message("user", "?"),),
    functions=(),
    function_call="recommend_films",
    offered=tuple(f"film-{number}" for number in range(1, 13)),
    language="ru",
    prompt_version="v1",
    prompt_tokens=1,
    variable_tokens=1,
    max_completion_tokens=1,
)

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


def test_what_may_be_half_a_number_is_left_out_when_the_last_bracket_alone_is_missing() -> None:
    assert parse_loosely('{"picks": [{"n": 1}], "seed": 12') == {"picks": [{"n": 1}]}


TWELVE = [{"n": n, "why": f"Как «Чужой», но тише, номер {n}"} for n in range(1, 13)]
SOUND = json.dumps({"picks": TWELVE, "proposals": []}, ensure_ascii=False)


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("«Чужой»", '"Чужой"'),
        SOUND.replace('"', "'"),
        SOUND.replace("}, {", "} {"),
        SOUND.replace('", "', '" "').replace('1, "why', '1 "why'),
        SOUND.replace('"n":', "n:").replace('"why":', "why:").replace('"picks":', "picks:"),
        f"Вот [моя] подборка:\n```\n{SOUND}\n```",
        SOUND[:-19],
    ],
    ids=["inner quotes", "single quotes", "no commas between", "no commas within", "bare keys", "prose", "no end"],
)
def test_twelve_picks_are_read_when_models_write_as_they_do(text: str) -> None:
    reply = ModelReply(content=text, finish_reason="stop")
    kept = read_reply(reply, PROMPT, (), "ru")
    assert [film for film, _ in kept.picks] == list(PROMPT.offered)
    assert all(reason for _, reason in kept.picks)


@pytest.mark.parametrize("sign", ["[", "{", '{"a":', '"', "'", "[{", "{[", ",", ":", "}", "\\", "```", "{'", '["'])
def test_reading_ends_soon_when_the_text_is_a_trap(sign: str) -> None:
    began = time.process_time()
    parse_loosely(sign * (TEXT_MAX // len(sign)))
    assert time.process_time() - began < 5


def test_curly_quotes_inside_a_sentence_stay_when_the_json_is_sound() -> None:
    assert parse_loosely('{"why": "“Stalker” again"}') == {"why": "“Stalker” again"}


@pytest.mark.parametrize("text", ["", "I cannot help with that.", "{", "}{", "[" * 50_000, "{" * 50_000, "\x00"])
def test_there_is_nothing_when_no_json_is_meant(text: str) -> None:
    assert parse_loosely(text) in (None, {}, [])
