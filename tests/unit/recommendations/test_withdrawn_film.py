"""What becomes of likes and of the model's picks when their film is withdrawn, and when it comes back."""

from datetime import timedelta

from chalicelib.recommendations.plan import plan
from tests.factories import film_id
from tests.lanes import Lanes

USER = "user"


def lists_of(lanes: Lanes) -> tuple[set[str], set[str]]:
    """Film ids of the stored list, and of the likes that its places name as their cause."""
    held = lanes.store.read(USER).list_
    assert held
    return {one.card.film_id for one in held.films}, {cause for one in held.films for cause in one.because}


def rebuilt(lanes: Lanes) -> tuple[set[str], set[str]]:
    """`lists_of` the list made anew."""
    lanes.now += timedelta(seconds=1)
    lanes.outdate()
    plan(lanes.store, lanes.outbox, [USER], lanes.now)
    lanes.deliver()
    return lists_of(lanes)


def test_likes_count_again_when_their_film_comes_back() -> None:
    lanes = Lanes()
    lanes.like_some(3)
    lanes.deliver()
    liked = lanes.films[0]
    before = rebuilt(lanes)
    assert liked.film_id in before[1]
    lanes.catalog.withdraw([liked.film_id])
    films, causes = rebuilt(lanes)
    assert liked.film_id not in films | causes
    assert lanes.feedback.find(USER, liked.film_id), "what was said stays"
    lanes.catalog.upsert([liked])
    assert rebuilt(lanes) == before


def test_nothing_the_model_said_brings_a_withdrawn_film_back() -> None:
    lanes = Lanes()
    lanes.like_some(3)
    lanes.deliver()
    reply = lanes.store.read(USER).reply
    assert reply
    picked = reply.picks[0].film_id
    assert picked in lists_of(lanes)[0]
    lanes.catalog.withdraw([picked])
    lanes.now += timedelta(minutes=1)
    lanes.like(lanes.films[4].titles.main)
    lanes.deliver()
    assert picked in [pick.film_id for pick in lanes.store.read(USER).reply.picks]  # type: ignore[union-attr]
    assert picked not in lists_of(lanes)[0]
    assert film_id(lanes.films[4].titles.main) not in lists_of(lanes)[0]
