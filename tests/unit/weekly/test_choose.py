"""Three films of a list, each for the sake of another liked film where that can be."""

from collections.abc import Sequence

import pytest

from chalicelib.recommendations.model import StoredFilm, StoredList
from chalicelib.weekly.choose import choose_films
from tests.factories import card, film_id, titles
from tests.weekly_world import DIFFERENT, TITLES, Weekly


def chosen(causes: Sequence[str]) -> list[str]:
    """Of films that are there for these causes, in the list's order."""
    weekly = Weekly()
    films = tuple(
        StoredFilm(card=card(TITLES[place], **DIFFERENT[place]), ground="content", because=(film_id(cause),),
                   reason=None, reason_language=None, why=None)
        for place, cause in enumerate(causes)
    )  # fmt: skip
    now = weekly.world.now
    weekly.lists.publish(
        weekly.user_id,
        StoredList(films=films, version=2, generated_at=now, read_at=now, seen_until=now, taste_hash="t",
                   because_titles={film_id(cause): titles(cause) for cause in causes}),
    )  # fmt: skip
    return [film.title for film in choose_films(weekly.held(), weekly.parts.shelves, now)]


@pytest.mark.parametrize(
    ("causes", "places"),
    [
        ("AAABBC", (0, 3, 5)),
        ("ABCABC", (0, 1, 2)),
        ("AAAAAA", (0, 1, 2)),
        ("AAAABA", (0, 1, 4)),
        ("AA", ()),
    ],
)
def test_each_film_is_for_another_liked_one_where_there_are_such(causes: str, places: tuple[int, ...]) -> None:
    assert chosen(causes) == [TITLES[place] for place in places]
