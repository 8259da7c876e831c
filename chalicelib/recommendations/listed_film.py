"""The film as a viewer's own list shows it: then it exists, whatever the catalogue's state."""

from chalicelib.feedback.model import KnownFilm
from chalicelib.recommendations.ports import RecommendationStore


def find_listed_film(store: RecommendationStore, user_id: str, film_id: str) -> KnownFilm | None:
    """What feedback copies of a film, from the user's published list; None when it is not in it."""
    held = store.read_page(user_id).list_
    for film in held.films if held else ():
        if film.film_id == film_id:
            return KnownFilm(title=film.title, title_ru=film.title_ru, title_en=film.title_en, year=film.year)
    return None
