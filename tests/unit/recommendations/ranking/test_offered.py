"""What the model may choose from."""

from chalicelib.recommendations.ranking.offered import for_model
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film_id
from tests.ranking_world import learned, ranked, world


def test_the_model_is_offered_several_grounds_when_similar_films_abound() -> None:
    near = {f"Comedy {number}": 0.5 - number / 100 for number in range(30)}
    taste = taste_of([feedback("Horror 3")], NOW)
    offered = for_model(ranked(taste, world(), learned(**{"Horror 3": near}), limit=70), taste, count=40)
    assert len(offered) == 40
    assert len({film.film.film_id for film in offered}) == 40
    assert {film.ground for film in offered} >= {"neighbour", "content"}
    assert film_id("Horror 3") not in {film.film.film_id for film in offered}
