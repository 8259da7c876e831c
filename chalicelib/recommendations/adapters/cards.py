"""Cards of the films that stored lists name, one item a film for the whole site.

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
        self._remembered: dict[str, tuple[float, FilmCard]] = {}  # until when, by film
        self._kept: dict[str, bytes] = {}  # what is known to be stored

    def cards_of(self, film_ids: Iterable[str]) -> Mapping[str, FilmCard]:
        """The cards of these films, by id; one that no list has named is absent. What is remembered costs nothing, else
        1 read unit a film, a hundred in one request."""
        wanted, now = list(dict.fromkeys(film_ids)), self._clock()
        if missing := [one for one in wanted if one not in self._remembered or self._remembered[one][0] < now]:
            for film_id, card in self._stored(missing).items():
                _put(self._remembered, film_id, (now + REMEMBERED_SECONDS, card))
        return {one: self._remembered[one][1] for one in wanted if one in self._remembered}

    def keep_cards(self, cards: Iterable[FilmCard]) -> None:
        """Stores those that are not stored like this already, 25 in a request: 1 write unit each, once for the whole
        site, and what a worker does not know yet 1 read unit. None counts as stored unless all are.

        Raises:
            BatchRefusedError: the table has taken nothing for a long time.
        """
        given = {card.film_id: part_of(FilmCard, card) for card in cards}
        hashes = {film_id: _hash(card) for film_id, card in given.items()}
        unsure = [film_id for film_id, one in hashes.items() if self._kept.get(film_id) != one]
        held = self._stored([film_id for film_id in unsure if film_id not in self._kept])
        with BatchWriter(self._items) as batch:
            for film_id in unsure:
                if held.get(film_id) != given[film_id]:
                    body = msgspec.msgpack.encode(given[film_id])
                    batch.save(self._items(FILM_SUBJECT + film_id, CARD, body=body))
        for film_id in unsure:
            _put(self._kept, film_id, hashes[film_id])
            _put(self._remembered, film_id, (self._clock() + REMEMBERED_SECONDS, given[film_id]))

    def _stored(self, film_ids: Sequence[str]) -> dict[str, FilmCard]:
        found = {}
        for some in batched(film_ids, READ_AT_ONCE, strict=False):
            keys = [(FILM_SUBJECT + film_id, CARD) for film_id in some]
            for row in self._items.batch_get(keys, consistent_read=True):
                card = _card(row.body)
                found[card.film_id] = card
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
