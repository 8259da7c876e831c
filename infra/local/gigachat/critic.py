"""The stand-in's taste: reads the question as text, picks by genre and era, proposes films of its own."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

_CANDIDATE = re.compile(r'^(\d{1,3})\s+"(.*)"(?:\s+(\d{4}))?(?:\s+(\S.*))?$')
_QUOTED = re.compile(r'"([^"]+)"(?:\s+(\d{4}))?')
_LIKED, _DISLIKED, _GENRES = ("Нравится", "Ещё такого"), ("Не нравится", "Не предлагать"), ("Жанры",)
PICKS, PROPOSALS = 12, 4
CARD_CHARACTERS_MAX = 90  # what a prompt asks of a reason, so that a card shows it whole
SIGNED = {"ru": "Двойник GigaChat", "en": "Stand-in for GigaChat"}
"""How its reasons begin: nobody who looks at a local page should judge the model by them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A film as the question names it."""

    title: str
    year: int | None = None
    genres: tuple[str, ...] = ()
    number: int = 0


@dataclass(slots=True)
class Reading:
    """What the question says."""

    language: str = "ru"
    liked: list[Seen] = field(default_factory=list)
    disliked: list[Seen] = field(default_factory=list)
    genres: list[str] = field(default_factory=list)
    candidates: list[Seen] = field(default_factory=list)
    text: str = ""


# title, Russian title, year, genres. From 2017 on the demo catalogue has none of them; two of them nobody has.
_OWN = (
    ("The Shawshank Redemption", "Побег из Шоушенка", 1994, "drama crime"),
    ("The Godfather", "Крёстный отец", 1972, "drama crime"),
    ("Seven Samurai", "Семь самураев", 1954, "action adventure drama"),
    ("Stalker", "Сталкер", 1979, "sci-fi drama mystery"),
    ("Blade Runner", "Бегущий по лезвию", 1982, "sci-fi thriller action"),
    ("Alien", "Чужой", 1979, "sci-fi horror"),
    ("Toy Story", "История игрушек", 1995, "animation children comedy adventure"),
    ("Spirited Away", "Унесённые призраками", 2001, "animation fantasy adventure"),
    ("Groundhog Day", "День сурка", 1993, "comedy fantasy romance"),
    ("Some Like It Hot", "В джазе только девушки", 1959, "comedy crime romance"),
    ("Amelie", "Амели", 2001, "comedy romance"),
    ("Se7en", "Семь", 1995, "thriller mystery crime"),
    ("Memento", "Помни", 2000, "mystery thriller"),
    ("The Shining", "Сияние", 1980, "horror"),
    ("Casablanca", "Касабланка", 1942, "drama romance war"),
    ("Saving Private Ryan", "Спасти рядового Райана", 1998, "war action drama"),
    ("Unforgiven", "Непрощённый", 1992, "western drama"),
    ("The Lion King", "Король Лев", 1994, "animation children musical drama"),
    ("Mad Max: Fury Road", "Безумный Макс: Дорога ярости", 2015, "action adventure sci-fi"),
    ("Inception", "Начало", 2010, "sci-fi action thriller"),
    ("Parasite", "Паразиты", 2019, "thriller drama comedy"),
    ("Dune", "Дюна", 2021, "sci-fi adventure"),
    ("Soul", "Душа", 2020, "animation comedy fantasy children"),
    ("Knives Out", "Достать ножи", 2019, "mystery comedy crime"),
    ("Past Lives", "Прошлые жизни", 2023, "drama romance"),
    ("The Last Lighthouse of Kolsk", "Последний маяк Кольска", 2014, "drama mystery war horror"),
    ("A Thursday Without Gravity", "Четверг без гравитации", 2008, "comedy sci-fi action musical western"),
)


def read(text: str) -> Reading:
    """The question's parts, whatever order they stand in."""
    reading = Reading(text=text)
    for line in map(str.strip, text.splitlines()):
        head, _, rest = line.partition(":")
        if found := _CANDIDATE.match(line):
            number, title, year, genres = found.groups()
            words = tuple(re.split(r"[,/]\s*", genres)) if genres else ()
            reading.candidates.append(Seen(title, int(year) if year else None, words, int(number)))
        elif head.startswith("Язык"):
            reading.language = "en" if "англ" in rest.lower() or "english" in rest.lower() else "ru"
        elif head.startswith(_LIKED):
            reading.liked += [Seen(title, int(year) if year else None) for title, year in _QUOTED.findall(rest)]
        elif head.startswith(_DISLIKED):
            reading.disliked += [Seen(title, int(year) if year else None) for title, year in _QUOTED.findall(rest)]
        elif head.startswith(_GENRES):
            reading.genres = [word.strip().lower() for word in rest.split(",") if word.strip()]
    reading.genres = reading.genres or _common_genres(reading)
    return reading


