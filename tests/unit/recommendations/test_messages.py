"""What the queues' promises rest on: stable lanes and ids."""

from chalicelib.recommendations.messages import Ask


def test_the_id_is_the_same_for_the_same_question_and_differs_when_anything_does() -> None:
    one = Ask(user_id="user", taste_hash="taste", window=1)
    assert one.deduplication_id() == Ask(user_id="user", taste_hash="taste", window=1).deduplication_id()
    others = [Ask(user_id="other", taste_hash="taste", window=1), Ask(user_id="user", taste_hash="new", window=1),
              Ask(user_id="user", taste_hash="taste", window=2)]  # fmt: skip
    assert len({one.deduplication_id(), *(other.deduplication_id() for other in others)}) == 4


def test_users_spread_evenly_over_the_lanes_and_keep_theirs() -> None:
    lanes = [Ask(user_id=f"user {number}", taste_hash="", window=0).lane(10) for number in range(1_000)]
    assert {lane: lanes.count(lane) > 60 for lane in set(lanes)} == {f"lane-{number}": True for number in range(10)}
    assert Ask(user_id="user 7", taste_hash="changed", window=9).lane(10) == lanes[7]
    assert Ask(user_id="user 7", taste_hash="", window=0).lane(1) == "lane-0"
