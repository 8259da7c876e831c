"""A film of which everything is known, and the way it goes: row → catalogue → search, film, similar, home, feedback,
export. What is expected at each place is written out: a field that is lost anywhere on the way is missed here."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from chalice.test import Client

from chalicelib import resources
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.film_row import Row
from chalicelib.catalog.flat_fields import flat
from chalicelib.catalog.model import Film, FilmQuery, without_description
from chalicelib.catalog.port import Catalog
from chalicelib.language import Language
from chalicelib.recommendations.questions.admission import Gate
from chalicelib.recommendations.rebuild import Dependencies, rebuild
from chalicelib.settings import settings
from infra.catalog.sources.rows import LIST_SEPARATOR, Refusal, read_csv, read_jsonl
from tests.auth_world import EMAIL, PASSWORD
from tests.aws import aws_in_memory
from tests.fake_lanes import FakeItemSimilarity, FakeOutbox
from tests.fake_model import FakeBudget

OPINIONS: dict[str, Any] = {
    "audience_rating": 8.6,
    "audience_votes": 4_321,
    "runtime_minutes": 163,
    "critics_rating": 100,
    "awards": ["Prize of the Ecumenical Jury"],
}
ALLOWED: dict[str, Any] = {
    "available_from": "2020-01-01T00:00:00Z",
    "available_until": "2099-12-31T21:00:00Z",
    "regions": ["DE", "RU"],
}
ROW: dict[str, Any] = (
    OPINIONS
    | ALLOWED
    | {
        "age_rating": 12,
        "added_at": "2025-06-01T10:00:00Z",
        "id": "kp436",
        "title": "Stalker (1979)",
        "title_ru": "Сталкер",
        "title_en": "Stalker",
        "original_title": "Сталкер. Пикник на обочине",
        "alternative_titles": ["Roadside Picnic", "Der Stalker"],
        "year": 1979,
        "genres": ["Drama", "Sci-Fi"],
        "directors": ["Andrei Tarkovsky"],
        "actors": ["Alisa Freindlich", "Николай Гринько"],
        "countries": ["SU", "DE"],
        "description": "A guide leads two men through the Zone.",
        "imdb_id": "tt0079944",
        "imdb_rating": 8.1,
        "imdb_votes": 137_000,
        "poster_url": "https://posters.example/stalker.jpg",
    }
)
LIKED_ROW = ROW | {
    "id": "kp43911", "title": "Solaris (1972)", "title_ru": "Солярис", "title_en": "Solaris", "imdb_id": "tt0069293",
    "original_title": "Solyaris", "alternative_titles": ["Solaris of the Mind"], "year": 1972,
    "actors": ["Donatas Banionis"], "description": "A planet looks back.",
}  # fmt: skip
FILM_ID, LIKED_ID = film_id_of("kp436"), film_id_of("kp43911")
CARD = {
    "film_id": FILM_ID,
    "title": "Сталкер",
    "original_title": "Сталкер. Пикник на обочине",
    "year": 1979,
    "genres": ["Drama", "Sci-Fi"],
    "imdb_rating": 8.1,
    "imdb_votes": 137_000,
    "poster_url": "https://posters.example/stalker.jpg",
    "age_rating": 12,
    "added_at": "2025-06-01T10:00:00Z",
}
SHOWN: dict[Language, str] = {"ru": "Сталкер", "en": "Stalker"}
DETAILS = (
    CARD
    | OPINIONS
    | {
        "description": "A guide leads two men through the Zone.",
        "directors": ["Andrei Tarkovsky"],
        "actors": ["Alisa Freindlich", "Николай Гринько"],
        "countries": ["SU", "DE"],
        "alternative_titles": ["Stalker (1979)", "Stalker", "Roadside Picnic", "Der Stalker"],
        "imdb_id": "tt0079944",
    }
)
NAMES = {"title": "Stalker (1979)", "title_ru": "Сталкер", "title_en": "Stalker"}
LIKED_NAMES = {"title": "Solaris (1972)", "title_ru": "Солярис", "title_en": "Solaris"}


def loaded(folder: Path) -> tuple[Film, Film]:
    """Both films as the loader reads them, from JSON Lines and from CSV alike."""
    assert set(ROW) == set(Row.__struct_fields__), "a film of which everything is known"
    source, table = folder / "films.jsonl", folder / "films.csv"
    source.write_text("".join(json.dumps(row) + "\n" for row in (ROW, LIKED_ROW)), encoding="utf-8")
    table.write_text("\n".join([",".join(ROW), *map(_csv_line, (ROW, LIKED_ROW))]), encoding="utf-8")
    film, liked = read_jsonl(source)
    assert [film, liked] == list(read_csv(table))
    assert not isinstance(film, Refusal)
    assert not isinstance(liked, Refusal)
    known = {name: value for name, value in ROW.items() if name != "id"}
    assert json.loads(msgspec.json.encode(flat(film))) == known | {"film_id": FILM_ID, "source_id": "kp436"}
    return film, liked


def _csv_line(row: dict[str, Any]) -> str:
    texts = [LIST_SEPARATOR.join(value) if isinstance(value, list) else str(value) for value in row.values()]
    return ",".join(texts)


def follow_in_catalog(catalog: Catalog, film: Film, liked: Film) -> None:
    """Every way to read a film gives the whole of it, but for the description, which is read of one alone."""
    assert (catalog.get(FILM_ID), catalog.get(LIKED_ID)) == (film, liked)
    assert film.description
    film, liked = without_description(film), without_description(liked)
    assert catalog.get_many([FILM_ID]) == {FILM_ID: film}
    assert catalog.find_by_source_ids(["kp436", "tt0079944"]) == {"kp436": film, "tt0079944": film}
    known_by = ("Stalker", "stlaker", "Сталкер", "Roadside Picnic", "Freindlich", "guide Zone")
    for text in (*known_by, "obochine piknik", "grinko"):  # the last two by their sound
        assert catalog.search(FilmQuery(text=text)).films[0] == film, text
    assert film in catalog.search(FilmQuery(genre="sci-fi", year_from=1979, year_to=1979, min_rating=8.1)).films
    assert {film, liked} == set(catalog.search(FilmQuery(text="tarkovsky")).films), "of one director"
    assert film in catalog.find_by_title("Stalker")
    assert catalog.search(FilmQuery(sort="new", limit=2)).films == (film, liked), "of one moment, the later year first"
    assert catalog.find_by_titles(["Der Stalker"], exact=True) == [[film]]
    assert catalog.similar([LIKED_ID], limit=1) == [film]
    assert {film.film_id: film, liked.film_id: liked}.items() <= {one.film_id: one for one in catalog.top()}.items()


class Journey:
    """A viewer at the API, on this catalogue and on tables in memory."""

    def __init__(self, client: Client, catalog: Catalog) -> None:
        self.client, self.catalog = client, catalog
        self.language, self.token = "ru", ""
        self.user_id = self.call("POST", "/v1/auth/register", {"email": EMAIL, "password": PASSWORD})["user_id"]
        self.sign_in()

    def sign_in(self) -> None:
        self.token = self.call("POST", "/v1/auth/login", {"email": EMAIL, "password": PASSWORD})["access_token"]

    def call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        """The answer's JSON."""
        headers = {"Content-Type": "application/json", "Accept-Language": self.language} | dict(headers or {})
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.client.http.request(method, path, headers=headers, body=raw)
        assert answer.status_code < 300, answer.body
        return answer.json_body

    def one(self, path: str, key: str = "films", film_id: str = FILM_ID) -> dict[str, Any]:
        """The film's entry in a list that the API answers."""
        found: dict[str, Any] = next(one for one in self.call("GET", path)[key] if one["film_id"] == film_id)
        return found

    def rebuild(self) -> None:
        """The list anew, as the queue's function would make it."""
        store, feedback = resources.recommendation_store(), resources.feedback_store()
        outbox = FakeOutbox()
        gate = Gate(store, outbox, FakeBudget(), settings())
        dependencies = Dependencies(store, feedback, self.catalog, FakeItemSimilarity(), outbox, settings(), gate)
        rebuild(dependencies, self.user_id, datetime.now(UTC))


