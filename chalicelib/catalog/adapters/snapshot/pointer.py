"""What names the snapshot that counts, with the films changed since it was built. Pure.

Both lie in one small document, so that they are read and replaced together: a reader never sees a snapshot with the
changes of another one, and whoever has lost a race to write it starts over from what the winner wrote.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from chalicelib.catalog.adapters.snapshot.formats import FORMAT, WITHOUT_NUMBER
from chalicelib.catalog.model import Film

FOLD_CHANGES = 250  # from here on a new snapshot is built: a reader takes 0.1 s of a processor for so many
FOLD_BYTES = 2**20  # or from here on: each change sends all of them again
CHANGES_MAX, BYTES_MAX = 2_000, 8 * 2**20  # beyond, changes are refused until somebody has folded them in

WITHDRAWN = b"null"


class Change(msgspec.Struct, frozen=True):
    """One film as it is since the snapshot was built. `number` grows by one with each change, and never starts anew."""

    number: int
    film_id: str
    film: msgspec.Raw  # its document (`flat_fields.document_of`), copied as it is; `null`: withdrawn

    @property
    def document(self) -> bytes | None:
        """The film's document; None when it is withdrawn."""
        raw = bytes(self.film)
        return None if raw == WITHDRAWN else raw


class Pointer(msgspec.Struct, frozen=True):
    """The content of `current.v3.json`, and of `current.v2.json` before. 0.1 wrote the first two fields alone.

    `generation` grows by one with each new snapshot: the same file may count a second time.
    """

    sha256: str  # names the snapshot
    films: int  # in the snapshot
    generation: int = 0
    last_change: int = 0
    changes: tuple[Change, ...] = ()  # one a film, oldest first
    format: int = WITHOUT_NUMBER  # of the snapshot; 0.1 and 0.2 do not say theirs
    loaded_at: datetime | None = None  # when this snapshot was put in place; 0.1 and 0.2 do not say


class Held(NamedTuple):
    """A pointer as it was read; `tag` is what a conditional write compares. None: an earlier format's, and what is
    written in its place must be the first of ours."""

    pointer: Pointer
    tag: str | None


type Documents = Mapping[str, bytes | None]
"""Films by id, as `Change.document` has them."""

_pointer = msgspec.json.Decoder(Pointer)


def read_pointer(raw: bytes) -> Pointer:
    """The pointer that this or any earlier version wrote."""
    return _pointer.decode(raw)


def changed(pointer: Pointer, documents: Documents) -> Pointer:
    """The same snapshot with these changes as the newest."""
    kept = tuple(change for change in pointer.changes if change.film_id not in documents)
    made = tuple(
        Change(number, film_id, msgspec.Raw(WITHDRAWN if film is None else film))
        for number, (film_id, film) in enumerate(documents.items(), pointer.last_change + 1)
    )
    return msgspec.structs.replace(pointer, last_change=pointer.last_change + len(made), changes=(*kept, *made))


def moved(now: Pointer | None, sha256: str, films: int, includes: int, loaded_at: datetime | None = None) -> Pointer:
    """A new snapshot in place of the one that counts now. It includes all changes up to that number; later ones stay
    beside it."""
    if now is None:
        return Pointer(sha256, films, format=FORMAT, loaded_at=loaded_at)
    later = tuple(change for change in now.changes if change.number > includes)
    return Pointer(sha256, films, now.generation + 1, now.last_change, later, FORMAT, loaded_at)


def is_same_snapshot(one: Pointer, other: Pointer) -> bool:
    """Whether nobody has put another snapshot in place between the two."""
    return (one.sha256, one.generation) == (other.sha256, other.generation)


def is_to_be_folded(pointer: Pointer) -> bool:
    """Whether the changes are worth a new snapshot."""
    return len(pointer.changes) >= FOLD_CHANGES or _bytes(pointer.changes) >= FOLD_BYTES


def is_full(pointer: Pointer) -> bool:
    """Whether there are more changes than readers should be given."""
    return len(pointer.changes) > CHANGES_MAX or _bytes(pointer.changes) > BYTES_MAX


def merged(films: Iterable[Film], changed_films: Mapping[str, Film | None]) -> Iterator[Film]:
    """The films with changes applied; None takes one away."""
    yield from (film for film in films if film.film_id not in changed_films)
    yield from (film for film in changed_films.values() if film is not None)


def _bytes(changes: Iterable[Change]) -> int:
    return sum(len(bytes(change.film)) for change in changes)
