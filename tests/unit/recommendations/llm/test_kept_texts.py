"""What the model is asked, and what is read of its replies, as it was when last looked at: see `tests/kept`."""

import json
import random

import msgspec

from chalicelib.plain_text import has_marks, hides_something, leads_elsewhere
from chalicelib.recommendations.llm.film_prompt import build_film_prompt
from chalicelib.recommendations.llm.loose_json import parse_loosely
from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.llm.prompt import build_prompt, plain_title
from chalicelib.recommendations.llm.reply import plain_reason, read_reply, title_and_year
from chalicelib.recommendations.llm.token_estimate import estimate_tokens
from chalicelib.recommendations.llm.wish_prompt import build_wish_prompt
from chalicelib.recommendations.model import RankedFilm
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback
from tests.kept import assert_kept
from tests.various_films import various_films

FILMS = various_films(150)
LONG = "An uncommonly long title of a film that nobody ever reads to its very end, not even once"
TEXTS = (
    "", "a", "Alien", "Чужой", "Alien «Чужой» {x} <b> [1] | \\ `q`", "two\nlines\ttabbed", "\u202eхитро",
    "é" * 61, LONG,
    "x" * 59, "x" * 60, "x" * 61, "x" * 199, "x" * 200, "x" * 201, "1 2 3 4 5", "a_b-c.d, e!", "12345678",
    "e\u0301e\u0301\u0301",
    "Смотрите на site.ru", "пишите мне @robot", "call 8 (800) 555-35-35", "1977–1983, 1999", "2001-2010-2020",
    "1977-1983-77",
    "Фильм о доброте и смелости.", "A film of courage and kindness.", "Фильм of courage and kindness, «да».",
    "добр", "kindness",
    "Как «The Matrix Reloaded and more», но добрее", "ул. Ленина, дом", "введите пароль", "a.b", "ab.cd",
    "конец.Начало", "&amp;",
    "a\u200db", "\u200d", "Аlien", "ни\u0300\u0300\u0300х", "\u0301x", "www.x", "dot com", "x at y dot z",
    "файл.рф", "Dr. No", "C:/x",
)  # fmt: skip
REPLIES: tuple[object, ...] = (
    {"picks": [{"n": 1, "why": "Фильм о доброте и смелости."}, {"n": 1}, {"number": "2"}, {"id": 3.0}, 4, "5",
    {"n": 0}, 41, 40]},
    {"picks": [{"index": 6, "reason": "Фильм о доброте и смелости."}, {"n": 7, "why": "",
    "reason": "Добрая и смелая история."}]},
    {"picks": [{"n": 2, "why": "short"}, {"n": True}, None, [], {"n": "x"}, {"n": 39}],
    "proposals": "[\"Alien (1979)\"]"},
    {"proposals": [{"title": f"Film {n}", "year": 1990 + n} for n in range(10)] + [{"title": "film 1"},
    {"title": ""}, 5]},
    {"proposals": ["Alien, 1979", "Alien (1979)", "1984", "Blade Runner 2049", {"title": "X", "year": "1879"},
    "a" * 151, "b" * 150]},
    {"arguments": {"picks": [8]}}, {"arguments": json.dumps({"arguments": {"picks": [9]}})}, [1, 2],
    [{"picks": [3]}, 4], [],
    '{"picks": [{"n": 1, "why": "Фильм о', '{"picks": [{"n": 1}, {"n": 2', "Вот: ```json\n{picks: [1, 2,]}```",
    "nothing", "", "[1]",
    {"picks": "1"}, {"picks": "[1, 2]"}, {}, {"x": 1}, "{" * 40 + "}" * 40, "[" * 32 + "]" * 32,
    "[" * 33 + "]" * 33, "1", None,
)  # fmt: skip


def told(prompt: Prompt) -> dict[str, object]:
    numbers = {one.film_id: number for number, one in enumerate(FILMS)}
    said: dict[str, object] = msgspec.to_builtins(prompt) | {"functions": len(prompt.functions)}
    return said | {
        "offered": [numbers[one] for one in prompt.offered],
        "messages": [[one.role, estimate_tokens(one.content)] for one in prompt.messages],
        "user": prompt.messages[-1].content.split("\n"),
    }


def test_viewers_are_asked_about_as_kept() -> None:
    kinds = ({"rating": "like"}, {"rating": "dislike"}, {"steer": "more_like_this"}, {"steer": "exclude"})
    found: dict[str, object] = {}
    for number, (few, offered) in enumerate(((0, 45), (1, 3), (7, 39), (40, 60), (120, 80))):
        lot = random.Random(few)
        said = [feedback(f"{LONG[: lot.randrange(3, 80)]} {one}", minutes_ago=one, year=lot.choice((None, 1990)),
                         **lot.choice(kinds)) for one in range(few)]  # fmt: skip
        ranked = [RankedFilm(film=one, score=1.0) for one in FILMS[:offered]]
        prompt = build_prompt(taste_of(said, NOW), ranked, "en" if number % 2 else "ru", seed=number)
        found[f"{few} words, {offered} films"] = told(prompt)
    assert_kept("questions about viewers", found)


def test_films_and_texts_are_asked_about_as_kept() -> None:
    found: dict[str, object] = {}
    for place in (0, 7, 33):
        film = msgspec.structs.replace(
            FILMS[place], description=(LONG + ". ") * place, original_title=LONG[:place] or None
        )
        found[f"film {place}"] = told(build_film_prompt(film, FILMS[place + 1 :], f"seed {place}"))
    found |= {
        f"text {number}": told(build_wish_prompt(text)) for number, text in enumerate((TEXTS[4], "ы" * 299, "ы" * 301))
    }
    assert_kept("questions about films and texts", found)


def test_texts_are_judged_as_kept() -> None:
    found = {
        ascii(text): [
            plain_title(text), plain_reason(text, "ru"), plain_reason(text, "en"), title_and_year(text),
            estimate_tokens(text),
            hides_something(text), leads_elsewhere(text), has_marks(text),
        ]
        for text in TEXTS
    }  # fmt: skip
    assert_kept("texts", found)


def test_replies_are_read_as_kept() -> None:
    offered = build_wish_prompt("")
    prompt = msgspec.structs.replace(offered, offered=tuple(f"film {number}" for number in range(1, 41)))
    found: dict[str, object] = {}
    for number, said in enumerate(REPLIES):
        for name, reply in (("called", ModelReply(arguments=said)), ("said", ModelReply(content=json.dumps(said)))):
            found[f"{number}, {name}"] = read_reply(reply, prompt, {"film 3"}, "ru")
        if isinstance(said, str):
            found[f"{number}, as text"] = [parse_loosely(said), read_reply(ModelReply(content=said), prompt, (), "ru")]
    assert_kept("replies", found)
