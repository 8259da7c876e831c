"""What the command says of a film's place in a new ranking."""

from collections.abc import Sequence

from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.site_model import Similarities
from infra.operator.explain_anew import explanation_anew
from tests.factories import NOW, feedback, film, film_id, films
from tests.fakes import FakeCatalog


def explained(title: str) -> str:
    new = film("Brand new", genres=("Horror",), added_at=NOW)
    horror = films([f"Horror {n}" for n in range(9)], genres=("Horror",))
    catalog = FakeCatalog([*horror, film("Odd", genres=("X",)), new])
    near = {
        film_id("Horror 1"): {film_id("Horror 5"): 0.4},
        film_id("Horror 2"): {film_id("Horror 5"): 0.1},
    }
    taste = taste_of([feedback("Horror 1"), feedback("Horror 2", rating="dislike")], NOW)

    def learned(ids: Sequence[str]) -> Similarities:
        return Similarities(near={one: near[one] for one in ids if one in near}, likes_of=lambda _: 2)

    return "\n".join(explanation_anew(taste, collect(taste, catalog, learned), film_id(title)))


def test_evidence_for_and_against_is_named_when_the_film_has_both() -> None:
    said = explained("Horror 5")
    assert "stands at 1 of" in said
    assert said.index("Evidence for it") < said.index("Horror 1") < said.index("Evidence against it")
    assert "▸   1" in said


def test_a_film_with_few_likes_is_called_a_premiere() -> None:
    assert "a premiere with 2 likes" in explained("Brand new")
    assert "premiere" not in explained("Horror 5")


def test_a_rated_film_is_called_so_when_asked_for() -> None:
    assert "never come back" in explained("Horror 2")


def test_a_film_that_nothing_speaks_for_is_called_no_candidate_when_asked_for() -> None:
    assert "no candidate" in explained("Not in the catalogue")
