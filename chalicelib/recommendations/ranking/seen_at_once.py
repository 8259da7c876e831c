"""What a viewer has just said is seen where they look: in the large film and the first row. Pure.

Weights move a long history little: of 300 MovieLens viewers every fourth had fewer than two new films among the first
ten after a like. So a new list is held against the one that the viewer sees, and what a word lacks to be seen is moved
up from further down. "More like this" and "less like this" bind until five newer words have been said; a like, until
the next word.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from chalicelib.catalog.model import Film, FilmCard
from chalicelib.recommendations.model import RankedFilm, StoredList, Taste, TasteFilm
from chalicelib.recommendations.ranking.diversity import is_crowded
from chalicelib.recommendations.ranking.more_like_this import mostly_shares_genres, shares_genre

FIRST_ROW = 10  # the large film and the best nine of the row below it (`web/page/rows.js`)
CHANGED = 2  # of them, at least
WORDS_BINDING = 5

type Kin = Callable[[FilmCard], bool]


def answering(
    page: Sequence[RankedFilm], held: StoredList, taste: Taste, known: Mapping[str, Film], most_alike: int
) -> list[RankedFilm]:
    """`page` so that the words newer than the list `held` are seen in it, and those before them still are. `known` are
    the rated films; `most_alike` is how many films of one series or director the first page may hold."""
    seen = [one for one in held.films if one.card.film_id not in taste.rated][:FIRST_ROW]
    cards = [one.card for one in seen]
    excluded, steered = ({film.film_id for film in kind} for kind in (taste.excluded, taste.steered))
    words = [word for word in _newest(taste) if word.film_id in known]
    row = _FirstRow(page, most_alike)
    barred = [known[word.film_id] for word in words if word.film_id in excluded]
    for word in reversed(words):
        film, is_new, is_last = known[word.film_id], _is_newer(word, held.read_at), word is words[0]
        more = CHANGED if is_new else 0
        if word.film_id in excluded:
            row.hold_back(_kin_of(film), max(0, sum(map(_kin_of(film), cards)) - more))
        elif word.film_id in steered:
            row.hold(_kin_of(film), sum(map(_kin_of(film), cards)) + more, leads=is_last)
        elif is_last and is_new:
            row.renew({card.film_id for card in cards}, word, film, barred)
        elif is_last:
            row.keep({one.card.film_id for one in seen if one.why and one.why.promised})
    return row.films


class _FirstRow:
    """The list while it is put in order."""

    def __init__(self, page: Sequence[RankedFilm], most_alike: int) -> None:
        self.films, self._most = list(page), most_alike

    def hold_back(self, is_kin: Kin, allowed: int) -> None:
        """At most so many of the kind among the first ten, and none of them large."""
        self._raise(self._count(is_kin) - allowed, lambda one: not is_kin(one.film), lambda one: is_kin(one.film))
        self._lead(lambda film: not is_kin(film))

    def hold(self, is_kin: Kin, wanted: int, *, leads: bool) -> None:
        """At least so many of the kind among the first ten, and one of them large if it `leads`."""
        self._raise(wanted - self._count(is_kin), lambda one: is_kin(one.film), lambda one: not is_kin(one.film))
        if leads:
            self._lead(is_kin)

    def renew(self, seen: set[str], word: TasteFilm, film: Film, barred: Sequence[Film]) -> None:
        """At least two of the first ten were not seen there: films that the liked one brings."""
        new = self._count(lambda one: one.film_id not in seen)
        self._raise(
            CHANGED - new,
            lambda one: (
                one.film.film_id not in seen
                and not mostly_shares_genres(one.film, barred)
                and (word.film_id in one.because or shares_genre(one.film, [film]))
            ),
            lambda one: one.film.film_id in seen,
        )

    def keep(self, raised: set[str]) -> None:
        """What was moved up before still is."""
        missing = raised - {one.film.film_id for one in self.films[:FIRST_ROW]}
        self._raise(len(missing), lambda one: one.film.film_id in missing, lambda one: one.film.film_id not in raised)

    def _count(self, is_kin: Kin) -> int:
        return sum(is_kin(one.film) for one in self.films[:FIRST_ROW])

    def _lead(self, is_wanted: Kin) -> None:
        place = next((place for place, one in enumerate(self.films[:FIRST_ROW]) if is_wanted(one.film)), 0)
        self.films.insert(0, self.films.pop(place))

    def _raise(self, count: int, rises: Callable[[RankedFilm], bool], falls: Callable[[RankedFilm], bool]) -> None:
        """The next `count` films that rise get the places of the last of the first ten that fall. No surprise rises,
        nothing that the taste refuses, and nothing that crowds the first page."""
        films = self.films
        free = [place for place in reversed(range(min(FIRST_ROW, len(films)))) if falls(films[place])]
        for place in range(FIRST_ROW, len(films)):
            if count <= 0 or not free:
                return
            one = films[place]
            if one.ground == "surprise" or one.is_refused or not rises(one):
                continue
            if is_crowded(films, place, free[0], self._most):
                continue
            why = msgspec.structs.replace(one.why, promised=True) if one.why else None
            films[place], films[free[0]] = films[free[0]], msgspec.structs.replace(one, why=why)
            free.pop(0)
            count -= 1


def _newest(taste: Taste) -> list[TasteFilm]:
    """The films of the last words, the newest first; of one moment, the heaviest."""
    said = (*taste.liked, *taste.steered, *taste.excluded)
    return sorted(said, key=lambda film: (film.rated_at, film.weight), reverse=True)[:WORDS_BINDING]


def _is_newer(word: TasteFilm, moment: datetime) -> bool:
    return word.rated_at > moment


def _kin_of(film: Film) -> Kin:
    return lambda one: mostly_shares_genres(one, [film])
