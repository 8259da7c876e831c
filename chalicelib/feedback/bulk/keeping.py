"""The second half of an import: the words of a part become feedback, viewer by viewer.

May die at any line and begin anew: what is held already is what the same words come to. What somebody says here
meanwhile stays; of two words on a film the later one counts, wherever it was said.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import batched
from typing import NamedTuple

from chalicelib.catalog.imports import RowError
from chalicelib.catalog.model import Film, KnownFilm, part_of
from chalicelib.compare_and_swap import Attempts
from chalicelib.feedback.bulk.merging import Said, said_by, said_of, together
from chalicelib.feedback.bulk.rows import Word
from chalicelib.feedback.model import Feedback, FeedbackChangedError, FeedbackStore
from chalicelib.language import Language

ATTEMPTS = 3  # as for a click: two on one film at once are rare
AT_ONCE = 8  # viewers' rows that are under way beside each other: some 5,000 rows a second
TOGETHER = 200  # rows that are written behind one look at what is held: eight full batches
VIEWERS_AT_ONCE = 100  # BatchGetItem takes no more
FILMS_AT_ONCE = 500

type HeldFilms = Callable[[Sequence[str]], Mapping[str, Film]]
type Erased = Callable[[Sequence[str]], set[str]]
"""Those of these users (at most 100) who have had everything of theirs deleted."""


class OutOfTimeError(Exception):
    """The worker's time is over before the part is kept."""


class Keeper(NamedTuple):
    """What words are kept with. `most` items one viewer may have; `has_time` says whether more may be begun."""

    feedback: FeedbackStore
    films: HeldFilms
    erased: Erased
    language: Language
    most: int
    clock: Callable[[], datetime]
    has_time: Callable[[], bool]


class Kept(NamedTuple):
    """What became of a part. The rows that `left_out` names made sense, and are not kept."""

    rows: int
    left_out: tuple[RowError, ...]


def keep(keeper: Keeper, words: Iterable[Word]) -> Kept:
    """Keeps all of these, which are all words of their viewers in the file.

    Raises:
        OutOfTimeError: some are kept; begin anew.
        UnavailableError, FeedbackChangedError: some are kept; begin anew later.
    """
    by_user: dict[str, list[Word]] = {}
    for word in words:
        by_user.setdefault(word.user_id, []).append(word)
    films = _films(keeper.films, {word.film_id for some in by_user.values() for word in some})
    left_out: list[RowError] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for window in batched(_together(by_user), AT_ONCE, strict=False):
            if not keeper.has_time():
                raise OutOfTimeError
            for some in pool.map(lambda group: _keep_some(keeper, films, group), window):
                left_out += some
    rows = sum(len(some) for some in by_user.values())
    return Kept(rows, tuple(sorted(left_out, key=lambda one: one.row)))


def _films(held: HeldFilms, film_ids: Iterable[str]) -> Mapping[str, KnownFilm]:
    return {
        film_id: part_of(KnownFilm, film)
        for some in batched(film_ids, FILMS_AT_ONCE, strict=False)
        for film_id, film in held(some).items()
    }


def _together(by_user: Mapping[str, list[Word]]) -> Iterator[Mapping[str, list[Word]]]:
    """Viewers whose rows fill some batches."""
    group: dict[str, list[Word]] = {}
    rows = 0
    for user_id, words in by_user.items():
        group[user_id] = words
        rows += len(words)
        if rows >= TOGETHER or len(group) == VIEWERS_AT_ONCE:
            yield group
            group, rows = {}, 0
    if group:
        yield group


def _keep_some(keeper: Keeper, films: Mapping[str, KnownFilm], group: Mapping[str, list[Word]]) -> list[RowError]:
    """Viewers of whom nothing is held get theirs in batches, together; who has spoken, item by item."""
    erased = keeper.erased(list(group))
    left_out: list[RowError] = []
    first: list[tuple[str, Feedback]] = []
    for user_id, words in group.items():
        if user_id in erased:
            left_out += [RowError(word.row, "viewer", "Everything of this viewer was deleted.") for word in words]
            continue
        known = [word for word in words if word.film_id in films]
        held = {item.film_id: item for item in keeper.feedback.list_all(user_id)}
        said, beyond = _with_room(said_by(known), held, keeper.most)
        left_out += _without_film(words, films) + _beyond(known, beyond, keeper.most)
        items = _changed(keeper, films, said, held)
        if held:
            for item in items:
                _keep_one(keeper, user_id, item, said[item.film_id], held.get(item.film_id))
        else:
            first += [(user_id, item) for item in items]
    keeper.feedback.put_new(first)
    return left_out


def _with_room(
    said: Mapping[str, Said], held: Mapping[str, Feedback], most: int
) -> tuple[Mapping[str, Said], set[str]]:
    """What there is room for, the latest first, and the films of the rest."""
    new = sorted((film for film in said if film not in held), key=lambda film: (said[film].at, film), reverse=True)
    beyond = set(new[max(0, most - len(held)) :])
    return {film: one for film, one in said.items() if film not in beyond}, beyond


def _without_film(words: Sequence[Word], films: Mapping[str, KnownFilm]) -> list[RowError]:
    gone = "The catalogue has this film no longer."
    return [RowError(word.row, "film", gone) for word in words if word.film_id not in films]


def _beyond(words: Sequence[Word], films: set[str], most: int) -> list[RowError]:
    full = f"One viewer judges {most:,} films at the most."
    return [RowError(word.row, "viewer", full) for word in words if word.film_id in films]


def _changed(
    keeper: Keeper, films: Mapping[str, KnownFilm], said: Mapping[str, Said], held: Mapping[str, Feedback]
) -> list[Feedback]:
    """The items that are to be stored, and no other: stored one after the other in the order of their words."""
    whole = {
        film_id: together(said_of(held[film_id]), one) if film_id in held else one for film_id, one in said.items()
    }
    changed = [one for one in whole if one not in held or whole[one] != said_of(held[one])._replace(
        implied=whole[one].implied)]  # fmt: skip
    changed.sort(key=lambda film_id: (whole[film_id].at, film_id))
    now = keeper.clock()
    return [
        _item(
            films[film_id],
            whole[film_id],
            keeper.language,
            now - timedelta(microseconds=len(changed) - place),
            held.get(film_id),
        )
        for place, film_id in enumerate(changed)
    ]


def _keep_one(keeper: Keeper, user_id: str, item: Feedback, said: Said, held: Feedback | None) -> None:
    """Stores it in place of what was read; is that no longer there, what both come to now."""
    attempts = Attempts(ATTEMPTS, FeedbackChangedError)
    while True:
        with attempts:
            try:
                keeper.feedback.put(user_id, item, replaces=held)
                return
            except FeedbackChangedError:
                held = keeper.feedback.find(user_id, item.film_id)
                if held is not None:
                    whole = together(said_of(held), said)
                    if whole._replace(implied=False) == said_of(held):
                        return
                    item = _item(item, whole, keeper.language, keeper.clock(), held)
                raise


def _item(film: KnownFilm, said: Said, language: Language, moment: datetime, held: Feedback | None) -> Feedback:
    saved_at = ((held and held.saved_at) or said.at) if said.saved else None
    return part_of(Feedback, film, rating=said.rating, steer=said.steer, language=language,
                   updated_at=moment, rated_at=said.at, saved_at=saved_at, unconfirmed=False,
                   imported=True)  # fmt: skip
