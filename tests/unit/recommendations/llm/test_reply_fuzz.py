"""No answer, however strange, breaks the judge or gets past it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.recommendations.llm.loose_json import parse_loosely
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.llm.reply import REASON_CHARACTERS_MAX, read_reply

OFFERED = ("a", "b", "c")
QUESTION = Prompt(
    messages=(),
    functions=(),
    function_call="recommend_films",
    offered=OFFERED,
    language="ru",
    prompt_version="v1",
    prompt_tokens=1,
    variable_tokens=1,
    max_completion_tokens=1,
)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([1, 2, 3, "1", "2"])
KEYS = st.sampled_from(["picks", "proposals", "n", "why", "title", "year", "arguments", "reason", "id"]) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=30)


@given(VALUES, st.text(), st.sampled_from(["stop", "function_call", "", "other"]))
def test_reply_keeps_the_rules_when_the_answer_is_anything(said: object, text: str, finish: str) -> None:
    for reply in (
        ModelReply(arguments=said, content=text, finish_reason=finish),
        ModelReply(content=text + json.dumps(said), finish_reason=finish),
    ):
        kept = read_reply(reply, QUESTION, {"b"}, "ru")
        films = [film for film, _ in kept.picks]
        assert set(films) <= {"a", "c"}
        assert len(films) == len(set(films))
        reasons = [reason for _, reason in kept.picks] + [reason for _, _, reason in kept.proposals]
        assert all(len(reason) <= REASON_CHARACTERS_MAX and "<" not in reason for reason in reasons)
        assert (kept.cause is None) == bool(kept.picks or kept.proposals)


@given(VALUES, st.integers(min_value=0, max_value=60))
def test_json_is_read_or_given_up_when_its_end_is_missing(said: object, missing: int) -> None:
    text = json.dumps({"picks": said}, ensure_ascii=False)
    assert parse_loosely(text) is not None
    found = parse_loosely(text[: max(0, len(text) - missing)])
    assert found is None or isinstance(found, dict | list)
