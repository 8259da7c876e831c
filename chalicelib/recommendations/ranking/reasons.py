"""Why a film is in the list, in plain sentences of the viewer's language. Pure.

Each names facts that the catalogue knows of the film and of a liked one. The first of a list is whole on a card, and no
two neighbours say the same. What comes from the catalogue (titles, names, countries) stands in the nominative, whatever
the sentence: «как и в фильме «Касабланка»».
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

import msgspec

from chalicelib.catalog.model import FilmCard
from chalicelib.language import Language
from chalicelib.recommendations.model import Ground
from chalicelib.recommendations.ranking.reason_words import (
    country_word,
    decade_of,
    decade_word,
    genre_word,
    joined,
    telling_genres,
    titles_joined,
)
from chalicelib.recommendations.ranking.ties import Tie, TieKind

CARD_CHARACTERS_MAX = 90  # what a card shows without cutting
TIES_TOLD = 3  # at length
_WORD = re.compile(r"\w+")
BEST_FROM = 8.0  # "one of the best by IMDb rating": where IMDb's own list of 250 ends

_BEST: dict[Language, str] = {
    "en": "One of the best films by IMDb rating",
    "ru": "Один из лучших фильмов по рейтингу IMDb",
}
_SURPRISE: dict[Language, str] = {
    "en": "Something different from your usual films",
    "ru": "Нечто непохожее на ваши обычные фильмы",
}
_TRY: dict[Language, str] = {
    "en": "You liked {title}: try this one too",
    "ru": "Вам понравился фильм {title}: попробуйте и этот",
}
_ITSELF: dict[Language, str] = {
    "en": "{kind}, for those who liked {title}",
    "ru": "{kind} для тех, кому понравился фильм {title}",
}
_FOR_YOU: dict[Language, str] = {"en": "Picked for you", "ru": "Подобрано для вас"}
_COMMON: dict[Language, dict[TieKind, str]] = {
    "en": {
        "series": "the same series",
        "director": "the same director, {words}",
        "actors": "{words} again",
        "country": "also from {words}",
        "genres": "the same genre, {words}",
        "decade": "also from {words}",
    },
    "ru": {
        "series": "это та же серия",
        "director": "тот же режиссёр, {words}",
        "actors": "снова {words}",
        "country": "тоже {words}",
        "genres": "тоже {words}",
        "decade": "тоже из {words}",
    },
}
_TIED: dict[Language, dict[TieKind, str]] = {
    "en": {
        "series": "From the same series as {title}",
        "director": "Directed by {words}, like {title}",
        "actors": "With {words}, as in {title}",
        "country": "From {words}, like {title}",
        "genres": "{words}, like {title}",
        "decade": "A film {words}, like {title}",
    },
    "ru": {
        "series": "Из той же серии, что и {title}",
        "director": "Тот же режиссёр, что у фильма {title}: {words}",
        "actors": "{words}, как и в фильме {title}",
        "country": "Та же страна, что у фильма {title}: {words}",
        "genres": "Тот же жанр, что у фильма {title}: {words}",
        "decade": "Фильм {words}, как и {title}",
    },
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a film's place when its reason is written: `causes` are the titles of the films behind it, in
    the viewer's language, strongest first; `ties` are what the catalogue knows to be common to it and the first."""

    card: FilmCard
    ground: Ground
    causes: tuple[str, ...] = ()
    ties: tuple[Tie, ...] = ()
    own_words: str = ""  # the model's, in the viewer's language


def sentence(ground: Ground, because_titles: Sequence[str], language: Language) -> str:
    """The plain reason: "Because you liked X and Y". As many of the first three causes are named as a card shows whole.
    Without titles the ground speaks for itself."""
    if ground in ("popular", "surprise"):
        return (_BEST if ground == "popular" else _SURPRISE)[language]
    for count in (3, 2, 1):
        said = _because(ground, because_titles[:count], language) if because_titles else ""
        if said and len(said) <= CARD_CHARACTERS_MAX:
            return said
    return _FOR_YOU[language]


def card_reasons(places: Sequence[Told], language: Language) -> list[str]:
    """A sentence for each place, at most 90 characters: never its neighbour's, and the one least said before it."""
    said: Counter[frozenset[str]] = Counter()
    before: frozenset[str] = frozenset()
    found = []
    for number, told in enumerate(places):
        best: tuple[tuple[bool, int], frozenset[str], str] | None = None
        for one in _possible(told, number, language):
            if len(one) > CARD_CHARACTERS_MAX:
                continue
            words = frozenset(_WORD.findall(one))  # in another order they say the same
            rank = words == before, said[words]
            if best is None or rank < best[0]:
                best = rank, words, one
            if not said[words]:
                break  # nothing after it can be better, and most are never made
        _, before, chosen = best or ((False, 0), before, _FOR_YOU[language])
        said[before] += 1
        found.append(chosen)
    return found


def long_reason(told: Told, language: Language) -> str:
    """All that speaks for the film, for its own page: the model's words, the causes, what ties it to the first of them,
    and what kind of film it is."""
    parts = [told.own_words] if told.own_words else []
    if told.ground == "surprise" or (told.ground == "popular" and _is_best(told.card)):
        parts.append(sentence(told.ground, (), language))
    elif told.causes:
        parts.append(_because(told.ground, told.causes, language))
        first_of_kind = {tie.kind: tie for tie in reversed(told.ties)}
        is_when_told = any(tie.decade and tie.kind != "decade" for tie in told.ties)
        said = (_tied(tie, told.causes[0], language) for tie in told.ties
                if first_of_kind[tie.kind] is tie and not (is_when_told and tie.kind == "decade"))  # fmt: skip
        parts += islice(filter(None, said), TIES_TOLD)
    parts += islice(_own_facts(told.card, language), 1)
    return " ".join(
        text if text.endswith((".", "!", "?", "…")) else f"{text}." for text in parts or [_FOR_YOU[language]]
    )


