"""The neighbours table: whole models side by side, and a pointer to the one in use.

`current` names the version; `{version}#{film_id}` holds a film's packed neighbours, `{version}#ids#{n}` the film ids of
the codes in them. A reader takes all of a request's items from one version, so it never mixes two models.
"""

import itertools
import threading
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.recommendations.item_similarity.codec import LearnedFilm, pack, pack_ids, unpack, unpack_ids
from chalicelib.recommendations.item_similarity.train import Learned, NothingLearnedError
from chalicelib.recommendations.model import NeighbourScores

CURRENT = "current"
KEPT = timedelta(days=30)  # a model in use outlives a month of failing runs, each of which raises an alarm


class _Known(NamedTuple):
    """The version that this process reads, and its film ids by code."""

    version: str
    ids: list[str]


class DynamoNeighbours:
    """`NeighbourSource` and `NeighbourModels` on DynamoDB."""

    def __init__(self, table: str) -> None:
        class Item(Model):
            class Meta:
                table_name = table
                billing_mode = "PAY_PER_REQUEST"

            film_key = UnicodeAttribute(hash_key=True)
            body = BinaryAttribute(null=True, legacy_encoding=False)
            version = UnicodeAttribute(null=True)
            chunks = NumberAttribute(null=True)
            films = NumberAttribute(null=True)
            expires_at = NumberAttribute(null=True)

        self.items = Item
        self._known: _Known | None = None
        self._lock = threading.Lock()

    def neighbours(self, film_ids: Sequence[str]) -> Mapping[str, NeighbourScores]:
        """One batch of eventually consistent reads, half a read unit a film; two round trips in a process's first
        call and in the first one after a new model."""
        known = self._known
        found = self._read([CURRENT, *(f"{known.version}#{film_id}" for film_id in film_ids)] if known else [CURRENT])
        pointer = found.get(CURRENT)
        if pointer is None:
            return {}
        if known is None or pointer.version != known.version:
            version = pointer.version
            chunks = [f"{version}#ids#{number}" for number in range(int(pointer.chunks))]
            found = self._read([*chunks, *(f"{version}#{film_id}" for film_id in film_ids)])
            if any(key not in found for key in chunks):
                return {}  # expired between the two reads: no neighbours is better than a mixed answer
            known = _Known(version, unpack_ids(found[key].body for key in chunks))
            with self._lock:
                self._known = known
        return {
            film_id: _scores(item.body, known.ids)
            for film_id in film_ids
            if (item := found.get(f"{known.version}#{film_id}")) is not None and item.body
        }

    def films_known(self) -> int:
        pointer = self._read([CURRENT]).get(CURRENT)
        return int(pointer.films) if pointer else 0

    def put_model(self, films: Iterable[LearnedFilm], films_least: int, now: datetime) -> Learned:
        """One write unit for every KB of a film's neighbours; the readers follow when all is written."""
        version = f"{now:%Y%m%dT%H%M%S}-{uuid.uuid4().hex[:6]}"
        expires_at = int((now + KEPT).timestamp())
        ids: list[str] = []
        neighbours = size = 0
        with self.items.batch_write() as batch:
            for film in films:
                if film.code != len(ids):
                    raise NothingLearnedError(f"The learned films are not in the order of their codes at {film.code}.")
                ids.append(film.film_id)
                if film.neighbour_codes:
                    body = pack(film.neighbour_codes, [score / 1e6 for score in film.scores])
                    batch.save(self.items(f"{version}#{film.film_id}", body=body, expires_at=expires_at))
                    neighbours, size = neighbours + len(film.neighbour_codes), size + len(body)
            chunks = pack_ids(ids)
            for number, chunk in enumerate(chunks):
                batch.save(self.items(f"{version}#ids#{number}", body=chunk, expires_at=expires_at))
        if len(ids) < films_least:
            raise NothingLearnedError(f"The new model knows {len(ids)} films, expected were at least {films_least}.")
        self.items(CURRENT, version=version, chunks=len(chunks), films=len(ids)).save()
        return Learned(version, len(ids), neighbours, size)

    def _read(self, keys: Sequence[str]) -> dict[str, Any]:
        """Batches of 100, the most that DynamoDB answers at once."""
        found: dict[str, Any] = {}
        for batch in itertools.batched(dict.fromkeys(keys), 100, strict=False):
            found |= {item.film_key: item for item in self.items.batch_get(batch)}
        return found


def _scores(packed: bytes, ids: Sequence[str]) -> dict[str, float]:
    codes, scores = unpack(packed)
    return dict(zip(map(ids.__getitem__, codes), scores, strict=True))
