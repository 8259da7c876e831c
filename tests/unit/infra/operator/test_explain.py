"""What the command says of a film's place: the account that the list keeps, whatever a ranking would say now."""

from chalicelib.recommendations.model import StoredList, Why
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from infra.operator.explain import explanation, whole_list
from tests.factories import NOW, feedback, film_id, ranked
from tests.lanes import Lanes

LIKED = [feedback("Loved"), feedback("Hated", rating="dislike")]


def published() -> StoredList:
    films = [
        ranked("First", because=["Loved"], ground="neighbour", why=Why(95, 2, 3, 0, kept=100), place=1),
        ranked("Picked", because=["Loved"], ground="model", why=Why(60, 10, 5, 1, kept=50, pick=2), place=9),
        ranked("Turned", ground="steer", why=Why(0, 40, 2, 0, kept=100, promised=True), place=44),
        ranked("Proposed", ground="proposal", why=Why(0, 0, 0, 0, kept=100, pick=1)),
        ranked("Famous", ground="popular"),
        ranked("New", why=Why(0, 10, 2, 0, kept=100, chance=1250)),
    ]
    return stored_list(films, None, taste_of(LIKED, NOW), 7, NOW, NOW, NOW, {})


def explained(title: str) -> str:
    return "\n".join(explanation(published(), LIKED, film_id(title)))


def test_parts_guard_and_vote_are_those_of_the_stored_place() -> None:
    said = explained("Picked")
    assert "stands at 2 of 6 in list 7" in said
    assert "likes          60" in said
    assert "guard       50%" in said
    assert "score        38" in said, "(60 + 10 + 5 + 1) × 50 %"
    assert "by score alone: place 9, in the list: place 2" in said
    assert "pick no. 2" in said
    assert "because of: Loved" in said
    assert "▸   2    38" in said


def test_what_else_moved_a_film_is_named_when_it_did() -> None:
    assert "is seen" in explained("Turned")
    assert "by score alone: not ranked" in explained("Proposed")
    assert "top list" in explained("Famous")
    assert "is seen" not in explained("First")


def test_a_film_that_the_list_lacks_is_said_to_be_rated_or_absent() -> None:
    assert "“dislike”" in explained("Hated")
    assert "not among the 6" in explained("Unknown")
    assert "No list is stored" in explanation(None, [], film_id("First"))[0]


def test_the_account_of_every_place_is_there_when_a_list_has_gone_through_both_lanes() -> None:
    lanes = Lanes()
    for title in ("Horror no 2", "Horror no 5", "Horror no 8"):
        lanes.like(title)
    lanes.deliver()
    lanes.like("Comedy no 1", rating=None, steer="more_like_this")
    lanes.deliver()
    held = lanes.store.read("user").list_
    assert held
    kept = {one.card.film_id: one.why for one in held.films}
    assert None not in kept.values()
    assert {one.why.pick for one in held.films if one.why and one.ground == "model"} <= set(range(1, 13))
    assert any(why.pick for why in kept.values() if why), "the model was asked"
    by_score = [place + one.why.rose for place, one in enumerate(held.films, 1) if one.why]
    assert len(set(by_score)) == len(by_score), "each film has one place by score"
    said = "\n".join(explanation(held, lanes.feedback.list_all("user"), held.films[0].card.film_id))
    assert "stands at 1 of" in said


def test_the_chance_of_a_place_drawn_by_lot_is_said() -> None:
    assert "drawn by lot among films with few likes, with a chance of 12.50 %" in explained("New")
    assert "by lot" not in explained("Picked")


def test_the_whole_list_is_printed_each_place_with_what_put_it_there() -> None:
    head, scores, *places = whole_list(published())
    assert head == "list 7, published 2026-03-01 12:00:00 UTC, of 2 judgements; by gigachat"
    assert "likes + content" in scores
    assert [place.split()[0] for place in places] == ["1", "2", "3", "4", "5", "6"]
    assert places[1].endswith("Picked (1999)  60+10+5+1 ×50%, rose 7, pick 2")
    assert "promised" in places[2]
    assert places[4].endswith("Famous (1999)"), "the top list says nothing of it"
    assert places[5].endswith("drawn by 12.50 %")
    assert "No list is stored" in whole_list(None)[0]