def _possible(told: Told, number: int, language: Language) -> Iterator[str]:
    """Sentences for the place with this number, best first."""
    if told.own_words:
        yield told.own_words
    if told.ground == "popular":
        best = [_BEST[language]] if _is_best(told.card) else []
        facts = list(_own_facts(told.card, language))
        yield from (*best, *facts) if number % 3 == 0 else (*facts, *best)
    elif told.ground == "surprise":
        yield from (f"{_SURPRISE[language]}: {kind}" for kind in _kinds(told.card, language))
        yield _SURPRISE[language]
    else:
        if told.causes:
            yield from _about_causes(told, number, language)
        yield from _own_facts(told.card, language)
    yield _FOR_YOU[language]


def _about_causes(told: Told, number: int, language: Language) -> Iterator[str]:
    """Sentences about the liked films; at every other place those come first that begin with what the films share."""
    first = told.causes[0]
    named = titles_joined([first], language)
    alone = _because(told.ground, told.causes[:1], language)

    def behind(tie: Tie) -> str:
        return f"{alone}: {common}" if (common := _common(tie, language)) else ""

    def before(tie: Tie) -> str:
        return _tied(tie, first, language)

    ways = (behind, before) if number % 2 == 0 else (before, behind)

    def tied(ties: Iterable[Tie]) -> Iterator[str]:
        return (said for tie in ties for way in ways if (said := way(tie)))

    yield from tied(tie for tie in told.ties if not tie.is_weak)
    yield from (_because(told.ground, told.causes[:most], language) for most in (3, 2) if most <= len(told.causes))
    yield from tied(tie for tie in told.ties if tie.is_weak)
    yield alone
    yield from (_ITSELF[language].format(kind=_capital(kind), title=named) for kind in _kinds(told.card, language))
    yield _TRY[language].format(title=named)


def _because(ground: Ground, titles: Sequence[str], language: Language) -> str:
    names = titles_joined(titles, language)
    if ground == "steer":
        return f"More like {names}, as you asked" if language == "en" else f"Похоже на {names}, как вы просили"
    if language == "en":
        return f"Because you liked {names}"
    if len(titles) == 1:
        return f"Потому что вам понравился фильм {names}"
    return f"Потому что вам понравились {names}"


def _common(tie: Tie, language: Language) -> str:
    """What the two films have in common, to stand behind a colon."""
    words = _words(tie, language)
    if tie.kind == "decade":
        words = words.removeprefix("of ")
    return _COMMON[language][tie.kind].format(words=words) if words else ""


def _tied(tie: Tie, title: str, language: Language) -> str:
    """What the two films have in common, as a sentence of its own."""
    words = _words(tie, language)
    said = _TIED[language][tie.kind].format(words=words, title=titles_joined([title], language)) if words else ""
    return _capital(said)


@lru_cache(maxsize=8_192)  # a tie is asked for its words several times a page, and many films have the same
def _words(tie: Tie, language: Language) -> str:
    """The tie's names in the language; empty where one of them is unknown in it."""
    if tie.kind == "series":
        return "series"
    when = decade_word(tie.decade, language) if tie.decade else ""
    if tie.kind == "decade":
        return when
    if tie.kind in ("director", "actors"):
        return joined(tie.names, language)
    known = [
        country_word(name, language) if tie.kind == "country" else genre_word(name, language) for name in tie.names
    ]
    names = [name for name in known if name]
    return " ".join(part for part in (joined(names, language), when) if part) if len(names) == len(tie.names) else ""


def _kinds(card: FilmCard, language: Language) -> tuple[str, ...]:
    """Genres and decade of the film itself, in ever fewer words."""
    return _kinds_of(card.genres, decade_of(card.year), language)


@lru_cache(maxsize=8_192)  # the demo catalogue has 2,188 such pairs
def _kinds_of(genres: tuple[str, ...], decade: int | None, language: Language) -> tuple[str, ...]:
    words = [word for genre in telling_genres(genres) if (word := genre_word(genre, language))]
    when = f" {decade_word(decade, language)}" if decade else ""
    return tuple(dict.fromkeys(f"{joined(words[:count], language)}{end}" for end in (when, "") for count in (2, 1)
                               if words[:count]))  # fmt: skip


def _is_best(card: FilmCard) -> bool:
    return (card.imdb_rating or 0.0) >= BEST_FROM


def _own_facts(card: FilmCard, language: Language) -> Iterator[str]:
    """Sentences about the film itself, most telling first."""
    kinds = _kinds(card, language)
    if card.imdb_rating is not None:
        rating = f"{card.imdb_rating:.1f}"
        rated = f"Rated {rating} on IMDb" if language == "en" else f"Оценка на IMDb: {rating.replace('.', ',')}"
        yield from (f"{rated}, {kind}" for kind in kinds)
        yield from (f"{rated}, {card.year}", rated) if card.year else (rated,)
    yield from map(_capital, kinds)


def _capital(said: str) -> str:
    return f"{said[:1].upper()}{said[1:]}"
