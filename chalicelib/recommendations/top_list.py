"""The IMDb top list, held in memory for minutes: what viewers get who have no list of their own yet."""

import time
from collections.abc import Callable, Sequence

from chalicelib.catalog.model import CatalogUnavailableError, Film
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.top import top_films


class TopList:
    """The list as of at most `seconds` ago; an older one serves while the catalogue is away."""

    def __init__(
        self, catalog: Callable[[], Catalog], seconds: float, size: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.catalog = catalog
        self.seconds = seconds
        self.size = size
        self.clock = clock
        self.films: Sequence[Film] = ()
        self.read_at = float("-inf")

    def __call__(self) -> Sequence[Film]:
        """The films, best first. Raises `CatalogUnavailableError` only if there never was a list."""
        if self.clock() - self.read_at > self.seconds:
            try:
                self.films = top_films(self.catalog(), self.size)
            except CatalogUnavailableError:
                if not self.films:
                    raise
            self.read_at = self.clock()
        return self.films
