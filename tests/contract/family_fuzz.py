"""A family at the API: whatever is asked, no film that is too adult, out of its time or elsewhere is answered."""

import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from chalice.test import Client

from chalicelib import resources
from chalicelib.catalog.availability import is_shown
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film, Showing
from chalicelib.catalog.port import Catalog
from chalicelib.catalog.shown import shown_to
from tests.aws import aws_in_memory
from tests.contract.film_journey import Journey
from tests.factories import film_with

ROUNDS = 60
AGES, REGIONS = (None, 0, 6, 12, 16, 18), (None, "RU", "US")
FILTERS = ("", "&genre=comedy", "&year_from=1995&year_to=2002", "&genre=Drama&year_from=2001")
SEARCHES = ("&query=teddy", "&query=sterling", "&sort=new", "&sort=rating", "")


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
    """Profiles, routes and filters at random; a request narrows and never widens."""
    from app import app

    now, chance = datetime.now(UTC), random.Random(15)
    films = films_of_every_kind(now)
    catalog.replace_all(films)
    with aws_in_memory(monkeypatch), Client(app) as client:
        house = shown_to(catalog)  # as `resources.catalog` opens it
        monkeypatch.setattr(resources, "catalog", lambda: house)
        journey = Journey(client, catalog)
        journey.call("PUT", f"/v1/feedback/{_open_to_all(films)}", {"rating": "like"})
        journey.rebuild()
        for _ in range(ROUNDS):
            own = Showing(at=now, age_limit=chance.choice(AGES), region=chance.choice(REGIONS))
            journey.call("PATCH", "/v1/me", {"age_limit": own.age_limit, "region": own.region})
            asked = chance.choice(AGES)
            limits = [limit for limit in (own.age_limit, asked) if limit is not None]
            narrow = Showing(at=now, age_limit=min(limits, default=None), region=own.region)
            filters = chance.choice(FILTERS) + ("" if asked is None else f"&age_limit={asked}")
            _check(journey, f"/v1/films?limit=100{chance.choice(SEARCHES)}{filters}", films, narrow)
            _check(journey, f"/v1/recommendations?limit=100{filters}", films, narrow)
            _check_one(journey, chance.choice(films), films, own)
            _check_titles(journey, chance.sample(films, 50), own)


def _check(journey: Journey, path: str, films: list[Film], showing: Showing) -> None:
    by_id = {one.film_id: one for one in films}
    answered = [card["film_id"] for card in journey.call("GET", path)["films"]]
    assert len(set(answered)) == len(answered)
    assert not [by_id[film_id] for film_id in answered if not is_shown(by_id[film_id], showing)], (path, showing)


def _check_one(journey: Journey, film: Film, films: list[Film], showing: Showing) -> None:
    """A film that may not be shown is nowhere: it has no page, nothing is similar to it, nobody can like it."""
    if is_shown(film, showing):
        _check(journey, f"/v1/films/{film.film_id}/similar?limit=100", films, showing)
        return
    for method, path, body in (
        ("GET", f"/v1/films/{film.film_id}", None),
        ("GET", f"/v1/films/{film.film_id}/similar", None),
        ("PUT", f"/v1/feedback/{film.film_id}", {"rating": "like"}),
    ):
        assert _status(journey, method, path, body) == 404, (path, showing)


def _check_titles(journey: Journey, films: list[Film], showing: Showing) -> None:
    named = journey.call("POST", "/v1/films/titles", {"film_ids": [one.film_id for one in films]})
    allowed = {one.film_id for one in films if is_shown(one, showing)}
    assert set(named["titles"]) == allowed
    assert set(named["missing"]) == {one.film_id for one in films} - allowed


def _open_to_all(films: list[Film]) -> str:
    bare = (one for one in films if not (one.available_from or one.available_until or one.regions))
    return next(one.film_id for one in bare if one.age_rating == 0)


def _status(journey: Journey, method: str, path: str, body: Any) -> int:
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {journey.token}"}
    raw = b"" if body is None else json.dumps(body).encode()
    return int(journey.client.http.request(method, path, headers=headers, body=raw).status_code)
