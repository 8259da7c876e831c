"""How much a film resembles a taste by what it is."""

import pytest

from chalicelib.catalog.tfidf import cosine
from chalicelib.recommendations.ranking.content_similarity import (
    era_affinities,
    profile_of,
    rarity_of_traits,
    traits_of,
    vectors_of,
)
from tests.factories import film


def test_people_are_compared_by_their_part_and_extras_not_at_all() -> None:
    found = traits_of(film("A", genres=("Drama",), directors=("X",), actors=("X", "B", "C", "D", "E", "an extra")))
    assert found[:3] == ("Drama", "director X", "actor X")
    assert "actor an extra" not in found


def test_a_profile_is_the_mean_of_its_films_and_heavier_ones_count_more() -> None:
    drama, comedy = film("A", genres=("Drama",), year=1970), film("B", genres=("Comedy",), year=1990)
    profile = profile_of([(drama, 3.0), (comedy, 1.0)], rarity_of_traits([drama, comedy]))
    assert profile.traits == pytest.approx({"Drama": 0.75, "Comedy": 0.25})
    assert profile.years == ((1970, 0.75), (1990, 0.25))


def test_nothing_is_alike_when_nothing_is_liked() -> None:
    profile = profile_of([], {})
    assert (profile.traits, profile.years) == ({}, ())
    assert era_affinities(profile, [1970, None]) == {1970: 0, None: 0}


def test_a_year_fits_better_the_nearer_it_is_and_an_unknown_one_not_at_all() -> None:
    profile = profile_of([(film("A", year=1970), 1.0)], {})
    found = era_affinities(profile, [1970, 1975, 2010, None])
    assert 1 == found[1970] > found[1975] > found[2010] > found[None] == 0


def test_films_with_the_same_traits_have_the_same_vector_and_fit_a_taste_for_them() -> None:
    twins = [film("A", genres=("Drama",)), film("B", genres=("Drama",)), film("C", genres=("Horror",))]
    rarity = rarity_of_traits(twins)
    vectors = vectors_of(twins, rarity)
    profile = profile_of([(twins[0], 1.0)], rarity)
    by_title = {one.titles.main: cosine(profile.traits, vectors[one.film_id]) for one in twins}
    assert by_title == pytest.approx({"A": 1.0, "B": 1.0, "C": 0.0})
