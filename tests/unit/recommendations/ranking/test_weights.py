"""A site's weights follow its own viewers."""

import random

import msgspec

from chalicelib.recommendations.ranking.scoring import ScoreParts, score_of
from chalicelib.recommendations.ranking.weights import fitted, gain_of, measured, question_of, sizes_of
from chalicelib.recommendations.site_model import SiteWeights

NOTHING = ScoreParts(near=0, steady=0, whole=0, against=0, era=0, content=0, popularity=0, recent=0, doubt=0)


def viewers(telling: str, count: int = 60) -> list[dict[str, ScoreParts]]:
    """Candidates with chance in all parts; the film "next" is high in the telling one."""
    chance = random.Random(5)

    def one(boost: float) -> ScoreParts:
        values = {name: chance.random() for name in ("near", "steady", "whole", "recent", "popularity")}
        return msgspec.structs.replace(NOTHING, **(values | {telling: values[telling] + boost}))

    return [{"next": one(0.8)} | {f"film {n}": one(0.0) for n in range(60)} for _ in range(count)]


def test_the_part_that_tells_most_weighs_most_when_fitted() -> None:
    for telling in ("near", "whole", "recent"):
        parts = viewers(telling)
        sizes = sizes_of(parts)
        questions = [question_of(one, "next") for one in parts]
        fit = fitted(questions, sizes, SiteWeights())
        assert fit is not None
        others = [name for name in ("near", "whole", "recent", "popularity") if name != telling]
        share = {name: getattr(fit.weights, name) * getattr(sizes, name) for name in [telling, *others]}
        assert share[telling] > max(share[name] for name in others)
        assert fit.gain >= measured(questions, SiteWeights())[0]


def test_places_are_those_of_the_scores_when_measured() -> None:
    parts = viewers("near", 5)
    weights = SiteWeights(near=1.0, steady=0.3, whole=0.5, recent=0.2, popularity=0.1)
    expected = sum(
        sorted(one, key=lambda film: -score_of(one[film], weights)).index("next") < 10 for one in parts
    ) / len(parts)  # fmt: skip
    assert measured([question_of(one, "next") for one in parts], weights)[1] == expected


def test_nothing_is_chosen_when_viewers_are_too_few() -> None:
    parts = viewers("near", 10)
    assert fitted([question_of(one, "next") for one in parts], sizes_of(parts), SiteWeights()) is None


def test_weights_that_tell_nothing_apart_are_no_good_ones() -> None:
    level = {str(place): msgspec.structs.replace(NOTHING, near=1.0) for place in range(21)}
    gain, hit_rate = measured([question_of(level, "0")], SiteWeights())
    assert hit_rate == 0.0  # ten of the twenty others stand before it, on average
    assert gain == gain_of(10)
