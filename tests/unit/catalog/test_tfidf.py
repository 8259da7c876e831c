"""The one TF-IDF: of the catalogue's "similar" and of the ranking's content."""

import math

import pytest

from chalicelib.catalog.tfidf import cosine, rarity_of, unit_vector


def test_a_trait_tells_more_when_fewer_films_have_it() -> None:
    rarity = rarity_of([("Drama",), ("Drama", "Western"), ("Drama",), ()])
    assert rarity == pytest.approx({"Drama": math.log(1 + 4 / 3), "Western": math.log(5)})


def test_a_vector_has_length_one_when_any_trait_tells_something() -> None:
    vector = unit_vector(("Drama", "Western"), {"Drama": 3.0, "Western": 4.0})
    assert vector == pytest.approx({"Drama": 0.6, "Western": 0.8})
    assert unit_vector((), {"Drama": 1.0}) == {}


def test_an_unknown_trait_weighs_nothing_unless_told_otherwise() -> None:
    assert unit_vector(("Drama",), {}) == {}
    assert unit_vector(("Drama",), {}, unknown=1.0) == {"Drama": 1.0}


def test_likeness_is_one_for_the_same_traits_and_none_when_nothing_is_shared() -> None:
    rarity = {"Drama": 1.0, "Western": 2.0, "Horror": 2.0}
    western = unit_vector(("Drama", "Western"), rarity)
    assert cosine(western, western) == pytest.approx(1.0)
    assert cosine(western, unit_vector(("Horror",), rarity)) == 0.0
    assert cosine(western, {}) == 0.0
    assert cosine(western, unit_vector(("Western",), rarity)) > cosine(western, unit_vector(("Drama",), rarity)) > 0
