"""A reply is read kindly and checked without mercy."""

import json
from typing import Any

import pytest

from chalicelib.recommendations.llm.port import ModelReply, Prompt
from chalicelib.recommendations.llm.reply import ReadReply, plain_reason, read_reply

WHY = "Похоже на фильм «The Matrix», который вам понравился."
OFFERED = tuple(f"film-{number}" for number in range(1, 11))
GOOD = {
    "picks": [{"n": 3, "why": WHY}, {"n": 1, "why": WHY}],
    "proposals": [{"title": "Дюна", "year": 2021, "why": WHY}],
}


def prompt() -> Prompt:
    return Prompt(
        messages=(),
        functions=(),
        function_call="recommend_films",
        offered=OFFERED,
        language="ru",
        prompt_version="v1",
        prompt_tokens=1_000,
        variable_tokens=500,
        max_completion_tokens=1_000,
    )


def kept(arguments: object = None, content: str = "", finish: str = "function_call", rated: Any = ()) -> ReadReply:
    reply = ModelReply(arguments=arguments, content=content, finish_reason=finish)
    return read_reply(reply, prompt(), rated, "ru")


def test_picks_and_proposals_are_taken_when_the_answer_is_good() -> None:
    read = kept(GOOD)
    assert read.picks == (("film-3", WHY), ("film-1", WHY))
    assert read.proposals == (("Дюна", 2021, WHY),)
    assert read.cause is None
    assert not read.dropped


TEXT = json.dumps(GOOD, ensure_ascii=False)


@pytest.mark.parametrize(
    "content",
    [
        TEXT,
        f"```json\n{TEXT}\n```",
        f"Конечно! Вот подборка:\n```\n{json.dumps(GOOD, ensure_ascii=False, indent=2)}\n```\nПриятного {{просмотра}}!",
        f"Вот ответ: {TEXT} — надеюсь, понравится",
        TEXT.replace("}]", "},]"),
        TEXT[:-1],
        TEXT[:-2],
        TEXT.replace('"', "“", 1).replace('"', "”", 1),
        json.dumps({"name": "recommend_films", "arguments": GOOD}, ensure_ascii=False),
        json.dumps({"name": "recommend_films", "arguments": TEXT}, ensure_ascii=False),
    ],
)
def test_answer_is_understood_when_it_comes_as_text(content: str) -> None:
    read = kept(content=content, finish="stop")
    assert read.picks == (("film-3", WHY), ("film-1", WHY))
    assert read.proposals == (("Дюна", 2021, WHY),)


def test_answer_is_understood_when_the_arguments_are_a_string() -> None:
    assert kept(TEXT).picks == (("film-3", WHY), ("film-1", WHY))


def test_whole_picks_survive_when_the_text_is_cut() -> None:
    cut = TEXT[: TEXT.index('"n": 1') + 3]
    assert kept(content=cut, finish="stop").picks == (("film-3", WHY),)


@pytest.mark.parametrize("picks", [[3, 1], ["3", "1"], [{"number": 3.0}, {"id": "1"}], json.dumps([3, 1])])
def test_picks_are_understood_when_they_are_written_otherwise(picks: object) -> None:
    assert kept({"picks": picks}).picks == (("film-3", ""), ("film-1", ""))


def test_picks_are_dropped_when_not_offered_repeated_or_rated() -> None:
    numbers = [0, -1, 11, 10**12, True, None, "seven", "٣", 2.5, 5, 5, 4]
    read = kept({"picks": [{"n": number, "why": WHY} for number in numbers]}, rated={"film-4"})
    assert read.picks == (("film-5", WHY),)
    assert read.dropped == {"not_offered": 9, "repeated": 1, "rated": 1}


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("Смотрите <b>обязательно</b> сегодня", "markup"),
        ("Смотрите **обязательно** сегодня вечером", "markdown"),
        ("Очень [хороший](x) фильм для вас", "markdown link"),
        ("Подробности на https://evil.example/x", "link"),
        ("Подробности на сайте kino.ru найдёте", "bare link"),
        ("Пишите на адрес почты me@home и ждите", "address"),
        ("Подробности на сайте фильмы.онлайн для вас", "bare link of any domain"),
        ("Подробности на сайте evil точка ру сегодня", "spelt link"),
        ("Подписывайтесь на ＠evil_films сегодня", "full-width handle"),
        ("Подписывайтесь на @ evil сегодня вечером", "handle with a blank"),
        ("Звоните, мы расскажем вам больше", "a call"),
        ("Наш номер 8.800.555.35.35, ждём вас", "telephone number with dots"),
        ("Наш номер 8–800–555–35–35, ждём вас", "telephone number with dashes"),
        ("Приходите смотреть: ул. Ленина, дом пять", "street"),
        ("Введите пин-код и смотрите бесплатно", "secret"),
        ("Сообщите логин и код из письма нам", "secret"),
        ("Пишите нам в дискорд или во вконтакте", "messenger"),
        ("Очень длинно. " * 20, "too long"),
        ("Great film for the fans of space", "wrong script"),
        ("Хороший\u202e фильм для вас сегодня", "bidirectional control"),
        ("Да", "no sentence"),
        (None, "missing"),
        (["Хороший фильм для вас"], "a list"),
    ],
)
def test_reason_is_dropped_and_film_kept_when_the_reason_is_unfit(reason: object, why: str) -> None:
    read = kept({"picks": [{"n": 2, "why": reason}]})
    assert read.picks == (("film-2", ""),), why
    assert read.dropped == {"bad_reason": 1}


