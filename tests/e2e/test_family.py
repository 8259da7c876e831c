"""A family's limit at the deployed API: it holds on the open routes too, by the viewer's token."""

from tests.deployed import Viewer, wait_for


def test_nothing_above_the_age_limit_is_shown_when_the_profile_has_one(viewer: Viewer) -> None:
    (film_id,) = viewer.films("The Godfather")
    viewer.ok("PATCH", "v1/me", {"age_limit": 12, "region": "RU"})
    assert viewer.call("GET", f"v1/films/{film_id}").status_code == 404
    assert viewer.ok("POST", "v1/films/titles", {"film_ids": [film_id]})["missing"] == [film_id]
    found = viewer.ok("GET", "v1/films", params={"query": "star", "limit": 100})["films"]
    assert found
    assert all(film["age_rating"] is not None and film["age_rating"] <= 12 for film in found)

    def is_narrowed() -> bool:
        """The gateway keeps the authorizer's answer for half a minute."""
        films = viewer.home(limit=100)["films"]
        return bool(films) and all(film["age_rating"] is not None and film["age_rating"] <= 12 for film in films)

    assert wait_for(is_narrowed, 60)
    assert viewer.call("GET", "v1/films", headers={"Authorization": "Bearer nonsense"}).status_code == 401
