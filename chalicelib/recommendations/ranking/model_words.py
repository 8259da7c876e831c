"""Whether the model's words may be believed: every name, year and genre in them has to be the catalogue's. Pure.

What cannot be checked is taken for wrong: the film keeps its place, and a sentence of our own stands there instead.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from chalicelib.catalog.model import Film, KnownFilm, Titles
from chalicelib.catalog.titles.normalize import words as folded_words
from chalicelib.catalog.typed.kind_words import country_tag, find_country

TITLE_CHARACTERS_MIN = 4

_QUOTED = re.compile(r"[«“„\"]([^«»“”„\"]+)[»”“\"]")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_YEAR = re.compile(r"(?<!\d)(18|19|20)(\d\d)(?!\d)")
_DECADE = re.compile(r"(?<!\d)(\d{2}|\d{4})(?:'?s\b|-?[ех]\w*)", re.IGNORECASE)
_ENDS_SENTENCE = re.compile(r"[.!?…:]\s*$")
_NO_NAMES = frozenset({"i", "imdb", "gigachat", "вы", "вам", "вас", "вами", "ваш", "ваша", "ваше", "ваши", "вашему",
                       "вашей", "ваших", "вашим"})  # fmt: skip
# Beginnings of words that name a genre: the catalogue's words for it.
_GENRE_STEMS: Mapping[str, str] = {
    "animat": "animation", "cartoon": "animation", "мультфильм": "animation", "анимац": "animation",
    "comed": "comedy", "комеди": "comedy", "documentar": "documentary", "документальн": "documentary",
    "drama": "drama", "драма": "drama", "драмы": "drama", "драму": "drama", "драмой": "drama",
    "horror": "horror", "хоррор": "horror", "ужастик": "horror", "ужасов": "horror",
    "musical": "musical", "мюзикл": "musical", "noir": "film-noir", "нуар": "film-noir",
    "myster": "mystery", "детектив": "mystery", "romance": "romance", "мелодрам": "romance",
    "science": "sci-fi", "sci-fi": "sci-fi", "фантастик": "sci-fi", "fantasy": "fantasy", "фэнтези": "fantasy",
    "thriller": "thriller", "триллер": "thriller", "western": "western", "вестерн": "western",
    "боевик": "action", "crime": "crime",
}  # fmt: skip


def named_liked[F: KnownFilm](words: str, liked: Iterable[F]) -> list[F]:
    """The liked films that the words name: in quotation marks, or as the title is written."""
    if not words:  # as of most films of a list
        return []
    quoted = {_plain(one) for one in _QUOTED.findall(words)}
    return [film for film in liked if any(_is_named(title, words, quoted) for title in film.titles.all())]


def hold(words: str, film: Film, liked: Sequence[KnownFilm], known: Mapping[str, Film]) -> bool:
    """Whether all that the words name is true of the film, or of the liked ones that they name. `known` are the liked
    films of which the catalogue says more than a title."""
    named = named_liked(words, liked)
    titles = [one.titles for one in named] + [film.titles]
    if not all(_is_title(quoted, titles) for quoted in _QUOTED.findall(words)):
        return False
    left = _without_titles(_QUOTED.sub(" ", words), titles)
    about = [film, *(known[one.film_id] for one in named if one.film_id in known)]
    years = {one.year for one in named} | {film.year}
    return _names_hold(left, about) and _years_hold(left, years) and _genres_hold(left, about)


def hold_of_taste(words: str, liked: Sequence[KnownFilm], known: Mapping[str, Film]) -> bool:
    """Whether all that a sentence on a taste names is true of films liked: titles, people, countries by name or by
    adjective, years, decades and genres; and no other number stands in it. `known` as in `hold`."""
    titles = [one.titles for one in named_liked(words, liked)]
    if not all(_is_title(quoted, titles) for quoted in _QUOTED.findall(words)):
        return False
    left = _without_titles(_QUOTED.sub(" ", words), titles)
    about = [known[one.film_id] for one in liked if one.film_id in known]
    years = {one.year for one in liked}
    return (
        _names_hold(left, about)
        and _years_hold(left, years)
        and _genres_hold(left, about)
        and _countries_hold(left, about)
        and not re.search(r"\d", _YEAR.sub(" ", _DECADE.sub(" ", left)))
    )


def _is_named(title: str, words: str, quoted: Collection[str]) -> bool:
    if quoted and _plain(title) in quoted:
        return True
    # "It" and "Up" are words: unless quoted, a title has to be longer than they are.
    return len(title) >= TITLE_CHARACTERS_MIN and title in words and bool(_whole(title).search(words))


def _is_title(quoted: str, titles: Sequence[Titles]) -> bool:
    return _plain(quoted) in {_plain(title) for one in titles for title in one.all()}


def _without_titles(text: str, titles: Sequence[Titles]) -> str:
    for title in sorted((title for one in titles for title in one.all()), key=len, reverse=True):
        text = _whole(title).sub(" ", text)
    return text


def _whole(title: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(title)}(?!\w)")


def _names_hold(text: str, films: Sequence[Film]) -> bool:
    """Whether each word that stands with a capital within a sentence is part of a name that the catalogue has."""
    people = {word for film in films for name in (*film.directors, *film.actors, *film.countries)
              for word in _plain(name).split()}  # fmt: skip
    for found in _WORD.finditer(text):
        word, before = found[0], text[: found.start()]
        begins = not before.strip() or _ENDS_SENTENCE.search(before)
        if word[0].isupper() and not begins and _plain(word) not in people | _NO_NAMES:
            return False
    return True


def _years_hold(text: str, years: Iterable[int | None]) -> bool:
    true = {year for year in years if year is not None}
    decades = {year // 10 * 10 for year in true}
    for number in _DECADE.findall(text):
        if not {int(number), 1900 + int(number), 2000 + int(number)} & decades:
            return False
    return all(int(century + rest) in true | decades for century, rest in _YEAR.findall(text))


def _genres_hold(text: str, films: Sequence[Film]) -> bool:
    genres = {genre.casefold() for film in films for genre in film.genres}
    for word in map(str.casefold, _WORD.findall(text)):
        claimed = next((genre for stem, genre in _GENRE_STEMS.items() if word.startswith(stem)), None)
        if claimed and claimed not in genres:
            return False
    return True


def _countries_hold(text: str, films: Sequence[Film]) -> bool:
    countries = {country_tag(country) for film in films for country in film.countries}
    claimed = (find_country([word]) for word in folded_words(text))
    return all(not tags or countries.intersection(tags) for tags in claimed)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))
