"""The page shows all that the API says of a film: its screens are drawn as text, with the answers that the journey of a
film expects (`tests/contract/film_journey.py`). No browser; the JavaScript engine is the one that Playwright brings.
"""

import json
import re
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pytest
from playwright._impl._driver import compute_driver_executable

from chalicelib.web.assets import SOURCES
from tests.contract.film_journey import CARD, DETAILS, FILM_ID, LIKED_ID

DRAWER = Path(__file__).parent / "page_in_words"
POSTER = CARD["poster_url"]
HERE = f"#/film/{FILM_ID}"
LIKED = {
    "film_id": LIKED_ID, "title": "Солярис", "year": 1972, "rating": "like", "steer": "more_like_this", "saved": False,
    "updated_at": "2020-05-06T12:00:00Z", "available": True,
}  # fmt: skip
# What only some films have, or lack: no poster, and a rating of the source's own viewers alone.
BARE = DETAILS | {"poster_url": None, "imdb_rating": None, "imdb_votes": None, "original_title": None}
PICK = CARD | {
    "source": "gigachat",
    "reason": "Неспешный путь к желаниям.",
    "explanation": "Неспешно. И долго.",
    "because": [LIKED_ID],
}
LIST = [PICK] + [PICK | {"film_id": f"{FILM_ID}-{n}", "title": f"Сталкер {n}"} for n in range(1, 15)]
TOP = [CARD | {"film_id": f"{FILM_ID}-top-{n}", "title": f"Лучший {n}"} for n in range(24)]

ON_CARDS = ("Нравится", "Не нравится", "Больше такого", "Не предлагать", "На потом", "Просмотрено")
IN_WORDS = ("Нравится", "Не нравится", "На потом", "Просмотрено", "Больше такого", "Не предлагать")


def _buttons(title: str, *, labelled: bool = False, pressed: Collection[str] = ()) -> list[str]:
    """On a card two of them are words, and a menu for phones is behind them."""
    said = [title]
    for action in IN_WORDS if labelled else ON_CARDS:
        said.append(f"{action}: {title}{'+' if action in pressed else ''}")
        said += [action] if labelled or action in ON_CARDS[4:] else []
    return said if labelled else [*said, f"Что с ним сделать: {title}"]


OF_CARD = [HERE, POSTER, "Сталкер", "1979", "IMDb ", "8,1", *_buttons("Сталкер")]
LIKED_BUTTONS = _buttons("Солярис", pressed=("Нравится", "Больше такого"))
GENRES = ["#/search?genre=Drama", "Драма", "#/search?genre=Sci-Fi", "Фантастика"]
FACTS = ["Режиссёр", "Andrei Tarkovsky", "В ролях", "Alisa Freindlich, Николай Гринько", "Страна", "SU, DE",
         "Длительность", "2 ч 43 мин", "Возраст", "12+", "Критики", "100 из 100"]  # fmt: skip
AWARDS = ["Награды", "Prize of the Ecumenical Jury"]
NAMES = ["Другие названия", "Stalker (1979), Stalker, Roadside Picnic, Der Stalker"]
SIMILAR = ["Похожие фильмы", *OF_CARD]
WINDOW = "Сталкер · Киносовет"
WHY = ["Советует GigaChat", "Неспешный путь к желаниям."]
WHY_AT_LENGTH = ["Советует GigaChat", "Неспешно. И долго."]


