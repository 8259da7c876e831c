"""Queries drawn from the catalogue by seed, before anybody has looked at a result: typos, the wrong layout, parts.

python -m tests.search.drawing  writes them as rows of `judged_blind.csv`, whose other kinds are written by hand.
"""

import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.aliases import names_of
from chalicelib.catalog.titles.normalize import is_cyrillic, words
from infra.catalog.sources.demo import demo_films

SEED = 20261128
COUNTS = {"typo": 44, "layout": 44, "partial": 40}
AUDIENCE_VOTES_MIN, IMDB_VOTES_MIN = 8, 3_000  # films that somebody may look for; below lies most of any catalogue
TITLE_LETTERS_MIN, TWO_TYPOS_FROM = 6, 14
PARTIAL_FILMS_MAX = 4  # films that have the words of a part: more, and the part means none of them
ROWS = ("йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю"), ("qwertyuiop", "asdfghjkl", "zxcvbnm")
# Written down for the judging alone: the code under test has a table of its own.
KEYS_RU = "ёйцукенгшщзхъфывапролджэячсмитьбюЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
KEYS_EN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"


def drawn(films: Sequence[Film]) -> Iterator[dict[str, object]]:
    """Rows of the judged set, by kind; half of the titles Russian, half English."""
    chance = random.Random(SEED)
    called = Counter((film.titles.main, film.year) for film in films)
    known = [film for film in films if _is_known(film) and called[film.titles.main, film.year] == 1]
    known.sort(key=lambda film: film.film_id)
    holders = _holders(films)
    for kind, count in COUNTS.items():
        done = 0
        while done < count:
            film = chance.choice(known)
            title = film.titles.by_language.get("ru" if done % 2 else "en")
            query = title and _query_of(kind, title, holders, chance)
            if query:
                done += 1
                yield {"kind": kind, "query": query, "title": film.titles.main, "year": film.year}


def _query_of(kind: str, title: str, holders: dict[str, set[int]], chance: random.Random) -> str | None:
    plain = " ".join(re.sub(r"[^\w\s'-]", " ", title).split()).lower()
    if sum(map(str.isalpha, plain)) < TITLE_LETTERS_MIN:
        return None
    match kind:
        case "typo":
            return _mistyped(plain, chance)
        case "layout":
            table = str.maketrans(*((KEYS_RU, KEYS_EN) if is_cyrillic(plain) else (KEYS_EN, KEYS_RU)))
            return plain.translate(table)
        case _:
            return _part(title, holders, chance)


def _mistyped(plain: str, chance: random.Random) -> str | None:
    """One slip of the fingers, two in a long title: a neighbouring key, a letter left out, swapped or doubled."""
    slips = 2 if len(plain) >= TWO_TYPOS_FROM and chance.random() < 0.5 else 1
    long_words = [place for place, word in enumerate(plain.split()) if len(word) >= 5 and word.isalpha()]
    if not long_words:
        return None
    split = plain.split()
    for place in chance.sample(long_words, min(slips, len(long_words))):
        split[place] = _slip(split[place], chance)
    return " ".join(split) if " ".join(split) != plain else None


def _slip(word: str, chance: random.Random) -> str:
    place = chance.randrange(len(word)) if chance.random() < 0.1 else chance.randrange(1, len(word))
    sort = chance.random()
    if sort < 0.4:
        return word[:place] + _neighbour(word[place], chance) + word[place + 1 :]
    if sort < 0.65:
        return word[:place] + word[place + 1 :]
    if sort < 0.85 and place:
        return word[: place - 1] + word[place] + word[place - 1] + word[place + 1 :]
    return word[:place] + chance.choice([word[place], _neighbour(word[place], chance)]) + word[place:]


def _neighbour(letter: str, chance: random.Random) -> str:
    for row in (row for rows in ROWS for row in rows):
        at = row.find(letter)
        if at >= 0:
            return chance.choice([row[i] for i in (at - 1, at + 1) if 0 <= i < len(row)])
    return letter


def _part(title: str, holders: dict[str, set[int]], chance: random.Random) -> str | None:
    """Some words in a row, fewer than all, that few films have; the last one at times cut off while being typed."""
    said = words(title)
    if len(said) < 3:
        return None
    length = chance.randrange(1, len(said))
    start = chance.randrange(0, len(said) - length + 1)
    run = list(said[start : start + length])
    held = set.intersection(*(holders[word] for word in run))
    if len(held) > PARTIAL_FILMS_MAX or max(map(len, run)) < 4 or any(word in "&+" for word in run):
        return None
    if len(run) > 1 and len(run[-1]) > 5 and chance.random() < 0.4:
        run[-1] = run[-1][: chance.randrange(4, len(run[-1]))]
    return " ".join(run)


def _holders(films: Sequence[Film]) -> dict[str, set[int]]:
    holders: dict[str, set[int]] = {}
    for number, film in enumerate(films):
        for word in {word for name in names_of(film) for word in words(name)}:
            holders.setdefault(word, set()).add(number)
    return holders


def _is_known(film: Film) -> bool:
    return (film.audience_votes or 0) >= AUDIENCE_VOTES_MIN or (film.imdb_votes or 0) >= IMDB_VOTES_MIN


def main() -> None:
    out = csv.DictWriter(sys.stdout, ["kind", "query", "title", "year"], lineterminator="\n")
    out.writeheader()
    out.writerows(drawn(list(demo_films())))


if __name__ == "__main__":
    main()
