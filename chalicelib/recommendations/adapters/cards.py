"""Cards of the films that stored lists name, one item a film for the whole site, under its short id.

A list keeps film ids alone: with its cards it would be nine write units, written anew with each like. What everybody's
lists name is written once, and again when the catalogue changes it. So a list can be shown while the catalogue is away.
"""

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import batched
from typing import Any

import msgspec

from chalicelib.batch_writer import BatchWriter
from chalicelib.catalog.flat_fields import unknown_values
from chalicelib.catalog.model import FilmCard, part_of
from chalicelib.recommendations.model import FILM_SUBJECT
from chalicelib.recommendations.stored_formats import short_id

CARD = "card"
READ_AT_ONCE = 100  # BatchGetItem takes no more
REMEMBERED = 20_000  # cards of 1 KB at the most in a worker's memory
REMEMBERED_SECONDS = 3600.0  # whether a film may be shown is asked elsewhere, of the catalogue itself

_decoder = msgspec.msgpack.Decoder(FilmCard)
_UNKNOWN = unknown_values(FilmCard)


class Cards:
    """The cards in the recommendations table, whose model `items` is."""

    def __init__(self, items: Any, clock: Callable[[], float] = time.monotonic) -> None:
        self._items, self._clock = items, clock
        self._remembered: dict[str, tuple[float, FilmCard]] = {}  # until when, by short id
        self._kept: dict[str, bytes] = {}  # what is known to be stored

    def cards_of(self, names: Iterable[str]) -> Mapping[str, FilmCard]:
        """The cards of these films, by the id or short id that is given; one that no list has named is absent. What is
        remembered costs nothing, else 1 read unit a film, a hundred in one request."""
        wanted, held, now = {name: short_id(name) for name in names}, self._remembered, self._clock()
        if missing := {one for one in wanted.values() if one not in held or held[one][0] < now}:
            for short, card in self._stored(sorted(missing)).items():
                _put(held, short, (now + REMEMBERED_SECONDS, card))
        return {name: held[short][1] for name, short in wanted.items() if short in held}

    def old_cards_of(self, film_ids: Iterable[str]) -> Mapping[str, FilmCard]:
        """As `cards_of`, for lists of format 3: their cards lie under the whole id."""
        found = dict(self.cards_of(wanted := list(film_ids)))
        old = self._stored([film_id for film_id in dict.fromkeys(wanted) if film_id not in found])
        return found | {card.film_id: card for card in old.values()}

    def keep_cards(self, cards: Iterable[FilmCard]) -> None:
        """Stores those that are not stored like this already, 25 in a request: 1 write unit each, once for the whole
        site, and what a worker does not know yet 1 read unit. None counts as stored unless all are.

        Raises:
            BatchRefusedError: the table has taken nothing for a long time.
        """
        given = {card.film_id: part_of(FilmCard, card) for card in cards}
        hashes = {film_id: _hash(card) for film_id, card in given.items()}
        unsure = [film_id for film_id, one in hashes.items() if self._kept.get(film_id) != one]
        held = self._stored([short_id(film_id) for film_id in unsure if film_id not in self._kept])
        with BatchWriter(self._items) as batch:
            for film_id in unsure:
                if held.get(short_id(film_id)) != given[film_id]:
                    body = msgspec.msgpack.encode(given[film_id])
                    batch.save(self._items(FILM_SUBJECT + short_id(film_id), CARD, body=body))
        for film_id in unsure:
            _put(self._kept, film_id, hashes[film_id])
            _put(self._remembered, short_id(film_id), (self._clock() + REMEMBERED_SECONDS, given[film_id]))

    def _stored(self, names: Sequence[str]) -> dict[str, FilmCard]:
        """By short id, whatever they are stored under."""
        found = {}
        for some in batched(names, READ_AT_ONCE, strict=False):
            keys = [(FILM_SUBJECT + name, CARD) for name in some]
            for row in self._items.batch_get(keys, consistent_read=True):
                card = _card(row.body)
                found[short_id(card.film_id)] = card
        return found


def _put[V](held: dict[str, V], film_id: str, value: V) -> None:
    """The oldest goes when there are too many."""
    held.pop(film_id, None)
    if len(held) >= REMEMBERED:
        del held[next(iter(held))]
    held[film_id] = value


def _hash(card: FilmCard) -> bytes:
    return hashlib.sha256(msgspec.msgpack.encode(card)).digest()[:16]


def _card(body: bytes) -> FilmCard:
    try:
        return _decoder.decode(body)
    except msgspec.ValidationError:  # written before a field came
        return msgspec.convert(_UNKNOWN | msgspec.msgpack.decode(body), FilmCard)
