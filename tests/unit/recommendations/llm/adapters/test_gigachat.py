"""Every failure of the service becomes one of our errors, with what it means for the budget and the next try."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from gigachat.models.embeddings import Embeddings

from chalicelib.recommendations.llm.adapters.gigachat import GigaChatModel, _embedded, model_error_of
from chalicelib.recommendations.llm.port import ModelError, ModelReply, Prompt
from chalicelib.recommendations.llm.prompt import build_prompt
from chalicelib.recommendations.llm.reply import read_reply
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from infra.deploy.template.functions import function_globals
from tests.factories import NOW, feedback, ranked
from tests.standin import CREDENTIALS, StandIn, running_standin


@pytest.fixture
def standin() -> Iterator[StandIn]:
    with running_standin() as running:
        yield running


@contextmanager
def model(standin: StandIn, **more: Any) -> Iterator[GigaChatModel]:
    given: dict[str, Any] = {
        "credentials": CREDENTIALS,
        "scope": "GIGACHAT_API_PERS",
        "model": "GigaChat-2",
        "timeout_seconds": 5.0,
        "base_url": standin.base_url,
        "auth_url": standin.auth_url,
    }
    opened = GigaChatModel(**(given | more))
    try:
        yield opened
    finally:
        opened.close()


def environment() -> dict[str, object]:
    """What the template puts into every function's environment."""
    shared: Any = function_globals()
    found: dict[str, object] = shared["Environment"]["Variables"]
    return found


def prompt(likes: int = 5) -> Prompt:
    taste = taste_of([feedback(f"Liked {place}", minutes_ago=place) for place in range(likes)], NOW)
    offered = [ranked(f"Film {place}", genres=("Drama", "Comedy")[place % 2 :]) for place in range(50)]
    return build_prompt(taste, offered, "ru", 1)


def failure(standin: StandIn, **more: Any) -> ModelError:
    return refused(standin, 60, **more)


def refused(standin: StandIn, deadline_seconds: float, **more: Any) -> ModelError:
    with model(standin, **more) as opened, pytest.raises(ModelError) as caught:
        opened.ask(prompt(), deadline_seconds)
    return caught.value


def answer(standin: StandIn, asked: Prompt) -> ModelReply:
    with model(standin) as opened:
        return opened.ask(asked, 60)


def test_answer_passes_the_checks_when_all_is_well(standin: StandIn) -> None:
    asked = prompt()
    reply = answer(standin, asked)
    kept = read_reply(reply, asked, (), "ru")
    assert len(kept.picks) == 12
    assert all(reason for _, reason in kept.picks)
    assert kept.cause is None
    assert reply.prompt_tokens <= asked.prompt_tokens <= 1.5 * reply.prompt_tokens, "no less than the bill"
    assert reply.completion_tokens < asked.max_completion_tokens
    assert reply.model.startswith("GigaChat-2")


def test_client_and_token_are_kept_when_more_is_asked(standin: StandIn) -> None:
    with model(standin) as one:
        one.ask(prompt(), 60)
        one.ask(prompt(), 60)
    bill = standin.bill()
    assert (bill["requests"], bill["token_requests"]) == (2, 1)
    assert bill["precached_prompt_tokens"] > 0, "the shared prefix was cached"


@pytest.mark.parametrize(
    ("kind", "cause", "retryable", "billed"),
    [
        ("400", "invalid_params", False, False),
        ("401", "unauthorized", True, False),
        ("402", "payment", True, False),
        ("403", "forbidden", True, False),
        ("404", "no_model", True, False),
        ("413", "too_large", False, False),
        ("422", "invalid_params", False, False),
        ("429", "rate_limited", True, False),
        ("429_retry_after", "rate_limited", True, False),
        ("500", "server_error", True, True),
        ("reset", "reset", True, True),
        ("off", "connect", True, False),
        ("oauth_401", "unauthorized", True, False),
        ("html", "not_json", True, True),
        ("null_content", "bad_shape", True, True),
        ("empty_object", "bad_shape", True, True),
    ],
)
def test_failure_is_told_in_our_words_when_the_service_fails_for_ever(
    standin: StandIn, kind: str, cause: str, retryable: bool, billed: bool
) -> None:
    standin.fault(kind, None)
    error = failure(standin)
    assert (error.cause, error.retryable, error.billed) == (cause, retryable, billed)
    assert error.retry_after_seconds == (30.0 if kind == "429_retry_after" else 0.0)
    if billed:
        assert standin.bill()["requests"] == 1, "never a second call after one that may have been billed"


def test_call_succeeds_when_a_401_or_a_refused_connection_was_a_single_one(standin: StandIn) -> None:
    for kind in ("401", "revoked", "off"):
        standin.fault(kind, 1)
        assert answer(standin, prompt()).arguments, kind


def test_call_ends_at_its_timeout_when_the_service_is_slow(standin: StandIn) -> None:
    standin.fault("slow", 1)
    started = time.monotonic()
    error = failure(standin, timeout_seconds=0.5)
    assert (error.cause, error.retryable, error.billed) == ("timeout", True, True)
    assert time.monotonic() - started < 3


