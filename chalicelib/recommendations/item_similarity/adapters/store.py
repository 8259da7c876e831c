"""The item similarity table: whole models side by side, and a pointer to the one in use.

`current` names the version; `{version}#{film_id}` holds a film's similar ones, packed, and `{version}#ids#{n}` the film
ids of the codes in them; `run` what is known of the job's runs; `film_questions` what the language model was asked
about new films, and said. A reader takes all of a request's items from one
version, so it never mixes two models.
"""

import itertools
import threading
import time
import uuid
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.aws import opened
from chalicelib.batch_writer import BatchWriter
from chalicelib.compare_and_swap import is_written
from chalicelib.patience import TABLE_PATIENCE
from chalicelib.recommendations.item_similarity.codec import (
    CountedLikes,
    UnpackedScores,
    pack_ids,
    unpack,
    unpack_ids,
    unpack_signed,
)
from chalicelib.recommendations.item_similarity.daily import Run
from chalicelib.recommendations.item_similarity.train import Learned, NothingLearnedError
from chalicelib.recommendations.model import FilmQuestions
from chalicelib.recommendations.site_model import Similarities, SiteModel

CURRENT, RUN, FILM_QUESTIONS = "current", "run", "film_questions"
VERSION_TIME = "%Y%m%dT%H%M%S"
KEPT = timedelta(days=30)  # a model in use outlives a month of failing runs, each of which raises an alarm
HEARD_EVERY_SECONDS = 60.0  # what was said of new films: of 60 KB at the most, which not every list has to read


class _Known(NamedTuple):
    """The version that this process reads, and its film ids by code."""

    version: str
    ids: list[str]
    likes_of: CountedLikes | None