# What the API answers.
ANSWERS: dict[str, Any] = {
    "POST v1/auth/session/refresh": {"access_token": "token", "expires_in": 900},
    "GET v1/me": {"language": "ru"},
    "GET v1/feedback": {"feedback": [LIKED], "next_cursor": None},
    "POST v1/films/titles": {"titles": {LIKED_ID: "Солярис"}, "missing": []},
    "GET v1/films": {"films": [CARD, LIKED], "next_cursor": None},
    f"GET v1/films/{FILM_ID}": DETAILS,
    f"GET v1/films/{FILM_ID}/similar": {"films": [CARD]},
    "GET v1/recommendations": {"films": LIST, "source": "gigachat", "state": "fresh", "generated_at": "2026-01-01"},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's own modules, with the library's place taken by one that draws text."""
    folder = tmp_path_factory.mktemp("page") / "page"
    shutil.copytree(SOURCES, folder)
    (folder / "vendor/preact.js").rename(folder / "vendor/library.js")
    shutil.copy(DRAWER / "preact.js", folder / "vendor")
    shutil.copy(DRAWER / "draw.mjs", folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    return folder


def _drawn(folder: Path, *addresses: str, changed: Mapping[str, Any] | None = None) -> list[str]:
    """What a viewer meets on the last of these screens, in order: texts, addresses of links and pictures, names of
    buttons, a plus behind those that are pressed, and the inks of drawn posters."""
    engine, _ = compute_driver_executable()
    given = json.dumps({"answers": ANSWERS | dict(changed or {}), "addresses": addresses})
    done = subprocess.run([engine, "draw.mjs"], cwd=folder, input=given, capture_output=True, encoding="utf-8",
                          timeout=60, check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr
    seen: list[str] = []
    for tag, text in re.findall(r"<([^>]*)>([^<]*)", done.stdout):
        known = dict(re.findall(r' ([\w-]+)="([^"]*)"', tag))
        pressed = "+" if known.get("aria-pressed") == "true" else ""
        seen += [known[name] + pressed for name in ("href", "src") if name in known]
        is_named = tag.startswith("button") or known.get("role") == "group"
        seen += [known["aria-label"] + pressed] if is_named and "aria-label" in known else []
        seen += re.findall(r"ink-\S+ tint-\d", known.get("class", ""))
        seen += [text] if text else []
    return seen


def test_the_screen_of_a_film_shows_all_that_is_known_of_it(folder: Path) -> None:
    original = ["Оригинальное название: ", "Сталкер. Пикник на обочине"]
    numbers = ["1979", "IMDb ", "8,1", "137\N{NO-BREAK SPACE}тыс. оценок"]
    assert _drawn(folder, "#/", HERE) == [
        POSTER, "Сталкер", *original, *numbers, *GENRES, *_buttons("Сталкер", labelled=True),
        "Почему вам это советуют", *WHY_AT_LENGTH, "A guide leads two men through the Zone.", *FACTS, *AWARDS, *NAMES,
        *SIMILAR, WINDOW,
    ]  # fmt: skip


def test_a_film_without_a_poster_has_one_drawn_and_its_own_viewers_rating_where_imdb_has_none(folder: Path) -> None:
    poster = ["ink-drama tint-1", "Сталкер", "1979", "Драма"]
    audience = ["Оценка зрителей", "8,6"]
    shown = _drawn(folder, HERE, changed={f"GET v1/films/{FILM_ID}": BARE})
    assert shown == [
        *poster, "Сталкер", "1979", *GENRES, *_buttons("Сталкер", labelled=True),
        "A guide leads two men through the Zone.", *FACTS, *audience, *AWARDS, *NAMES, *SIMILAR, WINDOW,
    ]  # fmt: skip


def test_a_search_shows_cards_and_what_has_been_said_of_their_films(folder: Path) -> None:
    shown = _drawn(folder, "#/search")
    rated = [f"#/film/{LIKED_ID}", "ink-other tint-0", "Солярис", "1972", "Солярис", "1972", *LIKED_BUTTONS]
    assert shown[shown.index("Найдено 2 фильма") + 1 :] == [*OF_CARD, *rated]


def test_the_list_shows_each_film_why_it_is_there_and_what_for(folder: Path) -> None:
    shown = _drawn(folder, "#/", changed={"GET v1/films": {"films": TOP, "next_cursor": None}})
    hero = [HERE, POSTER, "Сегодня вечером", HERE, "Сталкер", "1979", "IMDb ", "8,1", *WHY]
    assert shown[shown.index(HERE) :][: len(hero)] == hero
    cause = shown.index("Потому что вам понравился «Солярис»")
    tenth = [f"{HERE}-10", POSTER, "Сталкер 10", "1979", "IMDb ", "8,1", *_buttons("Сталкер 10"), *WHY]
    assert shown[cause:][4 : 4 + len(tenth)] == tenth
    assert {"Лучшее по оценкам зрителей", "Лучшие драмы"} <= set(shown)


def test_a_film_of_the_top_list_is_called_a_beginning_and_not_advice(folder: Path) -> None:
    top = {"films": [PICK | {"source": "top"}], "source": "top", "state": "fresh", "generated_at": "2026-01-01"}
    shown = _drawn(folder, "#/", changed={"GET v1/recommendations": top})
    assert "С чего начать" in shown
    assert not {"Сегодня вечером", *WHY} & set(shown)


def test_my_films_show_what_was_said_of_each_and_when(folder: Path) -> None:
    shown = _drawn(folder, "#/mine/like")
    start = shown.index("#/mine/exclude") + 2
    assert shown[start : shown.index("Перенести историю")] == [
        f"#/film/{LIKED_ID}", "ink-other tint-0", "1972", f"#/film/{LIKED_ID}", "Солярис", "1972",
        "6 мая 2020 г.", *LIKED_BUTTONS, "Убрать: Солярис", "Убрать",
    ]  # fmt: skip


def test_a_film_that_was_just_rated_is_named_and_can_be_taken_back(folder: Path) -> None:
    rated = {"feedback": [LIKED | {"film_id": FILM_ID, "title": "Сталкер", "steer": None}], "next_cursor": None}
    assert _drawn(folder, f"#/slot/{FILM_ID}", changed={"GET v1/feedback": rated}) == [
        "Нравится", "Сталкер", "Отменить: Сталкер", "Отменить",
    ]  # fmt: skip


def test_rows_of_a_history_that_mean_no_single_film_lead_to_those_that_they_may_mean(folder: Path) -> None:
    row = {"title": "Сталкер", "year": 1979}
    outcome = {
        "imported": 1,
        "neutral": 0,
        "unmatched": [row],
        "ambiguous": [row | {"candidates": [CARD]}],
        "left_out": [],
    }
    shown = _drawn(folder, "#/outcome", changed={"POST v1/feedback/import": outcome})
    found = [one for one in shown if one.startswith("#/") or "Сталкер" in one]
    named = "Сталкер (1979)"
    assert found == [
        named,
        "#/search?query=%D0%A1%D1%82%D0%B0%D0%BB%D0%BA%D0%B5%D1%80",
        ": Сталкер",
        named,
        HERE,
        named,
    ]