def test_call_ends_before_the_deadline_when_that_is_nearer_than_the_timeout(standin: StandIn) -> None:
    standin.fault("slow", 1)
    started = time.monotonic()
    assert refused(standin, 5.5, timeout_seconds=30).cause == "timeout"
    assert time.monotonic() - started < 5


def test_nothing_is_asked_when_the_deadline_leaves_no_time(standin: StandIn) -> None:
    error = refused(standin, 4)
    assert (error.cause, error.billed) == ("deadline", False)
    assert standin.bill()["token_requests"] == 0


def test_failure_is_a_connection_when_nobody_listens(standin: StandIn) -> None:
    nowhere = {"base_url": "http://127.0.0.1:9/v1", "auth_url": "http://127.0.0.1:9/api/v2/oauth"}
    error = failure(standin, **nowhere)
    assert (error.cause, error.retryable, error.billed) == ("connect", True, False)


@pytest.mark.parametrize(
    ("kind", "cause", "picks"),
    [
        ("blacklist", "blacklist", 0),
        ("length", "length", 0),
        ("error", "error", 0),
        ("nonsense", "nonsense", 0),
        ("empty", "empty", 0),
        ("out_of_range", "nothing_usable", 0),
        ("fenced", None, 12),
        ("truncated", None, 7),
        ("string_arguments", None, 12),
        ("repeated", None, 1),
        ("markup", None, 12),
        ("wrong_script", None, 12),
        ("hallucinated", None, 0),
        ("liked_only", None, 0),
        ("obey", None, 1),
    ],
)
def test_checks_keep_what_is_usable_when_the_answer_is_bad(
    standin: StandIn, kind: str, cause: str | None, picks: int
) -> None:
    standin.fault(kind, 1)
    asked = prompt()
    reply = answer(standin, asked)
    kept = read_reply(reply, asked, (), "ru")
    assert kept.cause == cause
    assert len(kept.picks) >= picks if kind == "truncated" else len(kept.picks) == picks
    assert {film for film, _ in kept.picks} <= set(asked.offered)
    assert len(kept.proposals) <= 8
    assert reply.total_tokens > 0
    for _, reason in kept.picks:
        assert "<" not in reason
        assert "http" not in reason
        assert len(reason) <= 200


def test_no_variable_of_the_environment_leads_the_client_elsewhere_when_a_template_sets_ours(
    standin: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The client reads every GIGACHAT_… variable, an empty one too: none of ours may be called so."""
    names = {name.upper() for name in Settings._fields}
    assert [name for name in names | set(environment()) if name.startswith("GIGACHAT_")] == []
    for name in names:
        monkeypatch.setenv(name, "")
    assert answer(standin, prompt()).arguments


@pytest.mark.parametrize("url", ["", "api.giga.chat/v1", "/v1"])
def test_a_client_without_an_absolute_address_is_never_opened(standin: StandIn, url: str) -> None:
    with pytest.raises(ValueError, match="not absolute"), model(standin, base_url=url):
        pass


@pytest.mark.parametrize(
    "error", [httpx.UnsupportedProtocol("no scheme"), httpx.InvalidURL("what"), httpx.ConnectError("no")]
)
def test_a_question_that_was_never_sent_costs_nothing(error: Exception) -> None:
    assert not model_error_of(error, "https://auth").billed


def test_vectors_come_in_the_order_of_their_texts_with_what_they_cost(standin: StandIn) -> None:
    texts = ["a shark hunts swimmers", "юристы спорят перед присяжными", "акула охотится на купальщиков"]
    with model(standin) as opened:
        made = opened.embed(texts, 20)
    shark, lawyers, akula = made.vectors

    def alike(one: tuple[float, ...], other: tuple[float, ...]) -> float:
        return sum(map(float.__mul__, one, other))

    assert alike(shark, akula) > alike(shark, lawyers), "two languages mean the same"
    assert made.tokens == standin.bill()["prompt_tokens"] > 0
    assert opened.embedder == "Embeddings"


@pytest.mark.parametrize(("kind", "cause", "billed"), [("500", "server_error", True), ("429", "rate_limited", False)])
def test_a_failed_request_for_vectors_is_an_error_of_ours(
    standin: StandIn, kind: str, cause: str, billed: bool
) -> None:
    standin.fault(kind)
    with model(standin) as opened, pytest.raises(ModelError) as error:
        opened.embed(["text"], 20)
    assert (error.value.cause, error.value.billed) == (cause, billed)


def test_vectors_of_a_model_that_is_not_there_and_no_time_left(standin: StandIn) -> None:
    with model(standin, embedder="nobody's") as opened:
        with pytest.raises(ModelError) as error:
            opened.embed(["text"], 20)
        assert error.value.cause == "no_model"
        with pytest.raises(ModelError) as late:
            opened.embed(["text"], 1)
        assert (late.value.cause, late.value.billed) == ("deadline", False)


@pytest.mark.parametrize("indices", [[0], [0, 0], [1, 2], []])
def test_an_answer_without_a_vector_a_text_is_none(indices: list[int]) -> None:
    data = [{"embedding": [1.0], "usage": {"prompt_tokens": 1}, "index": one, "object": "embedding"} for one in indices]
    with pytest.raises(ModelError, match="bad_shape"):
        _embedded(Embeddings.model_validate({"data": data, "object": "list"}), ["one", "two"])
