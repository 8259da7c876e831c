"""The letter: both forms say the same, nothing in it is fetched, and it carries its way out."""

import re
from html.parser import HTMLParser

import msgspec
import pytest

from chalicelib.language import Language
from chalicelib.weekly.choose import choose_films
from chalicelib.weekly.words import WORDS
from chalicelib.weekly.write import farewell, written
from tests.weekly_world import SITE, Weekly, ids

WAY_OUT = f"{SITE}v1/letters/unsubscribe?token=abc"


class Read(HTMLParser):
    """What a mail program would see: tags with attributes, and the text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "!doctype"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, "tags are nested as they have to be"

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("language", ["ru", "en"])
def test_text_and_html_say_the_same_and_fetch_nothing(language: Language) -> None:
    weekly = Weekly()
    held = msgspec.structs.replace(weekly.held(), language=language)
    films = choose_films(held, weekly.parts.shelves, weekly.world.now)
    letter = written(held.email, films, language, held.since, SITE, WAY_OUT)
    read = Read(letter.html)
    assert read.open == []
    for film in films:
        for said in (film.title, film.reason):
            assert said in letter.text
            assert said in read.text
        assert f"{SITE}#/film/{film.film_id}" in letter.text
    links = [of["href"] for tag, of in read.tags if tag == "a"]
    assert links == [f"{SITE}#/film/{one}" for one in ids("Film 0", "Film 1", "Film 2")] + [SITE, WAY_OUT]
    tags = {tag for tag, _ in read.tags}
    assert not tags & {"img", "link", "script", "iframe", "form"}, "nothing is fetched, nobody is counted"
    assert "url(" not in letter.html
    assert ("html", {"lang": language}) in read.tags
    assert sum(tag == "h1" for tag, _ in read.tags) == 1
    assert letter.subject == WORDS[language].subject
    assert bool(re.search(r"[а-я]", letter.text)) == (language == "ru")
    assert dict(letter.headers) == {
        "List-Unsubscribe": f"<{WAY_OUT}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def test_titles_and_the_models_words_are_text_and_not_html() -> None:
    weekly = Weekly()
    films = choose_films(weekly.held(), weekly.parts.shelves, weekly.world.now)
    evil = "</p><script src=//evil.example></script>"
    spoiled = [msgspec.structs.replace(film, title=f"A {evil}", reason=f'"{evil}') for film in films]
    letter = written("vera@example.com", spoiled, "en", weekly.world.now, SITE, WAY_OUT)
    read = Read(letter.html)
    assert "script" not in {tag for tag, _ in read.tags}
    assert read.text.count(evil) == 6


def test_a_film_without_year_genres_and_rating_is_named_all_the_same() -> None:
    weekly = Weekly()
    films = choose_films(weekly.held(), weekly.parts.shelves, weekly.world.now)
    bare = [msgspec.structs.replace(film, year=None, genres=(), imdb_rating=None) for film in films]
    assert "1. Film 0\n   " in written("a@b.example", bare, "en", weekly.world.now, SITE, WAY_OUT).text
    rated = [msgspec.structs.replace(film, imdb_rating=8.0, genres=("Drama",)) for film in films]
    assert "драма · оценка IMDb 8,0" in written("a@b.example", rated, "ru", weekly.world.now, SITE, WAY_OUT).text


def test_the_page_behind_the_link_has_one_button_until_it_is_done() -> None:
    asked, done = Read(farewell("ru", done=False, token="a-b_c")), Read(farewell("ru", done=True))
    (form,) = [of for tag, of in asked.tags if tag == "form"]
    assert form == {"method": "post", "action": "?token=a-b_c"}
    assert sum(tag == "button" for tag, _ in asked.tags) == 1
    assert not [tag for tag, _ in done.tags if tag in ("form", "button", "a")]
