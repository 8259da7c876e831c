"""One walk through all that is asked of OpenSearch, and a tape of it: every request and what a real node answered.

The fast tests play the tape: each request has to be the recorded one, so that a request that is another, or one that is
left out, is seen without a node. The suite of the real node walks anew and compares, so that the tape is never older
than the code. To make it anew, where a request was meant to change:

    python -m tests.contract.opensearch_tape
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from opensearchpy.exceptions import NotFoundError

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from chalicelib.catalog.model import (
    CatalogUnavailableError,
    Film,
    FilmNotFoundError,
    FilmPage,
    FilmQuery,
    InvalidPositionError,
    Showing,
)
from infra.local.opensearch.node import PATIENT_SECONDS, running_node
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIARCH, MATRIX, ROBOCOP, ROBOCOP_2014
from tests.factories import NOW, film_with

TAPE = Path(__file__).parent / "data" / "opensearch_tape.json"
ALIAS = "taped"
LATE = film_with(film_id="late", title="Late", year=2024, description="Дождь", available_from=NOW, regions=("RU",),
                 age_rating=16, actors=("Keanu Reeves", "Carrie-Anne Moss"), added_at=NOW)  # fmt: skip

TYPED = (
    "matrix", "The Matrix 1999", "матрица", "robocop 2014", "RoboCop", "matrxi", "matirarch", "ьфекшч", "keanu reeves",
    "киану ривз", "kianu rivz", "lana", "action", "drama 1972", "french comedy", "комедии", "the ma", "amelie poulain",
    "godfather crime", "мафия", "фильм с киану ривзом", "2003", "ma", "zzzz qqqq", "no such words matrix",
)  # fmt: skip
ASKED = (
    FilmQuery(limit=3),
    FilmQuery(limit=3, sort="year"),
    FilmQuery(limit=3, sort="rating"),
    FilmQuery(limit=3, sort="new"),
    FilmQuery(genre="Action", year_from=1999, year_to=2010, min_rating=7.0),
    FilmQuery(year_to=1990),
    FilmQuery(tags=(("g_comedy", "g_crime"), ("c_france",)), without_tags=("g_war",)),
    FilmQuery(showing=Showing(at=NOW, age_limit=12, region="RU")),
    FilmQuery(showing=Showing(at=NOW, age_limit=18, region="US")),
    FilmQuery(text="late", showing=Showing(at=NOW, age_limit=None, region=None)),
)
TITLES = ("The Matrix", "matrix reloded", "Крестный отец", "Amelie", "Up", "", "Le Fabuleux destin d'Amélie Poulain")


def walk(catalog: OpenSearchCatalog) -> dict[str, object]:
    """What the port says to every kind of question, changes and loads between them, by name."""
    said: dict[str, object] = {}

    def note(name: str, call: Callable[[], object]) -> None:
        try:
            told = call()
        except (CatalogUnavailableError, FilmNotFoundError, InvalidPositionError) as error:
            told = f"{type(error).__name__}: {error}"
        said[name] = _plain(told)

    note("before it is loaded", catalog.top)
    note("loaded", lambda: catalog.replace_all(FILMS))
    for text in TYPED:
        note(f"typed: {text}", lambda text=text: catalog.search(FilmQuery(text=text, limit=4)))  # type: ignore[misc]
    for number, query in enumerate(ASKED):
        note(f"asked {number}", lambda query=query: _pages(catalog, query))  # type: ignore[misc]
    note("asked behind another try", lambda: catalog.search(FilmQuery(text="matrix", after=(77, 1.0, "x"))))
    note("titles", lambda: catalog.find_by_titles(TITLES, 5))
    note("exact titles", lambda: catalog.find_by_titles(TITLES, 5, exact=True))
    note("one", lambda: catalog.get(MATRIX.film_id))
    note("none", lambda: catalog.get("nowhere"))
    note("many", lambda: catalog.get_many([AMELIE.film_id, "nowhere", MATRIX.film_id, AMELIE.film_id]))
    note("sources", lambda: catalog.find_by_source_ids([MATRIX.source_id, "ml4973", "x", "ml4973"]))
    note("alike", lambda: catalog.similar([MATRIX.film_id, ROBOCOP.film_id], 3))
    note("alike to nothing", lambda: catalog.similar(["nowhere"], 3))
    note("top", lambda: catalog.top(3))
    note("changed", lambda: catalog.upsert([LATE, msgspec.structs.replace(MATRIARCH, imdb_rating=9.9)]))
    note("withdrawn", lambda: catalog.withdraw([ROBOCOP_2014.film_id]))
    note("nothing changed", lambda: catalog.withdraw([]))
    note("facts", catalog.facts)
    note("changed, by search", lambda: catalog.search(FilmQuery(limit=20)))
    note("loaded again", lambda: catalog.replace_all(_with_a_change(catalog)))
    note("facts after that", catalog.facts)
    note("loaded a third time", lambda: catalog.replace_all([MATRIX, AMELIE]))
    note("everything", lambda: catalog.search(FilmQuery(limit=20)))
    note("broken off", lambda: catalog.replace_all(_broken_off()))
    return said


def _pages(catalog: OpenSearchCatalog, query: FilmQuery) -> list[FilmPage]:
    pages = [catalog.search(query)]
    while pages[-1].after is not None and len(pages) < 3:
        pages.append(catalog.search(msgspec.structs.replace(query, after=pages[-1].after)))
    return pages


def _with_a_change(catalog: OpenSearchCatalog) -> Iterator[Film]:
    """A film is withdrawn, and another comes, while the load is under way."""
    yield MATRIX
    catalog.withdraw([AMELIE.film_id])
    catalog.upsert([LATE])
    yield AMELIE


def _broken_off() -> Iterator[Film]:
    yield MATRIX
    raise CatalogUnavailableError("the source broke off")


def _plain(value: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(value))


type Exchange = dict[str, Any]


@contextmanager
def _same_names() -> Iterator[None]:
    """An index is called after the second it was made in."""
    made = iter(range(1_000))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "gmtime", lambda: (2026, 1, 1, 0, 0, next(made), 3, 1, 0))
        patch.setattr(time, "monotonic_ns", lambda: 0)
        yield


def _asked(method: str, url: str, params: Any, body: Any) -> Exchange:
    """A request as it can be compared: how long it may take varies."""
    kept = {name: value for name, value in (params or {}).items() if name not in ("request_timeout", "timeout")}
    if isinstance(body, bytes):
        body = [json.loads(line) for line in body.splitlines()]
    return {"method": method, "url": url, "params": _plain(kept), "body": _plain(body)}


def recorded(url: str) -> dict[str, Any]:
    """The walk on a real node: what the port said, and every exchange with the node."""
    catalog = OpenSearchCatalog(f"{url}/{ALIAS}", PATIENT_SECONDS)
    transport = catalog._client.transport
    perform, exchanges = transport.perform_request, list[Exchange]()
    for index in (f"{ALIAS}-*", f"{ALIAS}_changes", f"{ALIAS}_meaning"):
        perform("DELETE", f"/{index}", params={"ignore_unavailable": "true"})

    def perform_request(
        method: str, url: str, headers: Any = None, params: Any = None, body: Any = None, timeout: Any = None
    ) -> Any:
        one = _asked(method, url, params, body)
        exchanges.append(one)
        try:
            answer = perform(method, url, headers=headers, params=params, body=body)
        except NotFoundError as error:
            one["refused"] = [error.status_code, error.error, error.info]
            raise
        one["answer"] = _plain(answer)
        return answer

    transport.perform_request = perform_request
    with _same_names():
        return {"said": walk(catalog), "exchanges": exchanges}


def played(tape: dict[str, Any]) -> dict[str, object]:
    """The walk on the tape. A request that is not the next one on it is an `AssertionError`."""
    catalog = OpenSearchCatalog(f"http://127.0.0.1:9/{ALIAS}", PATIENT_SECONDS)
    left: Iterator[Exchange] = iter(tape["exchanges"])

    def perform_request(
        method: str, url: str, headers: Any = None, params: Any = None, body: Any = None, timeout: Any = None
    ) -> Any:
        one = next(left, {})
        assert _asked(method, url, params, body) == {
            name: one.get(name) for name in ("method", "url", "params", "body")
        }
        if refused := one.get("refused"):
            raise NotFoundError(*refused)
        return one["answer"]

    catalog._client.transport.perform_request = perform_request
    with _same_names():
        said = walk(catalog)
    assert not list(left), "requests that are not sent any more"
    return said


def read() -> dict[str, Any]:
    """The tape as it is kept."""
    tape: dict[str, Any] = json.loads(TAPE.read_text())
    return tape


if __name__ == "__main__":
    with running_node(9250) as node:
        TAPE.parent.mkdir(exist_ok=True)
        taped = recorded(node)
        lines = ",\n".join(json.dumps(one, ensure_ascii=False, sort_keys=True) for one in taped["exchanges"])
        said = json.dumps(taped["said"], ensure_ascii=False, sort_keys=True)
        TAPE.write_text(f'{{"said": {said},\n"exchanges": [\n{lines}\n]}}\n')
    print(f"{TAPE.name}: {TAPE.stat().st_size:,} bytes", file=sys.stderr)
