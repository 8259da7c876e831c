"""Films as the fake API shows them: on a card, and in a list with what put them there."""

import hashlib
from typing import Any

from chalicelib.catalog.availability import UNKNOWN_COUNTS_AS
from chalicelib.outcomes.list_version import list_version
from tests.browser.fake_films import FILMS

type Json = dict[str, Any]


def versioned(made: str, films: list[Json]) -> str:
    """The version of a list, as the API makes it."""
    return list_version(hashlib.sha256(made.encode()).hexdigest()[:12], [film["source"] for film in films])


def listed(film: Json, place: int, source: str, liked: list[str], language: str) -> Json:
    """A film of the home page. The last third of a personal list comes from the top."""
    because: list[str] = []
    if source == "top" or place >= 36:
        source, ru, en = "top", "Высокая оценка зрителей IMDb.", "Rated highly by IMDb viewers."
    else:
        about = FILMS[liked[-1 - place % len(liked)]]
        because = [about["film_id"]]
        if source == "gigachat" and place < 12:
            ru = f"Та же тишина и внутреннее напряжение, что в «{about['title_ru']}», но с другой развязкой."
            en = f"The same quiet tension as in “{about['title_en']}”, with a very different ending."
        else:
            source = "personal"
            ru = f"Похоже на «{about['title_ru']}», который вам понравился."
            en = f"Like “{about['title_en']}”, which you liked."
    said = ru if language == "ru" else en
    return card(film, language) | {
        "place": place + 1,
        "source": source,
        "reason": said,
        "explanation": said,
        "because": because,
    }


def card(film: Json, language: str) -> Json:
    """The film as every list shows it."""
    return {"title": title(film, language)} | {key: film[key] for key in film if not key.startswith("title_")}


def is_for(film: Json, age_limit: int | None) -> bool:
    """Whether the film may be shown under that limit."""
    age = UNKNOWN_COUNTS_AS if film["age_rating"] is None else film["age_rating"]
    return age_limit is None or age <= age_limit


def is_of(film: Json, query: dict[str, str]) -> bool:
    """Whether the film is of the genre and the years that the query names."""
    if query.get("genre", film["genres"][0]) not in film["genres"]:
        return False
    return int(query.get("year_from", 0)) <= int(film["year"]) <= int(query.get("year_to", 9999))


def title(film: Json, language: str) -> str:
    """In the viewer's language."""
    return str(film["title_ru" if language == "ru" else "title_en"])
