"""What is shown to people hides nothing and leads nowhere, however it is written."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.plain_text import has_marks, hides_something, leads_elsewhere

NAMES = ("Вера", "Анна-Мария О'Нил", "Jürgen", "Zoë", "Nguyễn Thị Ánh", "李小龙",
         "محمد", "राम", "می‌خواهم", "J.R.R. Tolkien",
         "Dr.House", "Vera 1984", "Ёлка", "שָׁלוֹם")  # fmt: skip
DIRECTIONS = "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c"
UNSEEN = "\u200b\u2060\ufeff\u00ad\u034f\u115f\u3164\u2800\u2028\u2029\u0000\x1b\ue000\U000e0041"
WORDS = st.text("абвгдежзийклмн ", min_size=1, max_size=20)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_whatever_alphabet_is_plain(name: str) -> None:
    for form in ("NFC", "NFD"):
        assert not hides_something(unicodedata.normalize(form, name))
    assert not leads_elsewhere(name)


@settings(max_examples=1_000, deadline=None)
@given(WORDS, st.sampled_from(DIRECTIONS + UNSEEN), WORDS)
def test_what_cannot_be_seen_is_found_wherever_it_stands(before: str, sign: str, after: str) -> None:
    for text in (before + sign + after, sign + after, before + sign):
        assert hides_something(text)


@settings(max_examples=1_000, deadline=None)
@given(st.sampled_from("аzш1 "), st.lists(st.sampled_from("\u0300\u0336\u0489\u20dd\u0e47"), min_size=4, max_size=40))
def test_a_tower_of_marks_is_found(base: str, marks: list[str]) -> None:
    assert hides_something(f"Кино{base}{''.join(marks)} хорошее")
    assert has_marks(f"Кино{base}{''.join(marks)} хорошее")


@pytest.mark.parametrize("word", ["tеlegram", "Веrа", "раypаl", "Αnna", "ｔеlegram"])
def test_letters_of_two_alphabets_in_one_word_are_found(word: str) -> None:
    assert hides_something(word)


def test_letters_that_are_struck_out_or_enclosed_are_found() -> None:
    for mark in "\u0336\u0338\u20dd\u20e3":
        assert hides_something("".join(letter + mark for letter in "Вера"))


@pytest.mark.parametrize("word", ["IMAX-версия", "3D-шоу", "фильм Tron", "x-люди"])
def test_words_of_two_alphabets_side_by_side_are_plain(word: str) -> None:
    assert not hides_something(word)


PLACES = ("t.me/kino", "t . me / kino", "kino.ru", "www.kino", "https://x", "ftp:/x", "a.b/c", "kino точка ру",
          "vera@example", "vera＠example", "vera (at) example", "vera [ собака ] почта", "vera at example dot com",
          "8 (900) 123-45-67", "+7·900·1234567", "8/900/123/45/67",
          "8-1999-2000", "1999-2000-77", "８９００１２３４５６７", "①②③④⑤⑥⑦", "٠١٢٣٤٥٦")  # fmt: skip


@settings(max_examples=1_000, deadline=None)
@given(WORDS, st.sampled_from(PLACES), WORDS)
def test_a_way_elsewhere_is_found_wherever_it_stands(before: str, place: str, after: str) -> None:
    assert leads_elsewhere(f"{before} {place} {after}")


@settings(max_examples=1_000, deadline=None)
@given(st.text(max_size=300))
def test_no_text_is_too_odd_to_be_looked_at(text: str) -> None:
    for ask in (hides_something, leads_elsewhere, has_marks):
        assert ask(text) in (True, False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Как «Сталкер» 1979 года: тихо и страшно.",
        "8 из 10, 2 часа 15 минут.",
        "Трилогия 1977–1983 годов.",
        "From 1946-1947.",
    ],
)
def test_a_sentence_about_films_is_plain(sentence: str) -> None:
    assert not leads_elsewhere(sentence)
    assert not hides_something(sentence)
    assert not has_marks(sentence)
