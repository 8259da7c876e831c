"""The unmodified client finds in the stand-in the service that it knows."""

import threading
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from gigachat import GigaChat
from gigachat.context import session_id_cvar
from gigachat.exceptions import (
    AuthenticationError,
    BadRequestError,
    GigaChatException,
    NotFoundError,
    RateLimitError,
    ServerError,
    UnprocessableEntityError,
)

from chalicelib.language import Language
from chalicelib.recommendations.llm.port import ModelReply
from chalicelib.recommendations.llm.prompt import build_prompt
from chalicelib.recommendations.llm.reply import read_reply
from chalicelib.recommendations.llm.token_estimate import estimate_prompt
from chalicelib.recommendations.ranking.model_words import hold_of_taste
from chalicelib.recommendations.ranking.taste import taste_of
from infra.local.gigachat.faults import KINDS
from tests.factories import NOW, feedback, ranked
from tests.standin import CREDENTIALS, StandIn, running_standin

TITLES = {"Comedy": "Laugh", "Drama": "Cry", "Horror": "Scream"}


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with running_standin() as running:
        yield running


def client(standin: StandIn, **more: Any) -> GigaChat:
    given: dict[str, Any] = {"credentials": CREDENTIALS, "scope": "GIGACHAT_API_PERS", "model": "GigaChat-2"}
    return GigaChat(base_url=standin.base_url, auth_url=standin.auth_url, **(given | more))


def payload(language: str = "ru") -> dict[str, Any]:
    offered = [
        ranked(f"{TITLES[genre]} {place}", genres=(genre,), year=1990 + place)
        for place in range(15)
        for genre in TITLES
    ]
    question = build_prompt(taste_of([feedback("Airplane!", year=1993)], NOW), offered, language, 1)  # type: ignore[arg-type]
    user = question.messages[-1].content
    return {
        "messages": [
            {"role": "system", "content": question.messages[0].content},
            {"role": "user", "content": f"{user}\nЖанры: Horror"},
        ],
        "functions": [dict(function) for function in question.functions],
        "function_call": {"name": "recommend_films"},
    }


def test_function_is_called_with_an_object_when_the_question_forces_it(standin: StandIn) -> None:
    with client(standin) as gigachat:
        choice = gigachat.chat(payload()).choices[0]
    assert choice.finish_reason == "function_call"
    assert choice.message.content == ""
    assert choice.message.functions_state_id
    assert choice.message.function_call is not None
    assert isinstance(choice.message.function_call.arguments, dict)
    assert set(choice.message.function_call.arguments) == {"picks", "proposals", "taste"}


def test_picks_share_the_liked_genre_and_reasons_the_language_when_candidates_are_mixed(standin: StandIn) -> None:
    with client(standin) as gigachat:
        for language, script in (("ru", "Двойник GigaChat: "), ("en", "Stand-in for GigaChat: ")):
            asked = payload(language)
            called = gigachat.chat(asked).choices[0].message.function_call
            assert called is not None
            assert called.arguments is not None
            lines = dict(
                line.split(" ", 1) for line in asked["messages"][1]["content"].splitlines() if line[:1].isdigit()
            )
            picked = [lines[str(pick["n"])] for pick in called.arguments["picks"]]
            assert len(picked) == 12
            assert all("Scream" in line for line in picked)
            assert all(script in pick["why"] for pick in called.arguments["picks"])
            assert called.arguments["proposals"]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_what_it_says_of_a_taste_stands_as_a_models_would(standin: StandIn, language: Language) -> None:
    with client(standin) as giga:
        asked = payload(language)
        message = giga.chat(asked).choices[0].message
    assert message.function_call
    offered = build_prompt(taste_of([], NOW), [], language, 1)
    read = read_reply(
        ModelReply(arguments=message.function_call.arguments, finish_reason="stop"), offered, (), language
    )
    liked = taste_of([feedback("Airplane!", year=1993)], NOW).liked
    assert len(read.taste) == 3
    assert all(hold_of_taste(one, liked, {}) for one in read.taste)


def test_tokens_are_counted_by_a_rule_of_its_own_when_an_answer_is_billed(standin: StandIn) -> None:
    asked = payload()
    with client(standin) as gigachat:
        usage = gigachat.chat(asked).usage
    estimate = estimate_prompt([one["content"] for one in asked["messages"]], asked["functions"])
    assert estimate * 0.6 < usage.prompt_tokens < estimate, "the product's estimate has a margin, and is not the bill"
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens
    bill = standin.bill()
    assert (bill["requests"], bill["prompt_tokens"], bill["completion_tokens"], bill["max_in_flight"]) == (
        1,
        usage.prompt_tokens,
        usage.completion_tokens,
        1,
    )


def test_prefix_is_served_from_cache_when_the_session_asked_before(standin: StandIn) -> None:
    token = session_id_cvar.set("kinosovet")
    try:
        with client(standin) as gigachat:
            first, second = gigachat.chat(payload()), gigachat.chat(payload("en"))
    finally:
        session_id_cvar.reset(token)
    assert first.usage.precached_prompt_tokens == 0
    assert second.usage.precached_prompt_tokens
    assert 0 < second.usage.precached_prompt_tokens < second.usage.prompt_tokens
    assert (second.x_headers or {})["x-request-id"]


def test_answer_is_cut_when_it_exceeds_max_tokens(standin: StandIn) -> None:
    with client(standin) as gigachat:
        cut = gigachat.chat(payload() | {"max_tokens": 50})
    assert cut.choices[0].finish_reason == "length"
    assert cut.usage.completion_tokens == 50


