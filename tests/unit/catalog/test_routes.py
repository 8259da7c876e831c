"""`/v1/films…` as a client sees it, on a catalogue in this process."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from chalicelib.catalog.adapters.opensearch.queries import position_of
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import FilmQuery
from chalicelib.catalog.routes import Position
from chalicelib.http.cursors import seal, unseal
from tests.contract.catalog_contract import FILMS, GODFATHER, MATRIX, RELOADED

UNKNOWN = film_id_of("unknown")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Client]:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 'catalog.sqlite'}")
    catalog.replace_all(FILMS)
    monkeypatch.setattr(resources, "catalog", lambda: catalog)
    monkeypatch.setattr(resources, "find_learned", lambda _: [GODFATHER.film_id])
    monkeypatch.setattr(resources, "cursor_keys", lambda: (b"k" * 32,))
    with Client(app) as client:
        yield client


def get(client: Client, path: str, language: str = "ru") -> tuple[int, Any]:
    answer = client.http.get(path, headers={"Accept-Language": language})
    return answer.status_code, json.loads(answer.body)


def post(client: Client, body: object) -> tuple[int, Any]:
    answer = client.http.post(
        "/v1/films/titles", headers={"Content-Type": "application/json"}, body=json.dumps(body).encode()
    )
    return answer.status_code, json.loads(answer.body)


def test_titles_speak_the_viewers_language_when_known(client: Client) -> None:
    assert get(client, "/v1/films?query=matrix")[1]["films"][0]["title"] == "Матрица"
    assert get(client, "/v1/films?query=matrix", "en")[1]["films"][0]["title"] == "The Matrix"


def test_it_is_said_when_no_film_has_all_the_words(client: Client) -> None:
    assert get(client, "/v1/films?query=matrix")[1]["match"] == "all"
    page = get(client, "/v1/films?query=matrix%20godzilla&limit=1")[1]
    assert page["match"] == "close"
    assert page["films"]
    cursor = page["next_cursor"]
    assert get(client, f"/v1/films?query=matrix%20godzilla&limit=1&cursor={cursor}")[1]["match"] == "close"


def test_pages_end_when_all_films_were_shown(client: Client) -> None:
    seen: list[str] = []
    path = "/v1/films?limit=4&sort=year"
    cursor = None
    for _ in range(3):
        page = get(client, path + (f"&cursor={cursor}" if cursor else ""))[1]
        seen += [film["film_id"] for film in page["films"]]
        cursor = page["next_cursor"]
    assert cursor is None
    assert sorted(seen) == sorted(film.film_id for film in FILMS)


def test_only_films_of_the_years_genre_and_rating_come_when_they_are_asked_for(client: Client) -> None:
    def found(filters: str) -> set[str]:
        return {film["film_id"] for film in get(client, f"/v1/films?limit=100&{filters}")[1]["films"]}

    of_1999 = {film.film_id for film in FILMS if film.year == 1999}
    assert MATRIX.film_id in of_1999
    assert found("year_from=1999&year_to=1999") == of_1999
    assert found("year_from=2000") == {film.film_id for film in FILMS if (film.year or 0) >= 2000}
    assert found("year_to=1999") == {film.film_id for film in FILMS if film.year and film.year <= 1999}
    assert found("genre=Crime") == {film.film_id for film in FILMS if "Crime" in film.genres}
    assert found("min_rating=8.5") == {film.film_id for film in FILMS if (film.imdb_rating or 0) >= 8.5}
    for bad in ("year_from=1869", "year_to=2101", "min_rating=11", "limit=101"):
        assert get(client, f"/v1/films?{bad}")[0] == 400


def test_a_catalogue_that_is_not_loaded_yet_is_said_to_be_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    empty = EmbeddedCatalog(f"sqlite://{tmp_path / 'nothing.sqlite'}")
    monkeypatch.setattr(resources, "catalog", lambda: empty)
    status, problem = get(client, "/v1/films?query=matrix")
    assert (status, problem["status"]) == (503, 503)
    assert problem["detail"] == "The film catalogue has not been loaded yet."


def test_details_and_similar_films_are_shown_when_the_film_is_held(client: Client) -> None:
    status, film = get(client, f"/v1/films/{MATRIX.film_id}")
    assert (status, film["directors"], film["imdb_id"]) == (200, ["Lana Wachowski"], "tt0133093")
    similar = get(client, f"/v1/films/{MATRIX.film_id}/similar?limit=1")[1]
    assert [one["film_id"] for one in similar["films"]] == [RELOADED.film_id]


def test_titles_come_by_id_when_held_and_the_others_are_named(client: Client) -> None:
    status, answer = post(client, {"film_ids": [GODFATHER.film_id, UNKNOWN]})
    assert (status, answer) == (200, {"titles": {GODFATHER.film_id: "Крёстный отец"}, "missing": [UNKNOWN]})


@pytest.mark.parametrize(
    ("path", "status"),
    [
        (f"/v1/films/{UNKNOWN}", 404), (f"/v1/films/{UNKNOWN}/similar", 404), ("/v1/films/no-id", 400),
        ("/v1/films?limit=0", 400), ("/v1/films?limit=101", 400), ("/v1/films?sort=best", 400),
        ("/v1/films?year_from=2000&year_to=1990", 400), ("/v1/films?min_rating=11", 400),
        ("/v1/films?cursor=forged", 400), ("/v1/films?year_from=soon", 400), ("/v1/films?query=" + "x" * 201, 400),
    ],
)  # fmt: skip
def test_a_problem_is_answered_when_the_request_is_bad(client: Client, path: str, status: int) -> None:
    answer = client.http.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body", [{}, {"film_ids": ["x"]}, {"film_ids": [UNKNOWN] * 101}, {"film_ids": [], "more": 1}, {"film_ids": "x"}]
)
def test_a_problem_is_answered_when_the_body_is_bad(client: Client, body: object) -> None:
    assert post(client, body)[0] == 400


def test_a_cursor_is_refused_when_the_search_is_another(client: Client) -> None:
    cursor = get(client, "/v1/films?limit=2")[1]["next_cursor"]
    assert get(client, f"/v1/films?limit=2&cursor={cursor}")[0] == 200
    assert get(client, f"/v1/films?limit=2&genre=drama&cursor={cursor}")[0] == 400


def test_searching_is_unavailable_when_the_engine_is_stopped(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resources, "catalog", lambda: OpenSearchCatalog("http://127.0.0.1:9/films"))
    for path in ("/v1/films?query=matrix", f"/v1/films/{MATRIX.film_id}"):
        status, problem = get(client, path)
        assert (status, problem["status"]) == (503, 503)


def test_a_place_among_opensearchs_films_comes_back_from_a_cursor_as_it_was() -> None:
    keys = (b"k" * 32,)
    cursor = seal(("what", (0, 0.1997, MATRIX.film_id)), keys)
    _, place = unseal(cursor, tuple[str, Position], keys)
    assert position_of(FilmQuery(after=place)) == (0, [0.1997, MATRIX.film_id])
