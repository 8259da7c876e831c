"""What a queue may wake at once is a number, however the emulator has kept it."""

from typing import Any

from infra.local.ministack.numbers import with_number


def test_a_parameters_text_becomes_the_number_that_it_is() -> None:
    given = {"BatchSize": 10, "ScalingConfig": {"MaximumConcurrency": "3", "Other": 1}}
    assert with_number(given) == {"BatchSize": 10, "ScalingConfig": {"MaximumConcurrency": 3, "Other": 1}}
    assert given["ScalingConfig"] == {"MaximumConcurrency": "3", "Other": 1}, "the emulator's own stays as it is"


def test_a_mapping_without_a_maximum_stays_without_one() -> None:
    mappings: list[dict[str, Any]] = [{"BatchSize": 1}, {"ScalingConfig": None}, {"ScalingConfig": {}}]
    for mapping in mappings:
        assert with_number(mapping) == mapping
