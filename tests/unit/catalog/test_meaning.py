"""The nearest vectors are those of the greatest cosine; what is embedded of a film is what it is about."""

import math
import random

import msgspec
import pytest

from chalicelib.catalog import meaning
from chalicelib.catalog.meaning import FilmVectors, Nearest, Spent, Vector, digest_of, film_text, in_bytes, with_new
from tests.factories import film


def _cosine(one: list[float], other: list[float]) -> float:
    return sum(map(float.__mul__, one, other)) / math.hypot(*one) / math.hypot(*other)


@pytest.mark.parametrize("components", [60, 384])
def test_the_nearest_are_those_of_the_greatest_cosine(components: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(meaning, "LOOKED_AT_CLOSELY", 100)  # of a thousand: the signs have to tell
    chance = random.Random(components)
    common = [chance.gauss(0.0, 1.0) for _ in range(components)]  # real models' vectors all lean one way
    made = {f"f{n}": [chance.gauss(5 * lean, 1.0) for lean in common] for n in range(1_000)}
    held = with_new(FilmVectors(), "m", {name: (digest_of(name), in_bytes(one)) for name, one in made.items()}, Spent())
    nearest = Nearest(msgspec.msgpack.decode(msgspec.msgpack.encode(held), type=FilmVectors))
    for asked in ("f1", "f500"):
        text = [value + chance.gauss(0.0, 0.8) for value in made[asked]]
        found = nearest(Vector("m", in_bytes(text)), 10)
        best = sorted(made, key=lambda name: -_cosine(text, made[name]))[:10]
        assert found[0] == asked
        assert len(set(found) & set(best)) >= 5


def test_a_vector_without_length_and_one_of_another_length_do_no_harm() -> None:
    new = {"none": (digest_of(""), in_bytes([0.0, 0.0])), "odd": (digest_of(""), in_bytes([1.0])),
           "one": (digest_of(""), in_bytes([-3.0, 4.0]))}  # fmt: skip
    held = with_new(FilmVectors(), "m", new, Spent())
    assert held.films == ("none", "one")
    assert Nearest(held)(Vector("m", in_bytes([-1.0, 1.0])), 5) == ["one"], "what has no length is near nothing"


def test_a_byte_holds_a_component_by_the_longest() -> None:
    assert list(memoryview(in_bytes([0.5, -1.0, 0.25, 0.0])).cast("b")) == [64, -127, 32, 0]


def test_what_is_embedded_is_what_a_film_is_called_and_about() -> None:
    made = film("Jaws", title_ru="Челюсти", year=1975, genres=("Horror", "Thriller"), directors=("Steven Spielberg",))
    assert film_text(made) == "Jaws / Челюсти. Horror, Thriller."
    told = msgspec.structs.replace(made, genres=(), description="Акула " * 200)
    assert film_text(told).startswith("Jaws / Челюсти. Акула Акула")
    assert len(film_text(told)) < 450
