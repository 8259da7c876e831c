"""A family at the API: whatever is asked, no film that is too adult, out of its time or elsewhere is answered."""

import itertools
import json
import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest
from chalice.test import Client

from chalicelib import resources
from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film, Showing, Sort
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document
from tests.aws import aws_in_memory
from tests.contract.film_journey import Journey
from tests.factories import film_with

ROUNDS = 40
AGES, REGIONS = (None, 0, 6, 12, 16, 18), (None, "RU", "US")
FILTERS = ("", "&genre=comedy", "&year_from=1995&year_to=2002", "&genre=Drama&year_from=2001")
WORDS = (
    "",
    "&query=teddy",
    "&query=sterling",
    "&query=Drama%20Teddy",
    "&query=tedy",
    "&query=%D1%82%D0%B5%D0%B4%D0%B4%D0%B8",
)
ORDERS = ("", *(f"&sort={sort}" for sort in get_args(Sort.__value__)))
RATINGS = ("", "&min_rating=6.5")
PAGE_SIZES = (100, 30)
# The routes that show films of the catalogue. Feedback shows what the viewer has said, and whether it may be shown.
CHECKED = {
    "POST /v1/ask",
    "GET /v1/films",
    "GET /v1/films/{film_id}",
    "GET /v1/films/{film_id}/similar",
    "POST /v1/films/titles",
    "GET /v1/recommendations",
    "PUT /v1/feedback/{film_id}",
    "POST /v1/evenings",
    "GET /v1/evenings/{code}",
    "POST /v1/evenings/{code}/join",
    "POST /v1/evenings/{code}/answers",
    "POST /v1/feedback/import",
}
OWN_OR_SERVERS = {
    "GET /v1/feedback",
    "PUT /v1/catalog/films/{source_id}",
    "GET /v1/operator/viewers/{user_id}/list",  # an operator looks at what was published
}


def films_of_every_kind(now: datetime) -> list[Film]:
    """Films of all ages, times and places that resemble each other in all else."""
    moments = (None, now - timedelta(days=1), now + timedelta(days=1))
    every = itertools.product(moments, moments, ((), ("RU",), ("DE",)), AGES)
    return [
        film_with(
            film_id=film_id_of(f"family-{n}"), source_id=f"family-{n}", title=f"Teddy {n}", year=1990 + n % 20,
            genres=("Comedy", "Family") if n % 3 else ("Drama",), directors=("Ann Sterling",), imdb_rating=7.0,
            imdb_votes=50_000 + n, available_from=since, available_until=until, regions=regions, age_rating=age,
        )
        for n, (since, until, regions, age) in enumerate(every)
    ]  # fmt: skip