class DynamoItemSimilarity:
    """`SimilaritySource`, `SimilarityModels`, `Runs` and `FilmQuestionStore` on DynamoDB."""

    def __init__(self, table: str, clock: Callable[[], float] = time.monotonic) -> None:
        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table
                billing_mode = "PAY_PER_REQUEST"

            film_key = UnicodeAttribute(hash_key=True)
            body = BinaryAttribute(null=True, legacy_encoding=False)
            whole = BinaryAttribute(null=True, legacy_encoding=False)
            site = BinaryAttribute(null=True, legacy_encoding=False)
            version = UnicodeAttribute(null=True)
            chunks = NumberAttribute(null=True)
            films = NumberAttribute(null=True)
            revision = NumberAttribute(null=True)
            expires_at = NumberAttribute(null=True)

        self.items = opened(Item)
        self._known: _Known | None = None
        self._clock, self._heard_at = clock, float("-inf")
        self._for_lovers_of: Mapping[str, Sequence[str]] = {}
        self._lock = threading.Lock()

    def similarities(self, film_ids: Sequence[str]) -> Similarities:
        """Eventually consistent reads, half a read unit a film and one batch for every 100 of them; one round trip more
        in a process's first call and in the first one after a new model. Once a minute what was said of new films is
        read beside them: up to 8 read units."""
        known, now = self._known, self._clock()
        beside = [FILM_QUESTIONS] if now - self._heard_at >= HEARD_EVERY_SECONDS else []
        of_films = [f"{known.version}#{film_id}" for film_id in film_ids] if known else []
        found = self._read([CURRENT, *beside, *of_films])
        if beside:
            self._for_lovers_of, self._heard_at = _film_questions(found.get(FILM_QUESTIONS)).for_lovers_of, now
        pointer = found.get(CURRENT)
        if pointer is None:
            return Similarities()
        if known is None or pointer.version != known.version:
            version = pointer.version
            chunks = [f"{version}#ids#{number}" for number in range(int(pointer.chunks))]
            found = self._read([*chunks, *(f"{version}#{film_id}" for film_id in film_ids)])
            if any(key not in found for key in chunks):
                return Similarities()  # expired between the two reads: nothing is better than a mixed answer
            ids, liked_by = unpack_ids(found[key].body for key in chunks), _site(pointer).liked_by
            known = _Known(version, ids, CountedLikes(ids, liked_by) if liked_by else None)
            with self._lock:
                self._known = known
        items = {film_id: item for film_id in film_ids if (item := found.get(f"{known.version}#{film_id}")) is not None}
        site = _site(pointer)
        return Similarities(
            near=UnpackedScores(
                {film_id: item.body for film_id, item in items.items() if item.body}, unpack, known.ids
            ),
            whole=UnpackedScores(
                {film_id: item.whole for film_id, item in items.items() if item.whole}, unpack_signed, known.ids
            ),
            weights=site.weights,
            few=site.few,
            recent=dict(site.recent),
            likes_of=known.likes_of,
            for_lovers_of=self._for_lovers_of,
        )

    def lately_liked(self) -> Sequence[str]:
        """Half a read unit or a few: the pointer holds them."""
        site = self.site()
        return site.lately_liked if site else ()

    def films_known(self) -> int:
        pointer = self._read([CURRENT]).get(CURRENT)
        return int(pointer.films) if pointer else 0

    def learned(self) -> tuple[datetime, SiteModel] | None:
        """When the model in use was made, and what is published beside the films' scores; None before the first."""
        pointer = self._read([CURRENT]).get(CURRENT)
        if pointer is None or not pointer.version:
            return None
        return datetime.strptime(pointer.version[:15], VERSION_TIME).replace(tzinfo=UTC), _site(pointer)

    def site(self) -> SiteModel | None:
        pointer = self._read([CURRENT]).get(CURRENT)
        return _site(pointer) if pointer and pointer.site else None

    def put_model(
        self, films: Iterable[tuple[str, bytes, bytes]], site: SiteModel, films_least: int, now: datetime
    ) -> Learned:
        """One write unit for every KB of a film's similar ones; the readers follow when all is written."""
        version = f"{now.astimezone(UTC):{VERSION_TIME}}-{uuid.uuid4().hex[:6]}"
        expires_at = int((now + KEPT).timestamp())
        ids: list[str] = []
        size = 0
        with BatchWriter(self.items) as batch:
            for film_id, near, whole in films:
                ids.append(film_id)
                if near or whole:
                    item = self.items(f"{version}#{film_id}", body=near or None, whole=whole or None)
                    item.expires_at = expires_at
                    batch.save(item)
                    size += len(near) + len(whole)
            chunks = pack_ids(ids)
            for number, chunk in enumerate(chunks):
                batch.save(self.items(f"{version}#ids#{number}", body=chunk, expires_at=expires_at))
        if len(ids) < films_least:
            raise NothingLearnedError(f"The new model knows {len(ids)} films, expected were at least {films_least}.")
        self.items(CURRENT, version=version, chunks=len(chunks), films=len(ids),
                   site=zlib.compress(msgspec.json.encode(site), 9)).save()  # fmt: skip
        return Learned(version, len(ids), size, site)

    def run(self) -> Run:
        """One strongly consistent read: 1 read unit."""
        found = next(iter(self.items.batch_get([RUN], consistent_read=True)), None)
        return msgspec.json.decode(found.body, type=Run) if found else Run()

    def put_run(self, new: Run, replaces: Run) -> bool:
        """One conditional put: 1 write unit."""
        stored = msgspec.structs.replace(new, version=replaces.version + 1)
        return self._put_revision(RUN, msgspec.json.encode(stored), replaces.version)

    def film_questions(self) -> FilmQuestions:
        """One strongly consistent read: up to 15 read units."""
        return _film_questions(next(iter(self.items.batch_get([FILM_QUESTIONS], consistent_read=True)), None))

    def put_film_questions(self, new: FilmQuestions, replaces: FilmQuestions) -> bool:
        """One conditional put: up to 60 write units, some fifty times a day."""
        stored = msgspec.structs.replace(new, version=replaces.version + 1)
        return self._put_revision(FILM_QUESTIONS, zlib.compress(msgspec.json.encode(stored), 9), replaces.version)

    def _put_revision(self, key: str, body: bytes, replaces: int) -> bool:
        row, revision = self.items(key, body=body, revision=replaces + 1), self.items.revision
        as_read = revision == replaces if replaces else self.items.film_key.does_not_exist()
        return is_written(lambda: row.save(condition=as_read))

    def _read(self, keys: Sequence[str]) -> dict[str, Any]:
        """Batches of 100, the most that DynamoDB answers at once."""
        found: dict[str, Any] = {}
        for batch in itertools.batched(dict.fromkeys(keys), 100, strict=False):
            found |= {item.film_key: item for item in self.items.batch_get(batch)}
        return found


def _site(pointer: Any) -> SiteModel:
    return msgspec.json.decode(zlib.decompress(pointer.site), type=SiteModel) if pointer.site else SiteModel()


def _film_questions(item: Any) -> FilmQuestions:
    return msgspec.json.decode(zlib.decompress(item.body), type=FilmQuestions) if item else FilmQuestions()
