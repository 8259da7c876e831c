"""DynamoDB's units, reckoned from items: AWS's own examples."""

from tests.bench._capacity import size_of, write_units

BY_TIME = {
    "IndexName": "by_time", "KeySchema": [{"AttributeName": "user_id"}, {"AttributeName": "at"}],
    "Projection": {"ProjectionType": "ALL"},
}  # fmt: skip


def test_names_count_and_numbers_take_half_a_byte_a_digit() -> None:
    assert size_of({"name": {"S": "Чужой"}}) == 4 + 10
    assert size_of({"n": {"N": "-12345"}}) == 1 + 3 + 1
    assert size_of({"flag": {"BOOL": True}, "body": {"B": b"abc"}}) == 4 + 1 + 4 + 3
    assert size_of({"m": {"M": {"a": {"S": "b"}}}}) == 1 + 3 + (1 + 1 + 1)


def test_a_write_is_billed_by_the_larger_of_before_and_after_and_by_each_index() -> None:
    small = {"user_id": {"S": "u"}, "at": {"S": "1"}}
    large = {**small, "text": {"S": "x" * 1_500}}
    assert write_units(None, small, []) == 1
    assert write_units(large, small, []) == 2
    assert write_units(large, None, []) == 2
    assert write_units(None, None, []) == 1, "a refused write of nothing is one unit"
    assert write_units(None, small, [BY_TIME]) == 1 + 1
    assert write_units(small, {**small, "at": {"S": "2"}}, [BY_TIME]) == 1 + 2, "taken out, and put in elsewhere"
    assert write_units(small, small, [BY_TIME]) == 1, "nothing moves in the index"
    assert write_units(None, {"user_id": {"S": "u"}}, [BY_TIME]) == 1, "sparse: not in the index"
