"""What the command says of a film's place in a new ranking."""

from chalicelib.recommendations.ranking.candidates import collect
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.site_model import Similarities
from infra.operator.explain_anew import explanation_anew
from tests.factories import NOW, feedback, film, film_id, films
from tests.fakes import FakeCatalog


def explained(title: str) -> str:
    catalog = FakeCatalog([*films([f"Horror {n}" for n in range(9)], genres=("Horror",)), film("Odd", genres=("X",))])
    near = {
        film_id("Horror 1"): {film_id("Horror 5"): 0.4},
        film_id("Horror 2"): {film_id("Horror 5"): 0.1},
    }
    taste = taste_of([feedback("Horror 1"), feedback("Horror 2", rating="dislike")], NOW)
    candidates = collect(taste, catalog, lambda ids: Similarities(near={one: near[one] for one in ids if one in near}))
    return "\n".join(explanation_anew(taste, candidates, film_id(title)))


def test_evidence_for_and_against_is_named_when_the_film_has_both() -> None:
    said = explained("Horror 5")
    assert "stands at 1 of" in said
    assert said.index("Evidence for it") < said.index("Horror 1") < said.index("Evidence against it")
    assert "▸   1" in said


def test_a_rated_film_is_called_so_when_asked_for() -> None:
    assert "never come back" in explained("Horror 2")


def test_a_film_that_nothing_speaks_for_is_called_no_candidate_when_asked_for() -> None:
    assert "no candidate" in explained("Not in the catalogue")
