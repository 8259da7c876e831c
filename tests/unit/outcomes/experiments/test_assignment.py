"""Who is in which arm: shares, one arm for ever, and nothing that two experiments have in common."""

import math
from collections import Counter

import pytest

from chalicelib.outcomes.experiments.assignment import arm_of, arms_in, arms_text, known_arms
from chalicelib.outcomes.experiments.model import Arm, Experiment

VIEWERS = [f"viewer {number}" for number in range(20_000)]


def experiment(name: str, **shares: float) -> Experiment:
    return Experiment(name=name, about="?", arms=tuple(Arm(name=arm, share=share) for arm, share in shares.items()))


@pytest.mark.parametrize("shares", [{"a": 0.05}, {"a": 0.3, "b": 0.1, "c": 0.5}])
def test_each_arm_gets_its_share(shares: dict[str, float]) -> None:
    counted = Counter(arm_of(experiment("one", **shares), viewer) for viewer in VIEWERS)
    for arm, share in ({"default": 1 - sum(shares.values())} | shares).items():
        error = math.sqrt(share * (1 - share) / len(VIEWERS))
        assert abs(counted[arm] / len(VIEWERS) - share) < 4 * error


def test_two_experiments_have_no_viewers_in_common_but_by_chance() -> None:
    one, other = experiment("one", a=0.5), experiment("other", a=0.5)
    both = sum(arm_of(one, viewer) == arm_of(other, viewer) == "a" for viewer in VIEWERS)
    assert abs(both / len(VIEWERS) - 0.25) < 4 * math.sqrt(0.25 * 0.75 / len(VIEWERS))


def test_a_viewer_stays_while_the_share_grows() -> None:
    before, after = experiment("one", a=0.1), experiment("one", a=0.3)
    assert all(arm_of(after, viewer) == "a" for viewer in VIEWERS if arm_of(before, viewer) == "a")
    assert arm_of(before, VIEWERS[0]) == arm_of(before, VIEWERS[0])


def test_arms_as_a_text_come_back_and_no_other_text_is_any() -> None:
    arms = {"shorter": "a", "no-model": "default"}
    assert arms_text(arms) == "no-model:default+shorter:a"
    assert arms_in(arms_text(arms)) == arms
    for text in ("", "one", "one:a+", "one:a,two:b", "One:a", "one:a\n", "one:" + "a" * 17, "+".join(["one:a"] * 7)):
        assert arms_in(text) == {}


def test_what_is_not_declared_is_left_out() -> None:
    text = "gone:a+one:a+other:luck"
    assert known_arms(text, [experiment("one", a=0.1), experiment("other", a=0.1)]) == "one:a"
    assert known_arms("one:default", [experiment("one", a=0.1)]) == "one:default"
    assert known_arms(text, []) == ""
