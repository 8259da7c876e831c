"""Two genres and some giants, and the ranked list that a taste gets of them."""

from collections.abc import Sequence

from chalicelib.catalog.model import Film
from chalicelib.recommendations.model import RankedFilm, Taste
from chalicelib.recommendations.ranking.candidates import FindSimilar, collect
from chalicelib.recommendations.ranking.more_like_this import fresh_steers, with_more_of_their_kind
from chalicelib.recommendations.ranking.scoring import rank
from chalicelib.recommendations.ranking.taste import without_steers
from chalicelib.recommendations.site_model import Similarities
from tests.factories import film, film_id, films
from tests.fakes import FakeCatalog


def learned(**pairs: dict[str, float]) -> FindSimilar:
    """Neighbours by title."""
    table = {film_id(a): {film_id(b): score for b, score in near.items()} for a, near in pairs.items()}

    def similar(film_ids: Sequence[str]) -> Similarities:
        return Similarities(near={film_id: table[film_id] for film_id in film_ids if film_id in table})

    return similar


def world() -> FakeCatalog:
    """Blockbusters nobody in particular loves, and two genres."""
    giants: list[Film] = films(
        [f"Giant {n}" for n in range(10)], imdb_votes=2_000_000, imdb_rating=9.0, genres=("War",)
    )
    horror = films([f"Horror {n}" for n in range(30)], imdb_votes=20_000, imdb_rating=6.5, genres=("Horror",))
    comedy = films([f"Comedy {n}" for n in range(30)], imdb_votes=20_000, imdb_rating=6.5, genres=("Comedy",))
    return FakeCatalog([*giants, *horror, *comedy, film("Odd", genres=("Musical",))])


def ranked(taste: Taste, catalog: FakeCatalog, similar: FindSimilar | None = None, limit: int = 20) -> list[RankedFilm]:
    candidates = collect(taste, catalog, similar or learned())
    page = rank(taste, candidates, 300)
    if steered := fresh_steers(taste, candidates):
        page = with_more_of_their_kind(page, rank(without_steers(taste), candidates, 300), steered, candidates)
    return page[:limit]
