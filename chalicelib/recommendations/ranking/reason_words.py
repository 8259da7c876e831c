"""Genres, countries and decades in the words of a sentence. Pure.

Russian has cases, and a name can be in any: each sentence is built so that what comes from the catalogue stays as it is
(`reasons.py`), so here are nominatives alone. A word that is unknown in a language is None: that fact is left out.
"""

from collections.abc import Sequence
from functools import lru_cache

from chalicelib.catalog.titles.normalize import is_cyrillic
from chalicelib.language import Language

_GENRES: dict[str, tuple[str, str]] = {  # by the catalogue's word, small: English, Russian
    "action": ("action", "боевик"),
    "adventure": ("adventure", "приключения"),
    "animation": ("animation", "мультфильм"),
    "biography": ("biography", "биография"),
    "children": ("children's film", "детское кино"),
    "comedy": ("comedy", "комедия"),
    "crime": ("crime", "криминал"),
    "documentary": ("documentary", "документальное кино"),
    "drama": ("drama", "драма"),
    "family": ("family film", "семейное кино"),
    "fantasy": ("fantasy", "фэнтези"),
    "film-noir": ("film noir", "нуар"),
    "history": ("history", "история"),
    "horror": ("horror", "ужасы"),
    "musical": ("musical", "мюзикл"),
    "mystery": ("mystery", "детектив"),
    "romance": ("romance", "мелодрама"),
    "sci-fi": ("science fiction", "фантастика"),
    "thriller": ("thriller", "триллер"),
    "war": ("war film", "военное кино"),
    "western": ("western", "вестерн"),
}
_NO_KIND = frozenset({"imax", "short", "(no genres listed)"})  # a format is no reason to see a film
# These say least of a film, and are named last: the demo catalogue's most frequent ones, the rarest of them first.
_COMMON = {"adventure": 0, "action": 1, "romance": 2, "thriller": 3, "comedy": 4, "drama": 5}

_COUNTRIES: dict[str, str] = {  # by the catalogue's word: Russian
    "Argentina": "Аргентина", "Australia": "Австралия", "Austria": "Австрия", "Belarus": "Беларусь",
    "Belgium": "Бельгия", "Brazil": "Бразилия", "Bulgaria": "Болгария", "Canada": "Канада", "Chile": "Чили",
    "China": "Китай", "Colombia": "Колумбия", "Cuba": "Куба", "Czech Republic": "Чехия",
    "Czechoslovakia": "Чехословакия", "Denmark": "Дания", "Egypt": "Египет", "Finland": "Финляндия",
    "France": "Франция", "Georgia": "Грузия", "Germany": "Германия", "Greece": "Греция", "Hong Kong": "Гонконг",
    "Hungary": "Венгрия", "Iceland": "Исландия", "India": "Индия", "Iran": "Иран", "Ireland": "Ирландия",
    "Israel": "Израиль", "Italy": "Италия", "Japan": "Япония", "Kazakhstan": "Казахстан", "Mexico": "Мексика",
    "Netherlands": "Нидерланды", "New Zealand": "Новая Зеландия", "Norway": "Норвегия", "Poland": "Польша",
    "Portugal": "Португалия", "Romania": "Румыния", "Russia": "Россия", "Serbia": "Сербия",
    "South Africa": "ЮАР", "South Korea": "Южная Корея", "Soviet Union": "СССР", "Spain": "Испания",
    "Sweden": "Швеция", "Switzerland": "Швейцария", "Taiwan": "Тайвань", "Thailand": "Таиланд", "Turkey": "Турция",
    "Ukraine": "Украина", "United Kingdom": "Великобритания", "West Germany": "ФРГ", "Yugoslavia": "Югославия",
}  # fmt: skip
_WITH_ARTICLE = frozenset({"Netherlands", "Soviet Union", "Czech Republic", "United Kingdom", "Philippines"})
_INNER = str.maketrans("«»", "„“")
_EVERYWHERE = frozenset({"United States"})  # two thirds of a catalogue: no tie


def telling_genres(genres: Sequence[str]) -> tuple[str, ...]:
    """Those that say something of a film, the most telling first."""
    return _telling(tuple(genres))


@lru_cache(maxsize=4_096)  # films share them: the demo catalogue's 9,453 have 936 rows of genres
def _telling(genres: tuple[str, ...]) -> tuple[str, ...]:
    known = [genre for genre in genres if genre.casefold() not in _NO_KIND]
    rest = [genre for genre in known if is_common(genre)]
    rare = (genre for genre in known if not is_common(genre))
    return (*rare, *sorted(rest, key=lambda one: _COMMON[one.casefold()]))


def is_common(genre: str) -> bool:
    """Whether it says little: a third of all films are dramas."""
    return genre.casefold() in _COMMON


def telling_countries(countries: Sequence[str]) -> list[str]:
    """Those that few films come from."""
    return [country for country in countries if country not in _EVERYWHERE]


def genre_word(genre: str, language: Language) -> str | None:
    """The genre as a noun, small."""
    known = _GENRES.get(genre.casefold())
    if known:
        return known[language == "ru"]
    return genre.lower() if is_cyrillic(genre) == (language == "ru") else None


def country_word(country: str, language: Language) -> str | None:
    """The country; in English as it stands behind "from"."""
    if language == "ru":
        return _COUNTRIES.get(country) or (country if is_cyrillic(country) else None)
    if country not in _COUNTRIES and (len(country) <= 3 or is_cyrillic(country)):  # a code is no word
        return None
    return f"the {country}" if country in _WITH_ARTICLE else country


def decade_of(year: int | None) -> int | None:
    """1979 → 1970."""
    return None if year is None else year // 10 * 10


def decade_word(decade: int, language: Language) -> str:
    """ "of the 1970s"; «1970-х»."""
    return f"of the {decade}s" if language == "en" else f"{decade}-х"


def in_quotes(title: str) -> str:
    """«Title»; quotes of its own become inner ones, as Russian writes them: «Отряд „Америка“»."""
    return f"«{title.translate(_INNER)}»"


def titles_joined(titles: Sequence[str], language: Language) -> str:
    """Titles as a sentence names them. In English without quotes, but where one with a comma stands among others."""
    if language == "ru":
        return joined([in_quotes(title) for title in titles], language)
    alone = len(titles) == 1
    return joined([title if alone or "," not in title else f"“{title}”" for title in titles], language)


def joined(names: Sequence[str], language: Language) -> str:
    """X, Y and Z; X, Y и Z."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {'and' if language == 'en' else 'и'} {names[-1]}"