def test_token_is_asked_for_once_when_it_lives_and_again_when_it_expires(standin: StandIn) -> None:
    with client(standin) as gigachat:
        gigachat.chat("Привет")
        gigachat.chat("Привет")
        token = gigachat.get_token()
    assert standin.bill()["token_requests"] == 1
    assert token is not None
    assert 1_790_000 < token.expires_at - time.time() * 1000 <= 1_800_000, "milliseconds"
    with running_standin(token_seconds=30) as short_lived, client(short_lived) as gigachat:
        gigachat.chat("Привет")
        gigachat.chat("Привет")
        assert short_lived.bill()["token_requests"] == 2, "the client renews a token a minute before its end"


def test_client_heals_itself_when_its_token_is_revoked(standin: StandIn) -> None:
    with client(standin) as gigachat:
        gigachat.chat("Привет")
        standin.fault("revoked")
        assert gigachat.chat("Привет").choices[0].message.content
    assert standin.bill()["token_requests"] == 2


def test_second_request_is_refused_when_one_is_in_flight(standin: StandIn) -> None:
    standin.service.latency_seconds = (0.4, 0.4)
    outcomes: list[str] = []

    def ask() -> None:
        with client(standin) as gigachat:
            try:
                gigachat.chat("Привет")
                outcomes.append("answered")
            except RateLimitError as error:
                outcomes.append(f"429 after {error.retry_after}")

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["429 after 0.0", "answered"]
    assert standin.bill()["max_in_flight"] == 2


def test_ten_requests_may_be_in_flight_when_the_client_is_a_company() -> None:
    with running_standin(latency_seconds=0.3) as standin:
        failures: list[Exception] = []

        def ask() -> None:
            try:
                with client(standin, scope="GIGACHAT_API_CORP") as gigachat:
                    gigachat.chat("Привет")
            except GigaChatException as error:
                failures.append(error)

        threads = [threading.Thread(target=ask) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert not failures
        assert standin.bill()["max_in_flight"] > 1


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"credentials": "bm8gY29sb24="}, AuthenticationError),
        ({"scope": "GIGACHAT_API_NOBODY"}, BadRequestError),
        ({"model": "GigaChat-99"}, NotFoundError),
    ],
)
def test_client_raises_its_own_error_when_a_setting_is_wrong(
    standin: StandIn, more: dict[str, Any], error: type[Exception]
) -> None:
    with client(standin, **more) as gigachat, pytest.raises(error):
        gigachat.chat("Привет")


@pytest.mark.parametrize(
    "change",
    [
        {"messages": []},
        {"functions": [{"name": "1st"}]},
        {"functions": [{"name": "имя"}]},
        {"function_call": {"name": "other"}},
        {"temperature": -1.0},
        {"top_p": 1.5},
    ],
)
def test_parameters_are_refused_when_they_are_wrong(standin: StandIn, change: dict[str, Any]) -> None:
    with client(standin) as gigachat, pytest.raises(UnprocessableEntityError):
        gigachat.chat(payload() | change)
    assert standin.bill()["prompt_tokens"] == 0


def test_oauth_answers_in_its_own_shape_when_the_request_is_wrong(standin: StandIn) -> None:
    good = {"Authorization": f"Basic {CREDENTIALS}", "RqUID": str(uuid.uuid4()), "User-Agent": "test"}
    form = b"scope=GIGACHAT_API_PERS"
    assert standin.request("POST", "/api/v2/oauth", form, good)[0] == 200
    for headers, body, expected in (
        (good, b"", (400, {"code": 5, "message": "scope is empty"})),
        (good, b"scope=X", (400, {"code": 1, "message": "scope data format invalid"})),
        (
            good | {"Authorization": "Basic !"},
            form,
            (401, {"code": 4, "message": "Can't decode 'Authorization' header"}),
        ),
        (good | {"User-Agent": ""}, form, (403, {"status": 403, "message": "Permission denied"})),
    ):
        assert standin.request("POST", "/api/v2/oauth", body, headers) == expected
    assert standin.request("POST", "/api/v2/oauth", form, {**good, "RqUID": "1"})[0] == 400


def test_models_and_tokens_are_told_when_asked(standin: StandIn) -> None:
    with client(standin) as gigachat:
        assert "GigaChat-2" in [model.id_ for model in gigachat.get_models().data]
        assert gigachat.get_model("GigaChat-2").id_ == "GigaChat-2"
        assert [count.tokens for count in gigachat.tokens_count(["Привет мир"])] == [4]


def test_control_accepts_many_names_and_refuses_unknown_ones(standin: StandIn) -> None:
    for kind in (*KINDS, "content_null", "Null Content", 429, "http_500", "connection-reset", "HTML 200", "only_liked"):
        assert standin.request("POST", "/control/fault", {"kind": kind, "count": 1})[0] == 200, kind
    status, body = standin.request("POST", "/control/fault", {"kind": "earthquake"})
    assert status == 400
    assert "429_retry_after" in body["message"]
    assert standin.request("POST", "/control/fault", {"kind": "slow", "count": 0})[0] == 400
    assert standin.request("DELETE", "/control/fault")[0] == 204
    with client(standin) as gigachat:
        assert gigachat.chat("Hello").choices[0].message.content.startswith("Hello")


def test_every_fifth_answer_fails_when_asked_for(standin: StandIn) -> None:
    standin.fault("500", None, every=5)
    with client(standin) as gigachat:
        outcomes = []
        for _ in range(10):
            try:
                gigachat.chat("Привет")
                outcomes.append("ok")
            except ServerError:
                outcomes.append("failed")
    assert outcomes == (["ok"] * 4 + ["failed"]) * 2
    assert standin.bill()["faults"] == {"500": 2}
