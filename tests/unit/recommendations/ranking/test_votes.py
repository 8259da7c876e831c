"""The model's picks lift films; they do not stand in front of the list."""

from datetime import timedelta

from chalicelib.recommendations.model import Pick, RankedFilm, StoredReply, Why
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.votes import voted
from tests.factories import NOW, feedback, film, film_id, ranked

LIST = [ranked(f"Film {n}") for n in range(100)]
FILMS = {one.film.film_id: one.film for one in LIST} | {film_id("New"): film("New")}


def merged(*picks: str, likes_since: int = 0, doubt: float = 0.0, doubted: str = "") -> list[str]:
    return list(merged_films(*picks, likes_since=likes_since, doubt=doubt, doubted=doubted))


def merged_films(*picks: str, likes_since: int = 0, doubt: float = 0.0, doubted: str = "") -> dict[str, RankedFilm]:
    answer = StoredReply(
        taste_hash="", replied_at=NOW - timedelta(hours=1), language="ru", prompt_version="", question_key="",
        tokens=0, picks=tuple(Pick(film_id=film_id(name), reason="x") for name in picks),
    )  # fmt: skip
    taste = taste_of([feedback(f"Liked {n}", minutes_ago=n) for n in range(likes_since)], NOW)
    given = [RankedFilm(film=one.film, score=one.score, doubt=doubt if one.film.titles.main == doubted else 0.0)
             for one in LIST]  # fmt: skip
    found = voted(given, answer, FILMS, taste, lambda _: doubt)
    return {one.film.titles.main: one for one in found}


def test_the_best_film_stays_first_when_the_model_picks_another() -> None:
    found = merged("Film 60", "Film 30")
    assert found[0] == "Film 0"
    assert 42 <= found.index("Film 60") < 60
    assert 21 <= found.index("Film 30") < 30


def test_a_vote_fades_when_likes_come_after_the_question() -> None:
    places = [merged("Film 60", "Film 12", likes_since=count).index("Film 12") for count in (0, 12, 20)]
    assert places[0] < places[1] <= places[2] == 12


def test_a_proposal_joins_the_list_when_the_taste_has_nothing_against_it() -> None:
    assert merged("New").index("New") < 100
    assert "New" not in merged("New", doubt=0.9)


def test_nothing_but_the_vote_is_said_to_speak_for_a_proposal() -> None:
    assert merged_films("New")["New"].why == Why(0, 0, 0, 0, kept=100, pick=1)


def test_a_pick_does_not_rise_when_the_taste_refuses_it() -> None:
    assert merged("Film 30", doubt=0.9, doubted="Film 30").index("Film 30") == 30
