"""What a viewer's feedback says, weighted."""

from chalicelib.recommendations.ranking import constants
from chalicelib.recommendations.ranking.taste import taste_of
from tests.factories import NOW, feedback, film_id


def test_newer_likes_weigh_more_when_there_are_several() -> None:
    taste = taste_of([feedback("old", minutes_ago=60), feedback("new")], NOW)
    assert [film.titles.main for film in taste.liked] == ["new", "old"]
    assert taste.liked[0].weight > taste.liked[1].weight > 0


def test_every_film_is_in_one_list_when_steer_and_rating_meet() -> None:
    taste = taste_of(
        [
            feedback("liked"),
            feedback("steered", rating="like", steer="more_like_this"),
            feedback("hidden", rating="like", steer="exclude"),
            feedback("disliked", rating="dislike"),
        ],
        NOW,
    )
    assert [film.titles.main for film in taste.liked] == ["liked"]
    assert [film.titles.main for film in taste.steered] == ["steered"]
    assert [film.titles.main for film in taste.excluded] == ["hidden"]
    assert [film.titles.main for film in taste.disliked] == ["disliked"]
    assert taste.rated == {film_id(name) for name in ("liked", "steered", "hidden", "disliked")}


def test_more_like_this_outweighs_the_newest_like_when_it_is_fresh() -> None:
    taste = taste_of([feedback("liked"), feedback("steered", steer="more_like_this", minutes_ago=1)], NOW)
    assert taste.positive[0].titles.main == "steered"


def test_the_hash_stays_when_a_word_is_repeated_and_changes_when_a_new_one_is_said() -> None:
    once = taste_of([feedback("a", minutes_ago=9), feedback("b")], NOW)
    again = taste_of([feedback("a"), feedback("b", minutes_ago=2)], NOW)
    assert once.taste_hash == again.taste_hash
    assert taste_of([feedback("a"), feedback("b", rating="dislike")], NOW).taste_hash != once.taste_hash
    assert taste_of([feedback("a"), feedback("b"), feedback("c")], NOW).taste_hash != once.taste_hash


def test_look_ups_stay_bounded_when_the_history_is_long() -> None:
    history = [feedback(f"film {number}", minutes_ago=number) for number in range(500)]
    dislikes = [feedback(f"bad {number}", minutes_ago=number, rating="dislike") for number in range(500)]
    taste = taste_of(history + dislikes, NOW)
    assert len(taste.positive) + len(taste.negative) <= 199
    assert len(taste.positive) == constants.SOURCES_MAX
    assert len(taste.rated) == 1000
