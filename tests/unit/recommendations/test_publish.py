"""What is published: the model's words on its own picks alone, and the titles of the causes."""

from datetime import timedelta

import msgspec

from chalicelib.recommendations.model import Pick, StoredReply
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film_id, ranked

TASTE = taste_of([feedback("Loved")], NOW)


def reply(*titles: str, proposed: str = "", language: str = "ru") -> StoredReply:
    picks = tuple(
        Pick(film_id=film_id(title), reason=f"Тёплые слова о {title}", proposed=title == proposed) for title in titles
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
    new = stored_list(films, reply("A", "B"), TASTE, 7, NOW, NOW - timedelta(seconds=10), NOW, {})
    assert [(one.reason, one.reason_language) for one in new.films] == [("Тёплые слова о A", "ru"), (None, None)]
    assert (new.version, new.taste_hash) == (7, TASTE.taste_hash)


def test_a_pick_stands_in_the_row_of_the_film_that_its_reason_names() -> None:
    taste = taste_of([feedback("Loved"), feedback("Other", minutes_ago=1)], NOW)
    picked = [ranked("A", because=["Loved"], ground="model")]
    for said, because in (("Рядом с фильмом «Other».", ["Other", "Loved"]), ("Очень хороший фильм.", ["Loved"])):
        given = msgspec.structs.replace(reply("A"), picks=(Pick(film_id=film_id("A"), reason=said),))
        place = stored_list(picked, given, taste, 1, NOW, NOW, NOW, {}).films[0]
        assert place.because == tuple(map(film_id, because))
        assert place.reason == said


def test_words_stored_before_a_rule_came_are_not_shown_when_they_break_it() -> None:
    said = "Пишите на viewer@example.org, расскажем больше."
    given = msgspec.structs.replace(reply("A"), picks=(Pick(film_id=film_id("A"), reason=said),))
    new = stored_list([ranked("A", ground="model")], given, TASTE, 1, NOW, NOW, NOW, {})
    assert new.films[0].reason is None


def test_titles_of_the_causes_are_stored_when_a_film_names_them_and_only_then() -> None:
    taste = taste_of([feedback("Loved"), feedback("Other", minutes_ago=1)], NOW)
    new = stored_list([ranked("A", because=["Loved"])], None, taste, 1, NOW, NOW, NOW, {})
    assert {film_id: titles.main for film_id, titles in new.because_titles.items()} == {film_id("Loved"): "Loved"}


SAID = ("Вам близок «Loved».", "Вам по душе история, которая никуда не спешит.", "Финал вам дороже развязки.")


def told(reply_: StoredReply, *names: str) -> tuple[str, ...]:
    likes = [feedback(name, minutes_ago=place) for place, name in enumerate(names)]
    return stored_list([ranked("A")], reply_, taste_of(likes, NOW), 1, NOW, NOW, NOW, {}).taste


def with_taste(*sentences: str, likes: int = 1) -> StoredReply:
    return msgspec.structs.replace(reply("A"), taste=sentences, likes=likes)


def test_the_models_sentences_on_a_taste_are_published_when_they_are_true() -> None:
    new = stored_list([ranked("A")], with_taste(*SAID), TASTE, 1, NOW, NOW, NOW, {})
    assert (new.taste, new.taste_language) == (SAID, "ru")
    none = stored_list([ranked("A")], None, TASTE, 1, NOW, NOW, NOW, {})
    assert (none.taste, none.taste_language) == ((), None)


def test_a_sentence_on_a_taste_is_left_out_when_it_is_untrue_and_all_when_one_is_left() -> None:
    assert told(with_taste(SAID[0], "Вам близка «Чужая».", SAID[2]), "Loved") == (SAID[0], SAID[2])
    assert told(with_taste(SAID[0], "Вам близка «Чужая».", "Пишите на viewer@example.org."), "Loved") == ()


def test_sentences_on_a_taste_go_when_the_film_they_name_is_liked_no_more() -> None:
    assert told(with_taste(*SAID, likes=2), "Loved", "Other") == SAID
    assert told(with_taste(*SAID, likes=2), "Other", "Third") == SAID[1:]


def test_ours_are_told_again_when_the_likes_have_moved_much() -> None:
    names = [f"Film {number}" for number in range(10)]
    given = with_taste(*SAID[1:], likes=4)
    assert [bool(told(given, *names[:count])) for count in range(1, 9)] == [False, *[True] * 5, False, False]
