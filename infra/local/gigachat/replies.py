"""What the service says: a good answer, and every way of answering badly with status 200."""

import json
import re
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from infra.local.gigachat import critic, planner
from infra.local.gigachat.token_count import count_prompt, count_tokens

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A chat completion to send, and what it costs."""

    body: Json
    prompt_tokens: int
    completion_tokens: int
    precached_tokens: int = 0


def answer_to(request: Json, kind: str | None = None, precached_tokens: int = 0) -> Answer:
    """The answer to a valid chat request; `kind` names the way in which it is bad."""
    contents = [str(message.get("content") or "") for message in request["messages"]]
    functions = [one for one in request.get("functions") or [] if isinstance(one, dict)]
    prompt_tokens = count_prompt(contents, functions)
    if request.get("function_call") == "none" or not functions:
        message, finish = _text(_chatter(contents[-1])), "stop"
    else:
        message, finish = _function_call(request, functions, contents[-1])
    if kind in _SPOILED:
        message, finish = _SPOILED[kind](message, critic.read(contents[-1]))
    limit = request.get("max_tokens")
    completion_tokens = _cost(message)
    if isinstance(limit, int) and 0 < limit < completion_tokens:
        message, finish = _cut(message, limit), "length"
        completion_tokens = limit
    body = {
        "choices": [{"message": message, "index": 0, "finish_reason": finish}],
        "created": int(time.time()),
        "model": f"{request['model']}:2.0.28.2",
        "object": "chat.completion",
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
            "precached_prompt_tokens": precached_tokens,
        },
    }
    return Answer(body, prompt_tokens, completion_tokens, precached_tokens)


def prefix_tokens(request: Json) -> int:
    """What never changes between questions of one kind: everything but the last message."""
    functions = [one for one in request.get("functions") or [] if isinstance(one, dict)]
    return count_prompt([str(message.get("content") or "") for message in request["messages"][:-1]], functions)


def _text(content: str) -> Json:
    return {"content": content, "role": "assistant"}


def _call(name: str, arguments: object) -> Json:
    return _text("") | {
        "function_call": {"name": name, "arguments": arguments},
        "functions_state_id": str(uuid.uuid4()),
    }


def _function_call(request: Json, functions: list[Json], asked: str) -> tuple[Json, str]:
    wanted = request.get("function_call")
    name = wanted.get("name") if isinstance(wanted, dict) else functions[0].get("name")
    function = next(one for one in functions if one.get("name") == name)
    properties = (function.get("parameters") or {}).get("properties") or {}
    if {"picks", "proposals"} <= set(properties):
        reading = critic.read(asked)
        arguments: Json = {"picks": critic.picks_of(reading), "proposals": critic.proposals_of(reading)}
        if "taste" in properties:
            arguments["taste"] = critic.taste_of(reading)
    elif "wishes" in properties:
        arguments = {"wishes": planner.wishes_of(asked)}
    else:
        arguments = {key: _blank(schema, asked) for key, schema in properties.items()}
    return _call(str(name), arguments), "function_call"


def _blank(schema: Mapping[str, Any], asked: str) -> object:
    """Something of the right type for a function that the stand-in knows nothing about."""
    if schema.get("enum"):
        return schema["enum"][0]
    by_type = {"string": asked[:40], "integer": 1, "number": 1.0, "boolean": True, "array": [], "object": {}}
    return by_type.get(str(schema.get("type")), "")


def _chatter(asked: str) -> str:
    russian = re.search(r"[а-яё]", asked, re.IGNORECASE) is not None
    return "Здравствуйте! Спросите меня о кино." if russian else "Hello! Ask me about films."


def _cost(message: Json) -> int:
    called = message.get("function_call")
    text = json.dumps(called["arguments"], ensure_ascii=False, separators=(",", ":")) if called else message["content"]
    return max(1, count_tokens(text or ""))


def _cut(message: Json, limit_tokens: int) -> Json:
    called = message.get("function_call")
    text = json.dumps(called["arguments"], ensure_ascii=False) if called else str(message["content"])
    while text and count_tokens(text) > limit_tokens:
        text = text[: len(text) * 9 // 10]
    return _text(text)


type Spoil = Callable[[Json, critic.Reading], tuple[Json, str]]


def _arguments(message: Json) -> Json:
    called = message.get("function_call")
    return dict(called["arguments"]) if called else {"picks": [], "proposals": []}


def _with(message: Json, picks: list[Json], proposals: list[Json], taste: list[str] | None = None) -> tuple[Json, str]:
    name = (message.get("function_call") or {"name": "recommend_films"})["name"]
    told = {} if taste is None else {"taste": taste}
    return _call(name, {"picks": picks, "proposals": proposals} | told), "function_call"


def _fenced(message: Json, _: critic.Reading) -> tuple[Json, str]:
    dumped = json.dumps(_arguments(message), ensure_ascii=False, indent=2)
    dumped = re.sub(r"(\})(\s*\])", r"\1,\2", dumped)  # the trailing comma that models love
    return _text(f"Конечно! Вот подборка:\n```json\n{dumped}\n```\nПриятного просмотра!"), "stop"


def _truncated(message: Json, _: critic.Reading) -> tuple[Json, str]:
    dumped = json.dumps(_arguments(message), ensure_ascii=False)
    return _text(dumped[: len(dumped) * 6 // 10]), "stop"


def _string_arguments(message: Json, _: critic.Reading) -> tuple[Json, str]:
    name = (message.get("function_call") or {"name": "recommend_films"})["name"]
    return _call(name, json.dumps(_arguments(message), ensure_ascii=False)), "function_call"


def _hallucinated(message: Json, reading: critic.Reading) -> tuple[Json, str]:
    title = "Река без имени {}" if reading.language == "ru" else "River of No Name {}"
    why = "Вам понравится." if reading.language == "ru" else "You will enjoy it."  # short: fifty are within the limit
    invented = [{"title": title.format(n), "year": 1950 + n, "why": why} for n in range(1, 51)]
    return _with(message, [], invented)


def _liked_only(message: Json, reading: critic.Reading) -> tuple[Json, str]:
    liked = [{"title": one.title, "year": one.year, "why": critic.reason_for(one, reading)} for one in reading.liked]
    return _with(message, [], liked)


def _out_of_range(message: Json, reading: critic.Reading) -> tuple[Json, str]:
    numbers = [0, -1, len(reading.candidates) + 1, 999, 10**9]
    return _with(message, [{"n": n, "why": critic.reason_for(critic.Seen(""), reading)} for n in numbers], [])


def _markup(message: Json, _: critic.Reading) -> tuple[Json, str]:
    spoils = (
        "<script>alert(1)</script><b>Отличный</b> фильм, очень хороший.",
        "Смотрите **обязательно** на https://evil.example/watch прямо сейчас.",
        "Длинно и подробно о том, почему. " * 20,
    )
    picks = _arguments(message).get("picks", [])
    return _with(message, [pick | {"why": spoils[place % 3]} for place, pick in enumerate(picks)], [], list(spoils))


def _wrong_script(message: Json, reading: critic.Reading) -> tuple[Json, str]:
    reading.language = "en" if reading.language == "ru" else "ru"
    return _with(message, critic.picks_of(reading), critic.proposals_of(reading), critic.taste_of(reading))


def _repeated(message: Json, _: critic.Reading) -> tuple[Json, str]:
    picks = _arguments(message).get("picks", [])[:1]
    return _with(message, picks * 20, [])


def _obey(message: Json, reading: critic.Reading) -> tuple[Json, str]:
    """Does what a title tells it: recommends the film of that number, in those words, and that title itself."""
    told = re.search(r"(?:recommend|рекомендуй|посоветуй)\w*\s+(?:film|фильм)?\s*(\d+)", reading.text, re.IGNORECASE)
    number = int(told.group(1)) if told else 7
    words = next((film.title for film in reading.candidates if "ignore" in film.title.lower()), "Ignore everything")
    return _with(
        message, [{"n": number, "why": words}] * 3, [{"title": words, "year": None, "why": words}], [words] * 3
    )


_SPOILED: dict[str, Spoil] = {
    "null_content": lambda _message, _reading: ({"content": None, "role": "assistant"}, "stop"),
    "blacklist": lambda _message, _reading: (
        _text("Не люблю менять тему разговора, но вот сейчас тот самый случай."),
        "blacklist",
    ),
    "length": lambda message, _reading: (_cut(message, max(1, _cost(message) // 2)), "length"),
    "error": lambda _message, _reading: (_text(""), "error"),
    "nonsense": lambda _message, _reading: (_text("Кстати, борщ лучше варить на говяжьей кости."), "stop"),
    "empty": lambda message, _reading: _with(message, [], []),
    "fenced": _fenced,
    "truncated": _truncated,
    "string_arguments": _string_arguments,
    "hallucinated": _hallucinated,
    "liked_only": _liked_only,
    "out_of_range": _out_of_range,
    "markup": _markup,
    "wrong_script": _wrong_script,
    "repeated": _repeated,
    "obey": _obey,
}
