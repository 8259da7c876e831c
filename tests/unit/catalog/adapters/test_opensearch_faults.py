"""OpenSearch stopped, slow or overloaded: the catalogue says so within 3 seconds, and recovers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from chalicelib.catalog.model import CatalogUnavailableError, FilmQuery
from tests.contract.catalog_contract import MATRIX

PATIENCE_SECONDS = 3.0


class Engine:
    """A loopback server that misbehaves as told: `mode` is ok, slow, or a status; `asked` counts requests."""

    def __init__(self) -> None:
        self.mode: str | int = "ok"
        self.says: dict[str, Any] = {"hits": {"hits": []}, "docs": [], "responses": []}
        self.asked = 0
        self.released = threading.Event()
        engine = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                engine.asked += 1
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if engine.mode == "slow":
                    engine.released.wait(10)
                status = engine.mode if isinstance(engine.mode, int) else 200
                body = json.dumps(engine.says).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/films"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def engine() -> Iterator[Engine]:
    engine = Engine()
    yield engine
    engine.stop()


CALLS: tuple[Callable[[OpenSearchCatalog], object], ...] = (
    lambda catalog: catalog.search(FilmQuery(text="matrix")),
    lambda catalog: catalog.get_many([MATRIX.film_id]),
    lambda catalog: catalog.top(),
)


@pytest.mark.parametrize("mode", ["slow", 429, 503, 500])
def test_the_catalogue_is_unavailable_in_time_when_the_engine_misbehaves(engine: Engine, mode: str | int) -> None:
    catalog = OpenSearchCatalog(engine.url)
    assert catalog.search(FilmQuery(text="matrix")).films == ()
    engine.mode = mode
    for call in CALLS:
        began = time.monotonic()
        with pytest.raises(CatalogUnavailableError):
            call(catalog)
        assert time.monotonic() - began < PATIENCE_SECONDS
    engine.mode = "ok"
    assert catalog.search(FilmQuery(text="matrix")).films == ()


@pytest.mark.parametrize(
    ("status", "kind", "said"),
    [
        (404, "index_not_found_exception", "The film catalogue has not been loaded yet."),
        (403, "security_exception", "The film catalogue does not answer. Try again soon."),
    ],
)
def test_a_catalogue_that_nobody_has_loaded_is_told_from_one_that_refuses(
    engine: Engine, status: int, kind: str, said: str
) -> None:
    """As a single answer's status, and as one of several in an answer that is fine as a whole."""
    catalog, error = OpenSearchCatalog(engine.url), {"type": kind, "reason": "no such index"}
    several: dict[str, Any] = {"docs": [{"error": error}], "responses": [{"error": error, "status": status}]}
    many: tuple[Callable[[OpenSearchCatalog], object], ...] = (
        lambda catalog: catalog.get_many([MATRIX.film_id]),
        lambda catalog: catalog.find_by_titles(["matrix"]),
    )
    calls: list[tuple[int, dict[str, Any], Callable[[OpenSearchCatalog], object]]] = []
    calls += [(status, {"error": error, "status": status}, call) for call in CALLS]
    calls += [(200, several, call) for call in many]
    for engine.mode, engine.says, call in calls:
        with pytest.raises(CatalogUnavailableError) as caught:
            call(catalog)
        assert caught.value.detail == said


def test_the_catalogue_is_unavailable_at_once_when_the_engine_is_stopped(engine: Engine) -> None:
    engine.stop()
    catalog = OpenSearchCatalog(engine.url)
    for call in CALLS:
        began = time.monotonic()
        with pytest.raises(CatalogUnavailableError):
            call(catalog)
        assert time.monotonic() - began < PATIENCE_SECONDS


def test_a_refused_call_is_tried_once_more_when_the_engine_is_overloaded(engine: Engine) -> None:
    catalog = OpenSearchCatalog(engine.url)
    engine.mode = 429
    with pytest.raises(CatalogUnavailableError):
        catalog.top()
    assert engine.asked == 2
