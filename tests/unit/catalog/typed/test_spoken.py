"""Which people are meant by what was typed."""

import pytest

from chalicelib.catalog.titles.normalize import words
from chalicelib.catalog.typed.spoken import alike, joined, keys_asked_for, keys_of_name, names_meant, people_meant

PEOPLE = ["Tom Hanks", "Colin Hanks", "Tom Hooper", "Emily Watson", "Emma Watson", "Leonardo DiCaprio", "Том Круз",
          "Andrei Tarkovsky", "Sean Watson", "Bruce Willis", "Orson Welles", "Анна Маньяни"]  # fmt: skip


def _meant(typed: str, *, sure: bool = False) -> list[str]:
    said = words(typed)
    own = {word for person in PEOPLE for word in words(person)}
    names = [alike(word, own) for word in said]
    return people_meant(PEOPLE, names, sure=sure)


@pytest.mark.parametrize(
    ("typed", "people"),
    [
        ("том хэнкс", ["tom hanks"]), ("хэнкс том", ["tom hanks"]), ("эмили уотсон", ["emily watson"]),
        ("эмма уотсон", ["emma watson"]), ("андрея тарковского", ["andrei tarkovsky"]), ("tom cruise", ["том круз"]),
        ("anna magnani", ["анна маньяни"]), ("леонардо дикаприо", ["leonardo dicaprio"]),
        ("emili uotson", []), ("том уотсон", []), ("хэнкс хэнкс", []),
    ],
)  # fmt: skip
def test_one_person_has_all_the_names_when_several_are_typed(typed: str, people: list[str]) -> None:
    assert _meant(typed) == people


def test_only_the_usual_writing_counts_when_it_must_be_sure() -> None:
    assert _meant("том хэнкс") == ["tom hanks"]
    assert _meant("андрей тарковский", sure=True) == ["andrei tarkovsky"]
    assert _meant("анна магнани", sure=True) == []


def test_the_names_most_like_it_are_meant_when_one_word_is_typed() -> None:
    own = {word for person in PEOPLE for word in words(person)}
    assert names_meant("уиллис", alike("уиллис", own)) == ["willis"]
    assert names_meant("хэнкс", alike("хэнкс", own)) == ["hanks"]
    assert names_meant("судьба", alike("судьба", own)) == []


@pytest.mark.parametrize("typed", ["хэнксом", "тарковского", "уотсон"])
def test_names_that_sound_alike_share_a_key(typed: str) -> None:
    name = {"хэнксом": "hanks", "тарковского": "tarkovsky", "уотсон": "watson"}[typed]
    assert keys_asked_for(typed) & keys_of_name(name)


def test_names_in_one_script_share_a_key_when_they_are_romanised_alike_only() -> None:
    assert keys_asked_for("tarkovskij") & keys_of_name("tarkovsky")
    assert not keys_asked_for("hanks") & keys_of_name("hunks")


def test_short_words_go_with_the_next_one_when_names_are_joined() -> None:
    assert joined(("леонардо", "ди", "каприо")) == ("леонардо", "дикаприо")
    assert joined(("де", "ниро")) == ("дениро",)
