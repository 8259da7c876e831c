"""The films and people that the judged queries mean: a small catalogue for tests that need the words of a large one."""

import random
from collections.abc import Iterator
from functools import cache

import msgspec

from chalicelib.catalog.model import Film
from tests.factories import film
from tests.search.judging import HALVES, Judged, judged_queries
from tests.various_films import various_films


@cache
def all_judged() -> tuple[Judged, ...]:
    """The queries of both halves."""
    return tuple(one for half in HALVES for one in judged_queries(half))


@cache
def judged_films() -> tuple[Film, ...]:
    """Each film that a query means, with a Russian title where one was typed; and films of every kind in which the
    people play that a query means."""
    return tuple(_films())


def _films() -> Iterator[Film]:
    lot = random.Random(9)
    russian = {one.title: one.query.title() for one in all_judged() if one.title and one.kind == "russian"}
    for title, year in sorted({(one.title, one.year) for one in all_judged() if one.title}):
        yield film(
            f"{title} {year}", title=title, title_en=title, title_ru=russian.get(title), year=year,
            imdb_votes=lot.choice((None, 700, 40_000, 40_000, 1_500_000)), imdb_rating=lot.choice((6.1, 7.7, 8.9)),
            genres=tuple(lot.sample(("Drama", "Comedy", "Sci-Fi", "War", "Animation"), 2)), countries=("Italy",),
            description=lot.choice((None, f"A story of {title.lower()} and others, told again.")),
            alternative_titles=lot.choice(((), (f"{title} (Directors Cut)",), (f"Also {title}: The Return",))),
            age_rating=lot.choice((None, 6, 12, 18)), imdb_id=f"tt{lot.randrange(10**6):07}",
        )  # fmt: skip
    people = sorted({one.person for one in all_judged() if one.person})
    for one in various_films(2 * len(people)):
        whole = [f"{lot.choice(('Ivan', 'Mary', 'Jean'))} {name}" if " " not in name else name
                 for name in lot.sample(people, 3)]  # fmt: skip
        yield msgspec.structs.replace(one, directors=(whole[0],), actors=tuple(whole[1:]))
