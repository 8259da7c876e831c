"""The fake behind the browser tests says what the real API says: its document knows every field, and lacks none."""

from typing import Any

import pytest

from tests.browser.described import Described
from tests.browser.fake_api import Answer, FakeApi
from tests.browser.fake_films import FILMS

EMAIL, PASSWORD = "viewer@example.org", "a long evening at the pictures"
FIRST, SECOND, THIRD, *_ = FILMS
CARD: dict[str, Any] = {
    "film_id": FIRST, "title": "Stalker", "original_title": None, "year": 1979, "genres": [], "imdb_rating": None,
    "imdb_votes": None, "poster_url": None, "age_rating": 12, "added_at": None,
}  # fmt: skip


class Page:
    """Asks as the page does."""

    def __init__(self) -> None:
        self.api = FakeApi()
        self.headers: dict[str, str] = {"accept-language": "ru"}

    def ask(self, method: str, target: str, body: Any = None) -> Answer:
        return self.api.handle(method, target, self.headers, body)

    def sign_in(self) -> None:
        self.ask("POST", "v1/auth/register", {"email": EMAIL, "password": PASSWORD, "language": "ru"})
        answer = self.ask("POST", "v1/auth/session/login", {"email": EMAIL, "password": PASSWORD})
        assert answer.body
        self.headers |= {
            "authorization": f"Bearer {answer.body['access_token']}",
            "cookie": answer.headers["Set-Cookie"],
        }


def test_all_that_the_fake_answers_is_described() -> None:
    page = Page()
    page.ask("POST", "v1/auth/session/refresh")
    page.ask("GET", "v1/me")
    page.ask("GET", "v1/films?query=stalker&genre=Drama&year_from=1979&year_to=1980&min_rating=7&sort=year&limit=24")
    page.ask("GET", "v1/films?age_limit=12")
    page.sign_in()
    page.ask("POST", "v1/auth/session/login", {"email": EMAIL, "password": "wrong"})
    page.ask("POST", "v1/auth/register", {"email": EMAIL, "password": PASSWORD})
    page.ask("POST", "v1/auth/session/refresh")
    for rating in ("top", "personal", "gigachat"):
        page.ask("GET", "v1/recommendations?limit=60&age_limit=12")
        page.ask("GET", "v1/recommendations?limit=60")
        film_id = {"top": FIRST, "personal": SECOND, "gigachat": THIRD}[rating]
        page.ask("PUT", f"v1/feedback/{film_id}", {"rating": "like", "steer": None})
        page.api.users[EMAIL].rated_at = 0.0  # long ago: the list is rebuilt, and then answered
    page.ask("GET", "v1/recommendations?limit=60")
    page.ask("POST", "v1/recommendations/refresh")
    page.ask("POST", "v1/events", {"events": [{"type": "shown", "film_id": FIRST, "at": "2026-11-20T18:00:00Z"}]})
    page.ask("GET", f"v1/films/{FIRST}?age_limit=18")
    page.ask("GET", f"v1/films/{FIRST}/similar?limit=12")
    page.ask("GET", f"v1/films/{EMAIL}")
    page.ask("POST", "v1/films/titles", {"film_ids": [FIRST, SECOND]})
    page.ask("GET", "v1/me/sessions")
    page.ask("DELETE", "v1/me/sessions/there")
    page.ask("POST", "v1/auth/reset", {"email": EMAIL})
    page.api.codes |= {"one": EMAIL, "two": EMAIL}
    for code in ("one", "none"):
        page.ask("POST", "v1/auth/confirm", {"token": code})
    for code in ("two", "none"):
        page.ask("POST", "v1/auth/reset/confirm", {"token": code, "new_password": PASSWORD})
    page.api.is_sign_in_old, page.api.work_bits = True, 30
    page.ask("GET", "v1/me/export")
    page.ask("POST", "v1/auth/session/login", {"email": EMAIL, "password": PASSWORD})
    page.ask("GET", "v1/feedback?rating=like&limit=50")
    page.ask("DELETE", f"v1/feedback/{FIRST}")
    page.ask(
        "POST", "v1/feedback/import", {"format": "plain", "csv": "title,year,rating\nСталкер,1979,like\nNo,1950,like"}
    )
    page.ask("GET", "v1/me/export")
    page.ask("PATCH", "v1/me", {"language": "en", "age_limit": 12})
    page.ask("PUT", "v1/me/password", {"current_password": PASSWORD, "new_password": "another"})
    page.ask("POST", "v1/auth/session/logout")
    page.ask("DELETE", "v1/me")
    assert page.api.strays == []
    assert len({(method, path.split("/")[1]) for method, path in page.api.requests}) > 10


@pytest.mark.parametrize(
    ("query", "answer"),
    [
        ("", {"films": [CARD], "next_cursor": None, "match": "all", "taste": 1}),
        ("", {"films": [CARD]}),
        (
            "",
            {
                "films": [{name: value for name, value in CARD.items() if name != "added_at"}],
                "next_cursor": None,
                "match": "all",
            },
        ),
        ("", {"films": [CARD | {"year": "1979"}], "next_cursor": None, "match": "all"}),
        ("", None),
        ("page=2", {"films": [CARD], "next_cursor": None, "match": "all"}),
        ("age_limit=13", {"films": [CARD], "next_cursor": None, "match": "all"}),
        ("limit=200", {"films": [CARD], "next_cursor": None, "match": "all"}),
    ],
    ids=[
        "unknown field",
        "missing field",
        "missing in a card",
        "other kind",
        "nothing",
        "unknown query",
        "no such age",
        "too many",
    ],
)
def test_a_fake_that_says_it_otherwise_is_found_out(query: str, answer: Any) -> None:
    described = Described()
    good = {"films": [CARD], "next_cursor": None, "match": "all"}
    assert described.strays("GET", "v1/films", "age_limit=12&query=1984", None, 200, good) == []
    assert described.strays("GET", "v1/films", query, None, 200, answer)


def test_a_request_that_the_api_refuses_is_found_out() -> None:
    described = Described()
    assert described.strays("GET", "v1/nowhere", "", None, 200, {})
    assert described.strays("PATCH", "v1/me", "", {"age": 12}, 204, None)
    assert described.strays("DELETE", "v1/me", "", None, 204, None) == []
    assert described.strays("DELETE", "v1/me", "", None, 202, None)
