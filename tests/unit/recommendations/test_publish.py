"""What is published: the model's words on its own picks alone, and the titles of the causes."""

from datetime import timedelta

from chalicelib.recommendations.model import Pick, StoredReply
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film_id, ranked

TASTE = taste_of([feedback("Loved")], NOW)


def reply(*titles: str, proposed: str = "", language: str = "ru") -> StoredReply:
    picks = tuple(
        Pick(film_id=film_id(title), reason=f"Слова о {title}", proposed=title == proposed) for title in titles
    )
    return StoredReply(
        taste_hash="taste",
        replied_at=NOW,
        language="ru" if language == "ru" else "en",
        prompt_version="v1",
        question_key="key",
        tokens=100,
        picks=picks,
    )


def test_the_models_words_go_with_its_own_picks_alone() -> None:
    films = [ranked("A", because=["Loved"], ground="model"), ranked("B", because=["Loved"])]
    new = stored_list(films, reply("A", "B"), TASTE, 7, NOW, NOW - timedelta(seconds=10), NOW)
    assert [(one.reason, one.reason_language) for one in new.films] == [("Слова о A", "ru"), (None, None)]
    assert (new.version, new.taste_hash) == (7, TASTE.taste_hash)


def test_titles_of_the_causes_are_stored_when_a_film_names_them_and_only_then() -> None:
    taste = taste_of([feedback("Loved"), feedback("Other", minutes_ago=1)], NOW)
    new = stored_list([ranked("A", because=["Loved"])], None, taste, 1, NOW, NOW, NOW)
    assert {film_id: titles.main for film_id, titles in new.because_titles.items()} == {film_id("Loved"): "Loved"}
