"""Which films a letter is about: the best of the viewer's own list that may be shown today."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.feedback.model import FeedbackStore
from chalicelib.outcomes.list_version import number_of
from chalicelib.recommendations.home import STRANGERS, HomeFilm, Narrowing, home_page
from chalicelib.recommendations.ports import RecommendationStore
from chalicelib.weekly.model import FILMS, Subscriber

LOOKED_AT = 100  # places of the list
AMONG = 12  # of the best that are new: the tenth place is still a good one, the fiftieth is not


class Shelves(NamedTuple):
    """Where films come from."""

    lists: RecommendationStore
    feedback: FeedbackStore
    catalog: Callable[[], Catalog]


def choose_films(held: Subscriber, shelves: Shelves, now: datetime) -> Sequence[HomeFilm]:
    """Three films as the home page would show them, without those of the last letters, each for the sake of another
    liked film where there are such among the first; fewer are none. Nobody without a list of their own gets a letter:
    what everybody likes is no reason to write to somebody."""
    narrowing = Narrowing(age_limit=held.age_limit, region=held.region)
    page = home_page(
        shelves.lists,
        shelves.feedback,
        lambda: (),
        held.user_id,
        held.language,
        LOOKED_AT,
        None,
        now,
        narrowing,
        shown_to(shelves.catalog(), held.age_limit, held.region),
    )
    if number_of(page.list_version) == STRANGERS:
        return ()
    fresh = [film for film in page.films if film.film_id not in held.films]
    return _varied(fresh[:AMONG], fresh) if len(fresh) >= FILMS else ()


def _varied(first: Sequence[HomeFilm], fresh: Sequence[HomeFilm]) -> Sequence[HomeFilm]:
    """The best of each first cause, then whatever comes next; in the list's order."""
    by_cause: dict[str, HomeFilm] = {}
    for film in first:
        by_cause.setdefault(film.because[0] if film.because else film.film_id, film)
    chosen = list(by_cause.values())[:FILMS]
    chosen += [film for film in fresh if film not in chosen][: FILMS - len(chosen)]
    return sorted(chosen, key=lambda film: film.place)