@pytest.mark.parametrize(
    "words",
    ["Точка зрения героя меняется на глазах.", "Спокойный фильм 1979 года, как и «2001: Космическая одиссея».",
     "Хороший, тихий и т.д. и т.п. фильм", "Герой пишет письма с улицы Кораблестроителей."],
)  # fmt: skip
def test_reason_stays_when_it_only_looks_like_an_address(words: str) -> None:
    assert plain_reason(words, "ru") == words


def test_reason_of_an_english_viewer_is_english_when_titles_are_not() -> None:
    assert plain_reason("Like «Сталкер», slow and\n thoughtful.", "en") == "Like «Сталкер», slow and thoughtful."
    assert plain_reason("Как «Stalker», неспешно.", "en") == ""


@pytest.mark.parametrize(
    ("finish", "arguments", "content", "cause"),
    [
        ("blacklist", None, "Не хочу об этом говорить", "blacklist"),
        ("length", None, TEXT[:80], "length"),
        ("error", None, "", "error"),
        ("stop", None, "Кстати, о борще.", "nonsense"),
        ("stop", None, "", "nonsense"),
        ("stop", None, '{"picks": [' * 200, "nonsense"),
        ("function_call", {}, "", "empty"),
        ("function_call", {"picks": [], "proposals": []}, "", "empty"),
        ("function_call", {"picks": [{"n": 99}], "proposals": [{"year": 1999}]}, "", "nothing_usable"),
        ("function_call", {"picks": {"n": 1}, "proposals": 7}, "", "empty"),
    ],
)
def test_cause_is_named_when_nothing_is_left(finish: str, arguments: object, content: str, cause: str) -> None:
    read = kept(arguments, content, finish)
    assert (read.picks, read.proposals, read.cause) == ((), (), cause)


def test_few_proposals_are_searched_for_when_fifty_are_invented() -> None:
    invented = [{"title": f"Выдумка {number}", "year": 1950 + number, "why": WHY} for number in range(50)]
    read = kept({"picks": [], "proposals": invented})
    assert len(read.proposals) == 8
    assert read.dropped == {"too_many": 42}


def test_proposals_are_cleaned_when_written_untidily() -> None:
    entries = [
        "Матрица (The Matrix), 1999",
        {"title": " Дюна\n", "year": "2021"},
        {"title": "дюна"},
        {"title": "Я", "year": 9},
    ]
    titles = [(title, year) for title, year, _ in kept({"proposals": entries}).proposals]
    assert titles == [("Матрица (The Matrix)", 1999), ("Дюна", 2021), ("Я", None)]


TASTE = ["Вам близко неспешное кино.", "Чаще всего это драмы.", "Финал без морали вам дороже развязки."]


@pytest.mark.parametrize(
    "given", [TASTE, [*TASTE, "Четвёртое предложение лишнее."], " ".join(TASTE), json.dumps(TASTE, ensure_ascii=False)]
)
def test_three_sentences_on_the_taste_are_taken(given: object) -> None:
    read = kept(GOOD | {"taste": given})
    assert read.taste == tuple(TASTE)
    assert not read.dropped


@pytest.mark.parametrize(
    "hostile",
    [
        "<b>Вам близко</b> неспешное кино.",
        "Смотрите на https://evil.example всё, что любите.",
        "Пишите мне в телеграм, расскажу о вкусе.",
        "Звоните +7 912 345-67-89, обсудим ваш вкус.",
        "You like films that take their time.",  # of another language than the viewer's
        "Вам близко кино. " * 20,
        "Вам близко кино. " * 8,
        "Вам близко\u202eкино без спешки.",
        "Кино.",
        7,
        None,
        {"text": TASTE[0]},
        ["Вам близко неспешное кино."],
    ],
)
def test_a_sentence_on_the_taste_is_dropped_alone_when_it_is_no_plain_one(hostile: object) -> None:
    read = kept(GOOD | {"taste": [TASTE[0], hostile, TASTE[2]]})
    assert read.taste == (TASTE[0], TASTE[2])
    assert read.dropped == {"bad_taste": 1}
    assert len(read.picks) == 2


@pytest.mark.parametrize("nothing", [None, "", [], {}, 3, [[]]])
def test_a_reply_without_a_taste_is_as_good(nothing: object) -> None:
    assert kept(GOOD | {"taste": nothing}).taste == ()
    assert kept(GOOD | {"taste": nothing}).picks == kept(GOOD).picks


def test_a_taste_alone_is_no_answer() -> None:
    assert kept({"picks": [], "proposals": [], "taste": TASTE}).cause == "empty"


def test_a_sentence_said_twice_is_said_once() -> None:
    assert kept(GOOD | {"taste": [TASTE[0], TASTE[0], TASTE[1]]}).taste == (TASTE[0], TASTE[1])
