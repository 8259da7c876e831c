"""The catalogue in OpenSearch: `https://HOST[/ALIAS]`, requests signed (SigV4) for Amazon OpenSearch Service.

Readers go through an alias; a reload fills a new index and swaps the alias, so nobody sees half of one. Single changes
go through the alias too, and are noted beside it for a reload that is under way (`journal.py`).
"""

import itertools
import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any, Concatenate
from urllib.parse import urlsplit
from zlib import crc32

import msgspec
from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth
from opensearchpy.exceptions import ImproperlyConfigured, NotFoundError, OpenSearchException
from urllib3 import Timeout

from chalicelib import aws
from chalicelib.catalog.adapters.opensearch import queries as queries
from chalicelib.catalog.adapters.opensearch.index import MAPPING, SETTINGS, entry_of
from chalicelib.catalog.adapters.opensearch.journal import Journal, catch_up
from chalicelib.catalog.adapters.opensearch.meaning import MeaningIndex
from chalicelib.catalog.adapters.opensearch.people import People
from chalicelib.catalog.adapters.opensearch.signing import service_and_region
from chalicelib.catalog.flat_fields import film_of_document
from chalicelib.catalog.meaning import Known, Spent, Vector
from chalicelib.catalog.model import (
    CatalogFacts,
    CatalogUnavailableError,
    Film,
    FilmNotFoundError,
    FilmPage,
    FilmQuery,
    InvalidPositionError,
    Match,
    without_description,
)
from chalicelib.catalog.similarity import most_alike, tags_compared
from chalicelib.catalog.typed.reading import tries_of

log = logging.getLogger(__name__)

DEFAULT_ALIAS = "films"
LOADED_TIME, LOADED = "%Y%m%d%H%M%S", re.compile(r"-(\d{14})-\d+$")  # in an index's name: when it was begun
# An answer must be out within 3 s, a 503 too: one slow call, or two that cannot connect.
CONNECT_SECONDS = 0.7
SEARCH_SECONDS = 2.4  # all tries of a search together
READ_SHARE = 0.625  # of that, for one call: 1.5 s
TITLES_SECONDS = 8.0  # a batch of title look-ups, asked by queues and by history imports only
BULK_SECONDS = 60.0
CHANGE_SECONDS = 4.0  # one request of a single change, which takes three, with 15 s for all of it
VECTORS_SECONDS = 10.0  # one request for films' vectors, asked by the slow lane alone
CHANGE_FILMS = 100  # more than that are no single changes, and nobody waits for them
BULK_FILMS = 1_000  # about 1 MB a request; Amazon's smallest hosts take 10 MB
ALIKE_CANDIDATES, TAGS_MAX = 400, 60
IDS_A_REQUEST = 500
NOT_LOADED, DOWN = "The film catalogue has not been loaded yet.", "The film catalogue does not answer. Try again soon."


