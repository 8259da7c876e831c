"""What a viewer's own list tells: a film that it shows exists, whatever the catalogue's state."""

from chalicelib.catalog.model import KnownFilm, part_of
from chalicelib.feedback.model import Listed
from chalicelib.recommendations.ports import RecommendationStore


def find_listed_film(store: RecommendationStore, user_id: str, film_id: str) -> Listed:
    """What feedback copies of a film, from the user's published list, and how much feedback that was made from."""
    held = store.read_page(user_id).list_
    for film in held.films if held else ():
        if film.card.film_id == film_id:
            return Listed(part_of(KnownFilm, film.card), held.judged if held else 0)
    return Listed(None, held.judged if held else 0)
