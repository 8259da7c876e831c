"""The IMDb top list and what is liked lately, held in memory for minutes: for viewers without a list of their own."""

import logging
import time
from collections.abc import Callable, Sequence

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.top import top_films
from chalicelib.recommendations.ranking.cold_start import with_recent

log = logging.getLogger(__name__)


def strangers_list(catalog: Catalog, lately_liked: Callable[[], Sequence[str]], size: int) -> Sequence[Film]:
    """At most `size` films for somebody of whom nothing is known, best first. Where what is liked lately cannot be
    read, the top list alone.

    Raises:
        CatalogUnavailableError: no list can be made without films.
    """
    top = top_films(catalog, size)
    try:
        ids = lately_liked()[:size]
    except Exception:
        log.exception("top list: without the likes of the last days")
        return top
    films = catalog.get_many(ids) if ids else {}
    return with_recent(top, [films[film_id] for film_id in ids if film_id in films])


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
