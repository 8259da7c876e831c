"""Which Wikidata film each MovieLens film is: by name and year alone, so what leaves a doubt stays unjoined."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from chalicelib.catalog.film_row import Row, film_of
from chalicelib.catalog.titles.match import Match
from chalicelib.catalog.titles.normalize import fold, natural_order, title_key, title_words
from infra.catalog.sources.movielens import RatedFilm
from infra.catalog.sources.title_index import TitleIndex
from infra.catalog.sources.wikidata import WikidataFilm

NEAR_LETTERS_MIN = 10  # of a title that may have a slip: Victoria and Viktoria, Swelter and Shelter are other films
SUBTITLE_LETTERS_MIN = 9  # "The Movie" and "Revenge" name nothing
_OWNER = re.compile(r"^.{2,40}?(?:['’]s?|s['’]| Presents:?) (?=[A-Z0-9])")  # "William Shakespeare's", "Tyler Perry's"
_HEAD = re.compile(r"^(.{3,}?)(?:: | - |,? or:? | with Wallace )(.+)$")


def joined(films: Sequence[RatedFilm], table: Sequence[WikidataFilm]) -> dict[str, WikidataFilm]:
    """The Wikidata film by MovieLens' source id. No Wikidata film is given to two."""
    rows = (Row(id=str(place), title=row.title, year=row.year) for place, row in enumerate(table))
    index = TitleIndex(map(film_of, rows))
    claims: defaultdict[int, list[RatedFilm]] = defaultdict(list)
    for film in films:
        match = index.match((film.names.title, *film.names.others), film.year)
        if match.film is not None and _is_sure(film, match, table[int(match.film.source_id)]):
            claims[int(match.film.source_id)].append(film)
    found = {_best(claimants, table[place]).source_id: place for place, claimants in claims.items()}
    found |= _by_shorter_names(
        [film for film in films if film.source_id not in found],
        {place: row for place, row in enumerate(table) if place not in claims},
    )
    return {source_id: table[place] for source_id, place in found.items()}


def _is_sure(film: RatedFilm, match: Match, row: WikidataFilm) -> bool:
    if match.how == "near":
        return film.year == row.year and len(title_key(row.title)) >= NEAR_LETTERS_MIN
    alike = any(fold(natural_order(row.title)) == fold(name) for name in (film.names.title, *film.names.others))
    if film.year != row.year and not alike and len(title_key(row.title)) < NEAR_LETTERS_MIN:
        return False  # "The Secret" of 2006 is not "A Secret" of 2007
    own = title_words(film.names.title)
    if match.how == "title" and title_words(row.title) != own:  # another name: "Ghost in the Shell 2 (Innocence)"
        numbers = {word for word in own[1:] if len(word) == 1 and word.isdigit()}
        return numbers <= {word for word in title_words(row.title) if word.isdigit()}
    return True


def _best(claimants: Sequence[RatedFilm], row: WikidataFilm) -> RatedFilm:
    """The claimant of the very year and title, else the most rated."""
    key = title_key(row.title)
    return min(claimants, key=lambda film: (film.year != row.year, title_key(film.names.title) != key, -film.ratings))


def _by_shorter_names(films: Iterable[RatedFilm], table: dict[int, WikidataFilm]) -> dict[str, int]:
    """Films that one side names by the head of the title, without its owner, or by its subtitle, of the very year."""
    by_name: defaultdict[tuple[str, int], set[int]] = defaultdict(set)
    for place, row in table.items():
        for name in (row.title, _OWNER.sub("", row.title)):
            by_name[fold(name), row.year].add(place)
    found: dict[str, int] = {}
    for film in films:
        for name in _shorter(film.names.title):
            places = by_name.get((fold(name), film.year), set()) - set(found.values())
            if len(places) == 1:
                found[film.source_id] = places.pop()
                break
    return found


def _shorter(title: str) -> Iterator[str]:
    yield title
    without_owner = _OWNER.sub("", title)
    yield without_owner
    for name in (title, without_owner):
        if parts := _HEAD.match(name):
            yield parts[1]
            numbered = any(character.isdigit() for character in parts[1])  # "Ghost in the Shell 2: Innocence"
            if not numbered and len(title_key(parts[2])) >= SUBTITLE_LETTERS_MIN and fold(parts[2]) != "the movie":
                yield parts[2]
