"""What is published: the model's picks first, each with its own ground and words, and nothing rated or twice."""

from datetime import timedelta

from chalicelib.recommendations.model import Pick, StoredReply
from chalicelib.recommendations.publish import merge, stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film, film_id, ranked

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


def test_picks_come_first_in_the_models_order_when_the_fast_list_has_another() -> None:
    fast = [ranked("A", 3.0), ranked("B", 2.0), ranked("C", 1.0)]
    merged = merge(fast, reply("C", "New"), {film_id("C"): film("C"), film_id("New"): film("New")}, TASTE)
    assert [one.film.titles.main for one in merged] == ["C", "New", "A", "B"]


def test_a_pick_is_left_out_when_it_is_rated_unknown_or_named_twice() -> None:
    films = {film_id("Loved"): film("Loved"), film_id("A"): film("A")}
    merged = merge([ranked("B")], reply("Loved", "Gone", "A", "A"), films, TASTE)
    assert [one.film.titles.main for one in merged] == ["A", "B"]


def test_a_pick_keeps_the_fast_lists_causes_and_says_who_named_it() -> None:
    films = {film_id("A"): film("A"), film_id("New"): film("New")}
    merged = merge([ranked("A", because=["Loved"])], reply("A", "New", proposed="New"), films, TASTE)
    assert [(one.ground, one.because) for one in merged] == [("model", (film_id("Loved"),)), ("proposal", ())]


def test_the_fast_list_stands_as_it_is_when_there_is_no_reply() -> None:
    fast = [ranked("A"), ranked("B")]
    assert merge(fast, None, {}, TASTE) == fast


def test_the_models_words_go_with_its_own_picks_alone() -> None:
    films = [ranked("A", because=["Loved"], ground="model"), ranked("B", because=["Loved"])]
    new = stored_list(films, reply("A", "B"), TASTE, 7, NOW, NOW - timedelta(seconds=10), NOW)
    assert [(one.reason, one.reason_language) for one in new.films] == [("Слова о A", "ru"), (None, None)]
    assert (new.version, new.taste_hash) == (7, TASTE.taste_hash)


def test_titles_of_the_causes_are_stored_when_a_film_names_them_and_only_then() -> None:
    taste = taste_of([feedback("Loved"), feedback("Other", minutes_ago=1)], NOW)
    new = stored_list([ranked("A", because=["Loved"])], None, taste, 1, NOW, NOW, NOW)
    assert {film_id: titles.main for film_id, titles in new.because_titles.items()} == {film_id("Loved"): "Loved"}