def follow_through_api(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Search, film, similar, home, feedback and export show all that they ever show of the film, in both languages."""
    from app import app

    with aws_in_memory(monkeypatch), Client(app) as client:
        monkeypatch.setattr(resources, "catalog", lambda: catalog)
        journey = Journey(client, catalog)
        for language, title in SHOWN.items():
            _change_language(journey, language)
            assert journey.one("/v1/films?query=stalker") == CARD | {"title": title}
            assert journey.one(f"/v1/films/{LIKED_ID}/similar") == CARD | {"title": title}
            assert journey.call("POST", "/v1/films/titles", {"film_ids": [FILM_ID]})["titles"] == {FILM_ID: title}
            at_home = journey.one("/v1/recommendations?limit=100")
            rating = {"en": "8.1", "ru": "8,1"}[language]
            assert rating in at_home.pop("explanation")
            assert "IMDb" in at_home.pop("reason")
            assert at_home.pop("place") >= 1
            assert at_home == CARD | {"title": title, "source": "top", "because": []}
        others = ["Stalker (1979)", "Сталкер", "Roadside Picnic", "Der Stalker"]
        details = DETAILS | {"title": "Stalker"} | {"alternative_titles": others}
        assert journey.call("GET", f"/v1/films/{FILM_ID}") == details
        _change_language(journey, "ru")
        assert journey.call("GET", f"/v1/films/{FILM_ID}") == DETAILS
        _follow_list(journey)
        _follow_feedback(journey)


def _change_language(journey: Journey, language: Language) -> None:
    journey.call("PATCH", "/v1/me", {"language": language})
    journey.language = language
    journey.sign_in()


def _follow_list(journey: Journey) -> None:
    """A like that the catalogue names, and the list made from it."""
    journey.call("PUT", f"/v1/feedback/{LIKED_ID}", {"rating": "like"})
    journey.rebuild()
    causes: dict[Language, str] = {"en": "Solaris", "ru": "Солярис"}
    for language, cause in causes.items():
        _change_language(journey, language)
        shown = journey.one("/v1/recommendations?limit=100")
        for reason in (shown.pop("reason"), shown.pop("explanation")):
            assert cause in reason
            assert "Andrei Tarkovsky" in reason, "who made both"
        assert shown.pop("place") >= 1
        assert shown == CARD | {"title": SHOWN[language], "source": "personal", "because": [LIKED_ID]}
    exported = journey.call("GET", "/v1/me/export")["recommendations"]
    assert exported.keys() == {"list_", "answer", "raw", "state", "due", "texts", "texts_day", "erased", "evenings"}
    held = exported["list_"]
    place = next(film for film in held["films"] if film["film_id"] == FILM_ID)
    because = {"ground": "content", "because": [LIKED_ID], "reason": None, "reason_language": None}
    assert place.pop("why")[1] > 0, "similarity of content put it there"
    assert place == CARD | ALLOWED | NAMES | because
    assert held["because_titles"] == {LIKED_ID: list(LIKED_NAMES.values())}
    assert (held["version"], len(held["taste_hash"])) == (1, 32)
    assert held["seen_until"] < held["read_at"] <= held["generated_at"]


def _follow_feedback(journey: Journey) -> None:
    """Feedback copies the film from the viewer's list, from the catalogue, and from a history row's match."""
    answer = journey.call("PUT", f"/v1/feedback/{FILM_ID}", {"rating": "dislike", "steer": "exclude", "saved": True})
    said = {"film_id": FILM_ID, "year": 1979, "rating": "dislike", "steer": "exclude"}
    shown = {"title": "Сталкер", "available": True, "saved": True, "updated_at": answer["updated_at"]}
    assert answer == said | shown | {name: answer[name] for name in ("genres", "imdb_rating", "poster_url")}
    assert answer["genres"] == journey.call("GET", f"/v1/films/{FILM_ID}")["genres"]
    assert journey.one("/v1/feedback", "feedback") == answer
    exported = journey.call("GET", "/v1/me/export")["feedback"]
    ours = {"language": "ru", "rated_at": None, "unconfirmed": False, "imported": False}
    assert exported[0] == said | NAMES | ours | dict.fromkeys(("updated_at", "saved_at"), answer["updated_at"])
    ours["saved_at"] = None
    liked = {"film_id": LIKED_ID, "year": 1972, "rating": "like", "steer": None} | ours
    assert exported[1] == liked | LIKED_NAMES | {"updated_at": exported[1]["updated_at"]}
    journey.call("DELETE", f"/v1/feedback/{FILM_ID}")
    history = "Const,Your Rating,Date Rated,Title,Year\ntt0079944,10,2019-03-02,Stalker,1979\n"
    assert journey.call("POST", "/v1/feedback/import", {"format": "imdb", "csv": history})["imported"] == 1
    brought = journey.call("GET", "/v1/me/export")["feedback"][0]
    said |= {"rating": "like", "steer": None} | ours | {"rated_at": "2019-03-02T00:00:00Z"}
    assert brought == said | NAMES | {"updated_at": brought["updated_at"]}
