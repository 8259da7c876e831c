"""How Russian writes names: the usual writing is less odd than another name's."""

import time

import pytest

from chalicelib.catalog.typed.transcription import FAR, LETTERS_MAX, ODDNESS_MAX, bare, consonants_of, oddness


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("хэнкс", "hanks"), ("хэнксом", "hanks"), ("тарковского", "tarkovsky"), ("тарковский", "tarkovskij"),
        ("питт", "pitt"), ("уиллис", "willis"), ("кейдж", "cage"), ("скорсезе", "scorsese"), ("хичкок", "hitchcock"),
        ("шварценеггер", "schwarzenegger"), ("макконахи", "mcconaughey"), ("найтли", "knightley"), ("вон", "vaughn"),
        ("беллуччи", "bellucci"), ("альмодовар", "almodovar"), ("депардье", "depardieu"), ("миядзаки", "miyazaki"),
        ("куросавы", "kurosawa"), ("рязанов", "ryazanov"), ("данелия", "daneliya"), ("эйзенштейн", "eisenstein"),
        ("майкл", "michael"), ("джеймс", "james"), ("жан", "jean"), ("кесьлевский", "kieslowski"),
    ],
)  # fmt: skip
def test_a_name_is_told_by_its_sound_in_both_directions(typed: str, name: str) -> None:
    assert oddness(typed, name) <= ODDNESS_MAX
    assert oddness(name, typed) <= ODDNESS_MAX
    assert (consonants_of(typed) | consonants_of(bare(typed))) & consonants_of(name)


@pytest.mark.parametrize(
    ("typed", "name", "other"),
    [("уиллис", "willis", "wallace"), ("питт", "pitt", "patty"), ("кейн", "caine", "keen"), ("форд", "ford", "farida")],
)
def test_the_usual_writing_is_the_likeliest_when_names_have_the_same_consonants(
    typed: str, name: str, other: str
) -> None:
    assert oddness(typed, name) < oddness(typed, other)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("холоп", "help"),
        ("судьбы", "dredd"),
        ("матрица", "matthews"),
        ("hanks", "banks"),
        ("хэнкс", "hanksx"),
        ("", "a"),
        ("кикики", "kakaka"),
    ],
)
def test_another_name_is_far_when_it_sounds_otherwise(typed: str, name: str) -> None:
    assert oddness(typed, name) == FAR


@pytest.mark.parametrize(
    ("word", "stem"),
    [("тарковского", "тарковск"), ("хэнксом", "хэнкс"), ("питта", "питт"), ("гайдай", "гайдай"), ("ли", "ли")],
)
def test_an_ending_is_taken_off_when_a_consonant_is_left(word: str, stem: str) -> None:
    assert bare(word) == stem


def test_no_work_is_spent_when_a_word_is_too_long_for_a_name() -> None:
    began = time.process_time()
    assert oddness("ж" * 200, "ch" * 100) == FAR
    assert consonants_of("ch" * LETTERS_MAX) == frozenset()
    assert len(consonants_of("ch" * (LETTERS_MAX // 2))) < 100
    assert time.process_time() - began < 0.5
