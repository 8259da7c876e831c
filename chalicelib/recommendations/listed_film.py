"""The film as a viewer's own list shows it: then it exists, whatever the catalogue's state."""

from chalicelib.catalog.model import KnownFilm, part_of
from chalicelib.recommendations.ports import RecommendationStore


def find_listed_film(store: RecommendationStore, user_id: str, film_id: str) -> KnownFilm | None:
    """What feedback copies of a film, from the user's published list; None when it is not in it."""
    held = store.read_page(user_id).list_
    for film in held.films if held else ():
        if film.card.film_id == film_id:
            return part_of(KnownFilm, film.card)
    return None