def _common_genres(reading: Reading) -> list[str]:
    """What the liked films have in common: of those it knows itself their genres, of the others those of the films
    that were found near to them, the candidates."""
    liked = {film.title.casefold() for film in reading.liked}
    known = [genres.split() for en, ru, _, genres in _OWN if {en.casefold(), ru.casefold()} & liked]
    counts = Counter(word for genres in known * 10 for word in genres)
    counts.update(word.lower() for film in reading.candidates for word in film.genres)
    return [word for word, _ in counts.most_common(3)]


def picks_of(reading: Reading) -> list[dict[str, object]]:
    """The candidates nearest to the liked films, best first, each with a reason."""
    ranked = sorted(reading.candidates, key=lambda film: -_nearness(film, reading))
    return [{"n": film.number, "why": reason_for(film, reading)} for film in ranked[:PICKS]]


def proposals_of(reading: Reading) -> list[dict[str, object]]:
    """Films of its own that suit the taste; some of them a catalogue may lack."""
    named = {film.title.lower() for film in reading.liked + reading.disliked + reading.candidates}
    own = [
        (Seen(ru if reading.language == "ru" else en, year, tuple(genres.split())), en, ru)
        for en, ru, year, genres in _OWN
        if en.lower() not in named and ru.lower() not in named
    ]
    own.sort(key=lambda row: -_nearness(row[0], reading))
    return [
        {"title": film.title, "year": film.year, "why": reason_for(film, reading)} for film, _, _ in own[:PROPOSALS]
    ]


def reason_for(film: Seen, reading: Reading) -> str:
    """One sentence in the viewer's language that names a liked film, and says whose taste it is: not GigaChat's."""
    liked = _nearest_liked(film, reading.liked)
    genre = next(
        (word for word in film.genres if word.lower() in reading.genres), film.genres[0] if film.genres else ""
    )
    if reading.language == "en":
        about = f", with the {genre.lower()} you enjoy" if genre else ""
        possible = [f"close in spirit to {liked}{about}.", f"close in spirit to {liked}."] if liked else []
        possible += [f"a strong film of its kind{about}.", "a strong film."]
    else:
        about = " и верен жанру, который вам близок" if genre else ""
        beside = f"по духу рядом с фильмом «{liked}»"
        possible = [f"{beside}{about}.", f"{beside}."] if liked else []
        possible += [f"сильный фильм{about}.", "сильный фильм."]
    signed = (f"{SIGNED[reading.language]}: {said}" for said in possible)
    return next(said for said in signed if len(said) <= CARD_CHARACTERS_MAX)


def taste_of(reading: Reading) -> list[str]:
    """What the liked films have in common, in the viewer's language; signed, as its reasons are."""
    titles = [one.title for one in reading.liked[:3]]
    years = sorted(one.year for one in reading.liked if one.year)
    if reading.language == "en":
        said = [f"the films you named tell most: {', '.join(map('“{}”'.format, titles))}."] if titles else []
        said += [f"your films reach from {years[0]} to {years[-1]}."] if years else []
        said += ["you like a story that takes its time."]
    else:
        said = [f"больше всего говорят ваши фильмы: {', '.join(map('«{}»'.format, titles))}."] if titles else []
        said += [f"ваши фильмы сняты с {years[0]} по {years[-1]} год."] if years else []
        said += ["вам по душе история, которая никуда не спешит."]
    return [f"{SIGNED[reading.language]}: {one}" for one in said]


def _nearness(film: Seen, reading: Reading) -> float:
    shared = sum(
        1.0 / (1 + reading.genres.index(word.lower())) for word in film.genres if word.lower() in reading.genres
    )
    years = [liked.year for liked in reading.liked if liked.year]
    era = max((1.0 - abs(film.year - year) / 40 for year in years), default=0.0) if film.year else 0.0
    whim = sha256(film.title.encode()).digest()[0] / 255 * 0.3  # a model is never quite predictable
    return shared + 0.5 * era + whim


def _nearest_liked(film: Seen, liked: Sequence[Seen]) -> str:
    if not liked:
        return ""
    return min(liked, key=lambda other: abs((other.year or 1990) - (film.year or 1990))).title
