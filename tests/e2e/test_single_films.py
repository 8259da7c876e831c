"""Single films at the deployed API: put and withdrawn by a server of the site's own, gone for everybody half a minute
later, while others read."""

import gzip
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import msgspec
import pytest

from chalicelib.catalog.film_ids import film_id_of
from tests.deployed import SCHEDULED, Stack, Viewer, made_server_key, revoke_server_key, wait_for

SEEN_WITHIN = 30.0
WITHDRAWN, READERS = 12, 3


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[Viewer]:
    """One of the site's own servers, with a key that is revoked in the end."""
    server = Viewer(stack.url, made_server_key("e2e", "catalog"))
    unknown = f"v1/imports/{film_id_of('none')}"
    assert wait_for(lambda: server.call("GET", unknown).status_code == 404, 15), "a new key is known within seconds"
    yield server
    revoke_server_key("e2e")
    assert wait_for(lambda: server.call("DELETE", "v1/catalog/films/none").status_code == 401, 45)
    assert not any(server.token[:20] in line for line in stack.log_lines()), "a key is in nobody's log"


class Routes:
    """Everything that shows films, read again and again; what was seen too late."""

    def __init__(self, viewer: Viewer) -> None:
        self.viewer, self.neighbour = viewer, viewer.films("Alien")[0]
        self.gone: dict[str, float] = {}
        self.too_late: list[str] = []
        self.reads = 0
        self.done = threading.Event()

    def read(self) -> None:
        reader = Viewer(str(self.viewer.http.base_url), self.viewer.token)
        while not self.done.is_set():
            begun = time.monotonic()
            asked = list(self.gone)
            seen = {film["film_id"] for page in (
                reader.home(limit=100),
                reader.ok("GET", "v1/films", params={"limit": 100, "sort": "rating"}),
                reader.ok("GET", f"v1/films/{self.neighbour}/similar", params={"limit": 100}),
            ) for film in page["films"]}  # fmt: skip
            if asked:
                seen |= set(reader.ok("POST", "v1/films/titles", {"film_ids": asked})["titles"])
                if reader.call("GET", f"v1/films/{asked[0]}").status_code == 200:
                    seen.add(asked[0])
            self.reads += 1
            self.too_late += [one for one in seen if one in self.gone and begun - self.gone[one] >= SEEN_WITHIN]


def test_a_withdrawn_film_is_on_no_route_half_a_minute_later(server: Viewer, viewer: Viewer, stack: Stack) -> None:
    for number in range(WITHDRAWN):
        row = {"title": f"Zyxwvut {number}", "year": 2026, "genres": ["Sci-Fi", "Horror"], "imdb_rating": 9.5,
               "imdb_votes": 3_000_000, "directors": ["Zyx Wvut"], "actors": ["Ponm Lkji", "Hgfe Dcba"]}  # fmt: skip
        assert server.ok("PUT", f"v1/catalog/films/e2e-{number}", row)["film_id"] == film_id_of(f"e2e-{number}")
    ours = {film_id_of(f"e2e-{number}") for number in range(WITHDRAWN)}

    def found() -> set[str]:
        answer = viewer.ok("GET", "v1/films", params={"query": "zyxwvut", "limit": 100})
        return {film["film_id"] for film in answer["films"]}

    seen_by_all = time.monotonic() + SEEN_WITHIN + 1
    assert wait_for(lambda: found() == ours, 45), "what came is there for everybody"
    wait_for(lambda: time.monotonic() > seen_by_all, 45)  # the function that rebuilds lists looks every 30 s too
    (liked,) = sorted(ours)[:1]
    viewer.like(liked)
    viewer.home_when(lambda page: {film["film_id"] for film in page["films"]} & ours != set())
    routes = Routes(viewer)
    with ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(routes.read) for _ in range(READERS)]
        for number in range(WITHDRAWN):
            assert server.call("DELETE", f"v1/catalog/films/e2e-{number}").status_code == 204
            routes.gone[film_id_of(f"e2e-{number}")] = time.monotonic()
        deadline = time.monotonic() + SEEN_WITHIN + 15
        wait_for(lambda: time.monotonic() > deadline or routes.too_late or None, 90)
        routes.done.set()
        for one in reading:
            one.result()
    assert routes.too_late == []
    assert routes.reads > READERS
    assert found() == set()
    said = {one["film_id"]: one for one in viewer.ok("GET", "v1/feedback")["feedback"]}
    assert (said[liked]["rating"], said[liked]["available"]) == ("like", False)
    assert stack.invoke("TendCatalog", SCHEDULED) == {"taken": 0, "folded": 0}, "few changes are worth no snapshot"
    for number in range(WITHDRAWN):
        server.ok("PUT", f"v1/catalog/films/e2e-{number}", {"title": f"Zyxwvut {number}", "year": 2026})
    assert wait_for(lambda: found() == ours, 45), "what came back is there again"
    assert {one["film_id"]: one for one in viewer.ok("GET", "v1/feedback")["feedback"]}[liked]["available"]
    for number in range(WITHDRAWN):  # other tests find the catalogue as it was
        server.call("DELETE", f"v1/catalog/films/e2e-{number}")


def test_films_come_in_bulk_and_each_bad_row_is_told(server: Viewer, stranger: Viewer, stack: Stack) -> None:
    rows = [{"id": f"bulk-{number}", "title": f"Qwxzy {number}", "year": 2026} for number in range(40)]
    lines = [*map(msgspec.json.encode, rows[:7]), b'{"id": "bulk-bad"}', *map(msgspec.json.encode, rows[7:])]
    begun = server.ok("POST", "v1/imports", {"kind": "films"})
    where = f"v1/imports/{begun['import_id']}"
    assert server.ok("GET", where)["state"] == "waiting"
    assert httpx.put(begun["upload_url"], content=gzip.compress(b"\n".join(lines)), timeout=30).is_success
    stack.invoke("TendCatalog", SCHEDULED)  # what the next minute would do

    def told() -> dict[str, object] | None:
        answer: dict[str, object] = server.ok("GET", where)
        return answer if answer["state"] in ("done", "failed") else None

    assert wait_for(told, 90) == {
        "state": "done", "rows": 41, "accepted": 40, "rejected": 1,
        "errors": [{"row": 8, "field": "title", "message": "Object missing required field `title`"}],
    }  # fmt: skip

    def found() -> int:
        return len(stranger.ok("GET", "v1/films", params={"query": "qwxzy", "limit": 100})["films"])

    assert wait_for(lambda: found() == 40, 45)
    assert stranger.call("GET", where).status_code == 401
    for row in rows:
        assert server.call("DELETE", f"v1/catalog/films/{row['id']}").status_code == 204
