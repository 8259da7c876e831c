"""The product's own title matcher over films in memory: joins tables that know a film by its name and year only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.aliases import keys_of, lookup_keys, raw_key
from chalicelib.catalog.titles.match import YEARS_APART_MAX, Match, decide
from chalicelib.catalog.titles.mentions import Reading
from chalicelib.catalog.titles.normalize import title_key

LETTERS_APART_MAX = 2  # what the matcher bears at most
NEAR_KEY_LETTERS_MIN = 5


class TitleIndex:
    """Films by every key of every name, and by year."""

    def __init__(self, films: Iterable[Film]) -> None:
        self._by_key: defaultdict[str, list[Film]] = defaultdict(list)
        self._by_year: defaultdict[int | None, dict[str, list[Film]]] = defaultdict(dict)
        for film in films:
            for key in keys_of(film):
                self._by_key[key].append(film)
                self._by_year[film.year].setdefault(key, []).append(film)

    def match(self, names: Sequence[str], year: int) -> Match:
        """The one film that goes by one of `names`, the first counting most, and is of `year` or the year beside it."""
        readings = [Reading(name, year, tuple(n for n in names if n != name)) for name in names]
        match = decide([(reading, self._titled(reading.title)) for reading in readings], exact=True)
        if match.how != "none":
            return match
        return decide([(reading, self._near(reading.title, year)) for reading in readings], exact=False)

    def _titled(self, title: str) -> list[Film]:
        found = {film.film_id: film for key in lookup_keys(title) for film in self._by_key.get(key, ())}
        return list(found.values())

    def _near(self, title: str, year: int) -> list[Film]:
        found: dict[str, Film] = {}
        for key in {title_key(title), raw_key(title)}:
            if len(key) < NEAR_KEY_LETTERS_MIN:
                continue
            for beside in range(year - YEARS_APART_MAX, year + YEARS_APART_MAX + 1):
                held = self._by_year.get(beside, {})
                hits = process.extract(
                    key, held.keys(), scorer=OSA.distance, score_cutoff=LETTERS_APART_MAX, limit=None
                )
                found |= {film.film_id: film for near, _, _ in hits for film in held[near]}
        return list(found.values())
