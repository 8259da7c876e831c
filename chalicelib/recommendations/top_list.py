"""The IMDb top list, with the best of the last years and what is liked lately, for viewers without a list of their own.

Held in memory for minutes.
"""

import logging
import time
from collections.abc import Callable, Sequence

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.top import newest_films, top_films
from chalicelib.recommendations.ranking.cold_start import NEWEST_EVERY, RECENT_EVERY, with_places_for

log = logging.getLogger(__name__)


def strangers_list(catalog: Catalog, lately_liked: Callable[[], Sequence[str]], size: int) -> Sequence[Film]:
    """At most `size` films for somebody of whom nothing is known, best first: the top list, which reaches to the
    catalogue's newest films. Where what is liked lately cannot be read, that alone.

    Raises:
        CatalogUnavailableError: no list can be made without films.
    """
    best = top_films(catalog, size)
    top = with_places_for(newest_films(catalog, size // NEWEST_EVERY), best, NEWEST_EVERY)
    try:
        ids = lately_liked()[:size]
    except Exception:
        log.exception("top list: without the likes of the last days")
        return top
    films = catalog.get_many(ids) if ids else {}
    return with_places_for([films[film_id] for film_id in ids if film_id in films], top, RECENT_EVERY)


class TopList:
    """The list as of at most `seconds` ago; an older one serves while the catalogue is away."""

    def __init__(
        self,
        catalog: Callable[[], Catalog],
        lately_liked: Callable[[], Sequence[str]],
        seconds: float,
        size: int,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.catalog = catalog
        self.lately_liked = lately_liked
        self.seconds = seconds
        self.size = size
        self.clock = clock
        self.films: Sequence[Film] = ()
        self.read_at = float("-inf")

    def __call__(self) -> Sequence[Film]:
        """The films, best first. Raises `CatalogUnavailableError` only if there never was a list."""
        if self.clock() - self.read_at > self.seconds:
            try:
                self.films = strangers_list(self.catalog(), self.lately_liked, self.size)
            except CatalogUnavailableError:
                if not self.films:
                    raise
            self.read_at = self.clock()
        return self.films
