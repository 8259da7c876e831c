"""The stand-in reads a request plausibly, in both languages, through a function call as the service makes one."""

import pytest

from chalicelib.recommendations.llm.wish_prompt import build_wish_prompt
from infra.local.gigachat.planner import wishes_of
from infra.local.gigachat.replies import answer_to


def asked(text: str) -> list[tuple[str, str]]:
    return [(one["kind"], one["value"]) for one in wishes_of(build_wish_prompt(text).messages[-1].content)]


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        ("уютное с детьми, не страшное", [("genre", "Comedy, Romance, Children"), ("genre", "Children"),
                                          ("age_limit", "6"), ("not_genre", "Horror")]),
        ("something cosy like Paddington", [("genre", "Comedy, Romance, Children"), ("like", "Paddington")]),
        ("чтобы поплакать, 90-х", [("genre", "Drama"), ("year_from", "1990"), ("year_to", "1999")]),
        ("nothing after 2000 with Bill Murray", [("year_to", "2000"), ("person", "Bill Murray")]),
        ("борщ", []),
    ],
)  # fmt: skip
def test_moods_company_and_time_are_wishes(text: str, wished: list[tuple[str, str]]) -> None:
    assert asked(text) == wished


def test_the_function_that_is_asked_for_is_called() -> None:
    prompt = build_wish_prompt("грустное")
    answer = answer_to({
        "model": "GigaChat-2",
        "messages": [{"role": one.role, "content": one.content} for one in prompt.messages],
        "functions": [dict(one) for one in prompt.functions],
        "function_call": {"name": prompt.function_call},
        "max_tokens": prompt.max_completion_tokens,
    })  # fmt: skip
    (choice,) = answer.body["choices"]
    assert choice["finish_reason"] == "function_call"
    assert choice["message"]["function_call"]["arguments"] == {
        "wishes": [{"kind": "genre", "value": "Drama", "said": "грустное"}]
    }
    assert answer.prompt_tokens + answer.completion_tokens <= prompt.reserved_tokens