def fuzz(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Profiles, routes and filters at random, signed in and not; a request narrows and never widens."""
    from app import app

    assert routes_that_show_films() == CHECKED | OWN_OR_SERVERS, "a new route belongs into the rounds below"
    now, chance = datetime.now(UTC), random.Random(15)
    wished = random.Random(20)  # the rounds of before stay as they were
    films = films_of_every_kind(now)
    catalog.replace_all(films)
    monkeypatch.setenv("EVENINGS_PER_VIEWER", str(ROUNDS))
    with aws_in_memory(monkeypatch), Client(app) as client:
        house = shown_to(catalog)  # as `resources.catalog` opens it
        monkeypatch.setattr(resources, "catalog", lambda: house)
        journey = Journey(client, catalog)
        for film in _liked(films):
            journey.call("PUT", f"/v1/feedback/{film.film_id}", {"rating": "like"})
        journey.rebuild()
        known = journey.token
        for number in range(ROUNDS):
            own = Showing(at=now, age_limit=chance.choice(AGES), region=chance.choice(REGIONS))
            journey.call("PATCH", "/v1/me", {"age_limit": own.age_limit, "region": own.region})
            asked = chance.choice(AGES)
            given = "" if asked is None else f"&age_limit={asked}"
            narrow = _narrowed(own, asked)
            filters = chance.choice(FILTERS) + f"&limit={chance.choice(PAGE_SIZES)}" + given
            _check(journey, f"/v1/recommendations?{filters}", films, narrow)
            _check_one(journey, chance.choice(films), films, own)
            _check_asked(journey, wished.choice(films), films, asked, narrow)
            _check_import(journey, chance.choice(films), own)
            if number % 2:  # an address joins thirty an hour
                _check_evening(journey, films, own, wished.choice(AGES))
            for token, limits in ((known, narrow), ("", _narrowed(Showing(at=now), asked))):
                journey.token = token  # the second time a stranger, of whom nothing but the request is known
                search = chance.choice(WORDS) + chance.choice(ORDERS) + chance.choice(RATINGS)
                _check(journey, f"/v1/films?{search}{filters}", films, limits)
                _check_shown(journey, chance.choice(films), given, films, limits)
                _check_titles(journey, given, chance.sample(films, 50), limits)
            journey.token = known


def routes_that_show_films() -> set[str]:
    """All whose answer, by the document of the API, names films."""
    described = json.loads(msgspec.json.encode(document(ENDPOINTS)))
    schemas = described["components"]["schemas"]

    def names_films(schema: Any, seen: frozenset[str]) -> bool:
        if isinstance(schema, list):
            return any(names_films(one, seen) for one in schema)
        if not isinstance(schema, dict):
            return False
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen and names_films(schemas[name], seen | {name}):
            return True
        return bool({"film_id", "titles"} & set(schema.get("properties", ()))) or names_films(
            list(schema.values()), seen
        )

    return {
        f"{method.upper()} {path}"
        for path, operations in described["paths"].items()
        for method, operation in operations.items()
        if names_films([one for status, one in operation["responses"].items() if status[0] == "2"], frozenset())
    }


def _narrowed(own: Showing, asked: int | None) -> Showing:
    limits = [limit for limit in (own.age_limit, asked) if limit is not None]
    return Showing(at=own.at, age_limit=min(limits, default=None), region=own.region)


def _check(journey: Journey, path: str, films: list[Film], showing: Showing) -> None:
    """Every page of the list."""
    by_id = {one.film_id: one for one in films}
    answered: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = journey.call("GET", path + (f"&cursor={cursor}" if cursor else ""))
        answered += [card["film_id"] for card in page["films"]]
        _check_reasons(page["films"], films, showing)
        cursor = page.get("next_cursor")
    assert len(set(answered)) == len(answered)
    assert not [by_id[film_id] for film_id in answered if not is_shown(by_id[film_id], showing)], (path, showing)


def _check_reasons(cards: list[dict[str, Any]], films: list[Film], showing: Showing) -> None:
    """Nor does a reason name a film that is not for this age, in its words or by its id."""
    hidden = [one for one in films if not is_shown(one, Showing(at=showing.at, age_limit=showing.age_limit))]
    names = {one.film_id for one in hidden} | {one.titles.main for one in hidden}
    told = {film_id for card in cards for film_id in card.get("because", ())}
    for card in cards:
        told |= set(re.findall(r"Teddy \d+", f"{card.get('reason')} {card.get('explanation')}"))
    assert showing.age_limit is None or not told & names, (told & names, showing)


def _check_shown(journey: Journey, film: Film, given: str, films: list[Film], showing: Showing) -> None:
    """A film and what is like it: neither is there for whom it may not be shown to."""
    path = f"/v1/films/{film.film_id}"
    if is_shown(film, showing):
        assert journey.call("GET", f"{path}?{given}")["film_id"] == film.film_id
        _check(journey, f"{path}/similar?limit=100{given}", films, showing)
        return
    for one in (f"{path}?{given}", f"{path}/similar?{given}"):
        assert _status(journey, "GET", one, None) == 404, (one, showing)


def _check_one(journey: Journey, film: Film, films: list[Film], showing: Showing) -> None:
    """A film that may not be shown is nowhere: it has no page, nothing is similar to it, nobody can like it."""
    _check_shown(journey, film, "", films, showing)
    if not is_shown(film, showing):
        path = f"/v1/feedback/{film.film_id}"
        assert _status(journey, "PUT", path, {"rating": "like"}) == 404, (path, showing)


def _check_asked(journey: Journey, film: Film, films: list[Film], asked: int | None, showing: Showing) -> None:
    """Whatever is asked in one's own words, or in wishes sent back, a limit wished for among them."""
    by_id = {one.film_id: one for one in films}
    limit = [] if asked is None else [{"kind": "age_limit", "value": asked}]
    name = film.titles.main
    named = {"kind": "like", "value": f"{name} ({film.year})"}
    for body in (
        {"text": f"like {name}, a comedy" + ("" if asked is None else f", {asked}+")},
        {"text": name + ("" if asked is None else f" {asked}+")},
        {"understood": [named, *limit]},
        {"understood": [{"kind": "person", "value": "Ann Sterling"}, {"kind": "genre", "value": "Drama"}, *limit]},
    ):
        answer = journey.call("POST", "/v1/ask", body | {"limit": 100})
        shown = [by_id[card["film_id"]] for card in answer["films"]]
        assert not [one for one in shown if not is_shown(one, showing)], (body, showing)
        profile = Showing(at=showing.at, age_limit=showing.age_limit if asked is None else None, region=showing.region)
        if not is_shown(film, profile):
            assert not [card for card in answer["films"] if name in card["reason"].split(", like ")], (body, showing)


def _check_import(journey: Journey, film: Film, showing: Showing) -> None:
    """A history's row finds a film if it may be shown, and else nothing that may not."""
    text = f"title,year,rating\n{film.titles.main},{film.year},seen\n"
    answer = journey.call("POST", "/v1/feedback/import", {"format": "plain", "csv": text})
    assert answer["neutral"] == is_shown(film, showing), (film, showing)
    assert answer["ambiguous"] == []
    if answer["neutral"]:
        journey.call("DELETE", f"/v1/feedback/{film.film_id}")


def _check_evening(journey: Journey, films: list[Film], host: Showing, guests: int | None) -> None:
    """What two share may be shown to both: to whoever has opened the evening, and to a guest of that age."""
    code = journey.call("POST", "/v1/evenings")["code"]
    path, guest = f"/v1/evenings/{code}", {"X-Guest": "a-guest".ljust(43, "0")}
    both = [one for one in films if is_shown(one, host) and is_shown(one, Showing(at=host.at, age_limit=guests))]
    allowed = {one.film_id for one in both}
    token, journey.token = journey.token, ""
    joined = journey.call("POST", f"{path}/join", {"picks": sorted(allowed)[:1], "age_limit": guests}, guest)
    answers = [joined, journey.call("GET", path, headers=guest)]
    said = [{"film_id": film["film_id"], "said": "no"} for film in joined["films"]]
    answers.append(journey.call("POST", f"{path}/answers", {"answers": said}, guest))
    journey.token = token
    answers.append(journey.call("GET", path))
    for answer in answers:
        shown = {film["film_id"] for film in [*answer["films"], *([answer["chosen"]] if answer["chosen"] else [])]}
        assert shown <= allowed, (host, guests)
    journey.call("DELETE", path)


def _check_titles(journey: Journey, given: str, films: list[Film], showing: Showing) -> None:
    named = journey.call("POST", f"/v1/films/titles?{given}", {"film_ids": [one.film_id for one in films]})
    allowed = {one.film_id for one in films if is_shown(one, showing)}
    assert set(named["titles"]) == allowed
    assert set(named["missing"]) == {one.film_id for one in films} - allowed


def _liked(films: list[Film]) -> list[Film]:
    """Some of all ages, so that a list has reasons that a family must not read."""
    bare = [one for one in films if not (one.available_from or one.available_until or one.regions)]
    return sorted(bare, key=lambda one: one.age_rating or 0)[-4:] + bare[:1]


def _status(journey: Journey, method: str, path: str, body: Any) -> int:
    headers = {"Content-Type": "application/json"}
    if journey.token:
        headers["Authorization"] = f"Bearer {journey.token}"
    raw = b"" if body is None else json.dumps(body).encode()
    return int(journey.client.http.request(method, path, headers=headers, body=raw).status_code)