def _or_unavailable[S, **P, R](method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Whatever goes wrong between us and the engine is one thing to the rest of the house."""

    @wraps(method)
    def guarded(self: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(self, *args, **kwargs)
        except ImproperlyConfigured:
            raise
        except NotFoundError as error:
            log.warning("OpenSearch: %s in %s", error.error, method.__name__)
            raise CatalogUnavailableError(_said({"type": error.error})) from error
        except OpenSearchException as error:
            log.warning("OpenSearch: %s in %s", type(error).__name__, method.__name__)
            raise CatalogUnavailableError(DOWN) from error

    return guarded


def _refuse(error: Mapping[str, Any] | None) -> None:
    """Where one answer holds several, each may be an error. Raises `CatalogUnavailableError`."""
    if error:
        raise CatalogUnavailableError(_said(error))


def _said(error: Mapping[str, Any]) -> str:
    """An alias that is not there is a catalogue that nobody has loaded; a refusal, say, is none."""
    return NOT_LOADED if error.get("type") == "index_not_found_exception" else DOWN


class OpenSearchCatalog:
    """A `Catalog` (see `port.py`) over an OpenSearch alias."""

    def __init__(self, url: str, search_seconds: float = SEARCH_SECONDS, sign: str = "auto") -> None:
        self._alias = alias_of(url)
        self._search_seconds = search_seconds
        self._read_seconds = search_seconds * READ_SHARE
        self._client = open_client(url, self._read_seconds, sign)
        self._journal = Journal(self._client, self._alias)

    @_or_unavailable
    def search(self, query: FilmQuery) -> FilmPage:
        number, position = queries.position_of(query)
        deadline = time.monotonic() + self._search_seconds
        tries = tries_of(query.text)
        if not tries:
            return _page(query, self._hits(queries.search_body(query, None, {}, position), "", deadline), 0, "all")
        if number not in (None, *(one.number for one in tries)):
            raise InvalidPositionError("The cursor was not issued here.", "cursor")
        people = People(lambda body: self._hits(body, query.text, deadline))
        for one in tries:
            if number not in (None, one.number):
                continue
            names = people.of(one)
            if one.is_about_people and not any(names.values()):
                continue
            if one.titled and not self._hits(queries.near_body(query, one), query.text, deadline):
                continue
            if hits := self._hits(queries.search_body(query, one, names, position), query.text, deadline):
                return _page(query, hits, one.number, "all" if one.is_every else "close")
        return FilmPage((), "close")

    def get(self, film_id: str) -> Film:
        film = self._get_whole([film_id]).get(film_id)
        if film is None:
            raise FilmNotFoundError("There is no such film.")
        return film

    def get_many(self, film_ids: Sequence[str]) -> dict[str, Film]:
        return {film_id: without_description(film) for film_id, film in self._get_whole(film_ids).items()}

    @_or_unavailable
    def _get_whole(self, film_ids: Sequence[str]) -> dict[str, Film]:
        found: dict[str, Film] = {}
        for ids in itertools.batched(dict.fromkeys(film_ids), IDS_A_REQUEST, strict=False):
            answer = self._client.mget(index=self._alias, body={"ids": list(ids)})
            for doc in answer["docs"]:
                _refuse(doc.get("error"))
            found |= {doc["_id"]: _whole_film(doc) for doc in answer["docs"] if doc.get("found")}
        return found

    @_or_unavailable
    def find_by_source_ids(self, source_ids: Sequence[str]) -> dict[str, Film]:
        found: dict[str, Film] = {}
        for ids in itertools.batched(dict.fromkeys(source_ids), IDS_A_REQUEST, strict=False):
            body = {"size": 2 * IDS_A_REQUEST, "query": {"bool": {"filter": {"terms": {"source_ids": list(ids)}}}}}
            for film in map(_film, self._hits(body)):
                found |= {source: film for source in (film.source_id, film.imdb_id) if source in ids and source}
        return found

    def find_by_title(self, title: str, limit: int = 50) -> list[Film]:
        return self.find_by_titles([title], limit)[0]

    @_or_unavailable
    def find_by_titles(self, titles: Sequence[str], limit: int = 50, exact: bool = False) -> list[list[Film]]:
        found: list[list[Film]] = []
        for some in itertools.batched(titles, 50, strict=False):
            lines = [line for title in some for line in ({}, queries.titled_body(title, limit, exact=exact))]
            given = self._client.msearch(index=self._alias, body=lines, request_timeout=TITLES_SECONDS)
            for answer in given["responses"]:
                _refuse(answer.get("error"))
                found.append([_film(hit) for hit in answer["hits"]["hits"]])
        return found

    @_or_unavailable
    def similar(self, film_ids: Sequence[str], limit: int = 20) -> list[Film]:
        films = list(self._get_whole(film_ids).values())
        tags = tags_compared(films)
        if not tags:
            return []
        hits = self._hits(queries.alike_body(tags[:TAGS_MAX], list(film_ids), ALIKE_CANDIDATES))
        return list(map(without_description, most_alike(films, map(_whole_film, hits), limit)))

    @_or_unavailable
    def top(self, limit: int = 100) -> list[Film]:
        return [_film(hit) for hit in self._hits(queries.top_body(limit))]

    @_or_unavailable
    def replace_all(self, films: Iterable[Film]) -> int:
        index = f"{self._alias}-{time.strftime(LOADED_TIME, time.gmtime())}-{time.monotonic_ns() % 1_000_000:06}"
        client, slowly = self._client, {"request_timeout": BULK_SECONDS}
        since = self._journal.begin(BULK_SECONDS)
        MeaningIndex(self._client, self._alias).begin(BULK_SECONDS)
        client.indices.create(index=index, body={"settings": SETTINGS, "mappings": MAPPING}, **slowly)
        make_again = partial(self._send, index)
        try:
            for some in itertools.batched(films, BULK_FILMS, strict=False):
                self._send(index, {film.film_id: film for film in some})
            catch_up(self._journal, since, make_again, BULK_SECONDS)
            opened_up = {"index": {"refresh_interval": "1s", "auto_expand_replicas": "0-1"}}
            client.indices.put_settings(index=index, body=opened_up, **slowly)
            client.indices.refresh(index=index, **slowly)
            count = int(client.count(index=index, **slowly)["count"])
        except BaseException:
            client.indices.delete(index=index, ignore_unavailable=True, **slowly)
            raise
        self._swap(index)
        # Whoever looked the alias up before the swap has written to the index that went.
        catch_up(self._journal, since, make_again, BULK_SECONDS)
        client.indices.refresh(index=index, **slowly)
        self._journal.forget(since, BULK_SECONDS)
        return count

    @_or_unavailable
    def facts(self) -> CatalogFacts:
        """A request for the films, and one for each thousand films changed since they were loaded."""
        answer = self._client.search(index=self._alias, body={"size": 1, "_source": False, "track_total_hits": True})
        hits = answer["hits"]
        loaded = LOADED.search(hits["hits"][0]["_index"]) if hits["hits"] else None
        return CatalogFacts(
            films=int(hits["total"]["value"]),
            loaded_at=datetime.strptime(loaded[1], LOADED_TIME).replace(tzinfo=UTC) if loaded else None,
            withdrawn=self._journal.count_withdrawn(BULK_SECONDS),
        )

    def upsert(self, films: Iterable[Film]) -> int:
        return self._change({film.film_id: film for film in films})

    def withdraw(self, film_ids: Iterable[str]) -> int:
        return self._change(dict.fromkeys(film_ids))

    def fold_changes(self) -> int:
        return 0  # each was made in the whole at once

    @_or_unavailable
    def _change(self, films: Mapping[str, Film | None]) -> int:
        seconds = CHANGE_SECONDS if len(films) <= CHANGE_FILMS else BULK_SECONDS
        for some in itertools.batched(films.items(), BULK_FILMS, strict=False):
            _refuse_any(self._journal.note(dict(some), seconds))
            # Without the alias there would be an index of its name from now on.
            self._send(self._alias, dict(some), seconds, require_alias=True)
        if films:
            self._client.indices.refresh(index=self._alias, request_timeout=seconds)
        return len(films)

    def _swap(self, index: str) -> None:
        """Points the alias to the new index in one step. The index before stays until the next swap, for requests
        that are under way."""
        client, slowly = self._client, {"request_timeout": BULK_SECONDS}
        before = [old for old, held in client.indices.get(index=f"{self._alias}-*", **slowly).items()
                  if self._alias in held["aliases"]]  # fmt: skip
        actions: list[dict[str, object]] = [{"remove": {"index": old, "alias": self._alias}} for old in before]
        actions.append({"add": {"index": index, "alias": self._alias}})
        client.indices.update_aliases(body={"actions": actions}, **slowly)
        for old in client.indices.get(index=f"{self._alias}-*", **slowly):
            if old not in (index, *before):
                client.indices.delete(index=old, ignore_unavailable=True, **slowly)

    def _send(
        self,
        index: str,
        films: Mapping[str, Film | None],
        seconds: float = BULK_SECONDS,
        *,
        require_alias: bool = False,
    ) -> None:
        raw = b"".join(_bulk_lines(films))
        _refuse_any(self._client.bulk(body=raw, index=index, request_timeout=seconds, require_alias=require_alias))

    def _hits(self, body: dict[str, object], pinned: str = "", deadline: float | None = None) -> list[dict[str, Any]]:
        """`pinned` words go to the same copy of the shard each time, so that pages fit together."""
        left = self._read_seconds if deadline is None else min(self._read_seconds, deadline - time.monotonic())
        if left <= 0:
            raise CatalogUnavailableError(DOWN)
        preference = f"q{crc32(pinned.encode())}" if pinned else None
        answer = self._client.search(
            index=self._alias, body=body, preference=preference, request_timeout=_timeout(left)
        )
        return list(answer["hits"]["hits"])


def _page(query: FilmQuery, hits: list[dict[str, Any]], number: int, match: Match) -> FilmPage:
    """`hits`: of the page and one more, if there is one."""
    shown = hits[: query.limit]
    more = len(hits) > query.limit
    return FilmPage(tuple(map(_film, shown)), match, (number, *shown[-1]["sort"]) if more else None)


class OpenSearchFilmVectors:
    """`FilmVectorStore` beside the films of an alias, by k-NN. A load of films has made its index."""

    def __init__(self, url: str, search_seconds: float = SEARCH_SECONDS, sign: str = "auto") -> None:
        self._read_seconds = search_seconds * READ_SHARE
        client = open_client(url, self._read_seconds, sign)
        self._index = MeaningIndex(client, alias_of(url))

    @_or_unavailable
    def nearest(self, vector: Vector, limit: int) -> list[str]:
        return self._index.nearest(vector, limit, _timeout(self._read_seconds))

    @_or_unavailable
    def known(self, model: str) -> Known:
        known, error = self._index.known(model, VECTORS_SECONDS)
        _refuse(error)
        return known

    @_or_unavailable
    def put(self, model: str, new: Mapping[str, tuple[bytes, bytes]], spent: Spent, gone: Iterable[str] = ()) -> None:
        _refuse(self._index.put_vectors(model, new, spent, gone, VECTORS_SECONDS))


def alias_of(url: str) -> str:
    """The alias that the films of an address lie behind: its path, else the usual one."""
    return urlsplit(url).path.strip("/") or DEFAULT_ALIAS


def open_client(url: str, read_seconds: float = SEARCH_SECONDS * READ_SHARE, sign: str = "auto") -> Any:
    """A client that keeps its connections, times out, and tries once more when a call was refused. `sign`: see
    `signing.py`."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return OpenSearch(
        hosts=[{"host": parts.hostname, "port": port}],
        use_ssl=parts.scheme == "https",
        http_auth=_auth(parts.hostname or "", parts.username, parts.password, sign),
        timeout=_timeout(read_seconds),
        max_retries=1,
        retry_on_status=(429, 502, 503, 504),
        retry_on_timeout=False,
        pool_maxsize=10,
        http_compress=False,
    )


