"""What the rest of the house may ask of a catalogue, whatever holds it. One contract suite runs on every adapter."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from chalicelib.catalog.model import CatalogFacts, Film, FilmPage, FilmQuery


class Catalog(Protocol):
    """Film look-up and search. Every method may raise `CatalogUnavailableError`.

    A description is most of a film's text and no list needs it: `get` alone gives it, everywhere else it is None.
    """

    def search(self, query: FilmQuery) -> FilmPage:
        """Films that answer the query, best first. Raises `InvalidPositionError` for a position it never gave out."""

    def get(self, film_id: str) -> Film:
        """One film, with its description. Raises `FilmNotFoundError`."""

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        """The films held among these ids, by id; unknown ids are absent."""

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        """Retrieval for title matching: films whose folded titles resemble this one. Recall counts, order little."""

    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        """`find_by_title` for many titles in one round trip, an answer a title in order; with `exact` only films
        that have the very same title key."""

    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        """Films by their source's id or IMDb id (`tt…`), by the id given; unknown ids are absent."""

    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        """Films whose genres, people, era and words resemble these films', most alike first, these left out."""

    def top(self, limit: int = 100) -> list[Film]:
        """The best films by IMDb rating weighted by votes, best first."""

    def facts(self) -> CatalogFacts:
        """What is held, whether it may be shown or not."""

    def replace_all(self, films: Iterable[Film]) -> int:
        """Replaces the catalogue in one step (readers see the old or the new one). Returns how many films it holds.

        Single changes made while the films come in are newer than these, and stay.
        """

    def upsert(self, films: Iterable[Film]) -> int:
        """Adds or replaces single films; every reader sees it within 30 s. Returns how many. Of several changes of one
        film at the same moment one is the last, and none of different films is lost.

        Raises:
            CatalogChangedError: others kept changing the catalogue; none of these films is changed.
            TooManyChangesError: the catalogue takes no more changes right now; none of these films is changed.
        """

    def withdraw(self, film_ids: Iterable[str]) -> int:
        """Takes single films away, whether they are held or not, as `upsert` adds them. Returns how many."""

    def fold_changes(self) -> int:
        """Works single changes into the whole when there are many, where the adapter keeps them apart. Returns how many
        it was. May run twice, late, or die at any line: changes are not lost."""
