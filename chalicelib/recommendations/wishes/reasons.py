"""Which wishes a film meets, as one plain sentence of facts in the viewer's language. Pure.

What comes from the catalogue stands in the nominative, as in the home page's reasons.
"""

from collections.abc import Mapping, Sequence

from chalicelib.catalog.model import Film
from chalicelib.language import Language
from chalicelib.recommendations.ranking.reason_words import country_word, genre_word, telling_genres, titles_joined
from chalicelib.recommendations.wishes.carrying_out import has_country, has_genre
from chalicelib.recommendations.wishes.model import Plan, texts

_MINUTES: Mapping[Language, str] = {"en": "{} minutes", "ru": "{} мин."}
_AGE: Mapping[Language, str] = {"en": "rated {}+", "ru": "{}+"}
_LIKE: Mapping[Language, str] = {"en": "like {}", "ru": "похоже на {}"}
_FROM: Mapping[Language, str] = {"en": "from {}", "ru": "{}"}
_WITH: Mapping[Language, str] = {"en": "with {}", "ru": "{}"}
_BY: Mapping[Language, str] = {"en": "directed by {}", "ru": "режиссёр {}"}
_YOUR_WORDS: Mapping[Language, str] = {"en": "By your words", "ru": "По вашим словам"}


def reason(film: Film, plan: Plan, language: Language, *, is_alike: bool = True) -> str:
    """Never empty: where the film meets no wish that facts can tell, its own kind and year speak. `is_alike`: it has
    something to tell in common with the films that it is to be like."""
    genres = [one for value in texts(plan, "genre") for one in film.genres if has_genre(value, one)]
    parts = _worded(dict.fromkeys(genres), language) or _worded(telling_genres(film.genres)[:2], language)
    parts += [_FROM[language].format(word) for value in texts(plan, "country") for one in film.countries
              if has_country(value, one) and (word := country_word(one, language))][:1]  # fmt: skip
    for person in texts(plan, "person"):
        parts.append((_BY if person in film.directors else _WITH)[language].format(person))
    kinds = {wish.kind for wish in plan}
    if film.year is not None and (kinds & {"year_from", "year_to"} or not plan or len(parts) < 2):
        parts.append(str(film.year))
    if "max_minutes" in kinds and film.runtime_minutes is not None:
        parts.append(_MINUTES[language].format(film.runtime_minutes))
    if "age_limit" in kinds and film.age_rating is not None:
        parts.append(_AGE[language].format(film.age_rating))
    liked = [value.rpartition(" (")[0] or value for value in texts(plan, "like")]
    if liked and is_alike:
        parts.append(_LIKE[language].format(titles_joined(liked[:1], language)))
    said = ", ".join(parts)
    return f"{said[:1].upper()}{said[1:]}" if said else _YOUR_WORDS[language]


def _worded(genres: Sequence[str] | Mapping[str, None], language: Language) -> list[str]:
    return [word for genre in genres if (word := genre_word(genre, language))]