class Administration:
    """The engine as its administrator sees it, at a catalogue's address."""

    def __init__(self, url: str, sign: str) -> None:
        self.alias = alias_of(url)
        self._client = open_client(url, BULK_SECONDS, sign)

    def put(self, path: str, body: dict[str, object]) -> None:
        """`path` is from the engine's root.

        Raises:
            CatalogUnavailableError: it was refused, or nothing answers; the text is the engine's.
        """
        try:
            self._client.transport.perform_request("PUT", path, body=body)
        except OpenSearchException as error:
            raise CatalogUnavailableError(f"PUT {path}: {error}") from error


def _timeout(read_seconds: float) -> Any:
    return Timeout(connect=CONNECT_SECONDS, read=read_seconds)


def _auth(host: str, user: str | None, password: str | None, sign: str = "auto") -> Any:
    """The URL's user and password, else SigV4 with the function's own role where that is asked for, else nothing."""
    if user:
        return user, password or ""
    session = aws.session()
    signed = service_and_region(host, sign, session.get_config_variable("region") or "")
    if signed is None:
        return None
    service, region = signed
    return Urllib3AWSV4SignerAuth(session.get_credentials(), region, service)


def _refuse_any(answer: Mapping[str, Any]) -> None:
    """Films of one request are refused one by one. Raises `CatalogUnavailableError` for the first."""
    if answer["errors"]:
        first = next(of["error"] for item in answer["items"] for of in item.values() if of.get("error"))
        log.error("OpenSearch refused films, the first: %s", first)
        _refuse(first)


def _bulk_lines(films: Mapping[str, Film | None]) -> Iterator[bytes]:
    for film_id, film in films.items():
        yield msgspec.json.encode({"index" if film else "delete": {"_id": film_id}}) + b"\n"
        if film:
            yield msgspec.json.encode(entry_of(film)) + b"\n"


def _film(hit: dict[str, Any]) -> Film:
    return without_description(_whole_film(hit))


def _whole_film(hit: dict[str, Any]) -> Film:
    return film_of_document(hit["_source"]["film"])
