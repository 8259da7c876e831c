"""How a film is laid out in OpenSearch, without a node: what a search can find it by is all there."""

from chalicelib.catalog.adapters.opensearch.index import MAPPING, entry_of
from chalicelib.catalog.flat_fields import document_of
from tests.factories import NOW, film_with

FILM = film_with(
    film_id="f", source_id="kp436", imdb_id="tt0079944", title="Stalker (1979)", title_ru="Сталкер", title_en="Stalker",
    original_title="Picnic", alternative_titles=("Roadside",), year=1979, genres=("Drama", "Sci-Fi"),
    directors=("Andrei Tarkovsky",), actors=("Alisa Freindlich",), countries=("SU",), description="A guide in a zone.",
    imdb_rating=8.1, imdb_votes=137_000, audience_rating=8.6, audience_votes=4_321, poster_url="https://posters.example",
    added_at="2026-01-01T00:00:00Z", age_rating=12, available_from=NOW, available_until=NOW, regions=("RU",),
)  # fmt: skip


def test_film_is_found_by_everything_known_of_it_when_it_is_laid_out() -> None:
    entry = entry_of(FILM)
    scores = {name: entry.pop(name) for name in ("weight", "fame", "by_standing", "by_rating", "by_added")}
    keys, tags, sounds = entry.pop("keys"), entry.pop("tags"), entry.pop("sounds")
    assert entry == {
        "film": document_of(FILM),
        "film_id": "f",
        "source_ids": ["kp436", "tt0079944"],
        "names": ["stalker 1979", "сталкер", "stalker", "picnic", "roadside"],
        "people": ["andrei tarkovsky", "alisa freindlich"],
        "description": "a guide in a zone",
        "genres": ["drama", "sci-fi"],
        "year": 1979,
        "age_rating": 12,
        "available_from": NOW,
        "available_until": NOW,
        "regions": ["RU"],
        "rating": 8.1,
        "by_year": 1979,
    }
    assert {"stalker", "сталкер", "picnic", "roadside"} <= set(keys)  # type: ignore[call-overload]
    assert tags
    assert sounds
    assert all(isinstance(score, float) and score > 0 for score in scores.values())


def test_people_are_found_by_how_their_russian_names_sound() -> None:
    entry = entry_of(film_with(film_id="f", title="X", directors=("Тарковский",), actors=("Фрейндлих",)))
    assert entry["sounds"] == entry_of(film_with(film_id="f", title="Тарковский Фрейндлих"))["sounds"]


def test_every_part_is_in_the_mapping_and_unknown_values_are_left_out() -> None:
    assert entry_of(FILM).keys() == MAPPING["properties"].keys()  # type: ignore[attr-defined]
    bare = entry_of(film_with(film_id="f", title="X"))
    assert bare.keys() == {
        "film",
        "film_id",
        "keys",
        "names",
        "fame",
        "by_standing",
        "by_rating",
        "by_year",
        "by_added",
    }
