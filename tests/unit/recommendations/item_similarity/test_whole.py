"""What a like still says when the other likes have spoken."""

import pytest

from chalicelib.recommendations.item_similarity.codec import pack_signed, unpack_signed
from chalicelib.recommendations.item_similarity.sql import CountedFilm
from chalicelib.recommendations.item_similarity.whole import SharedViewers, whole_scores
from chalicelib.recommendations.site_model import RIDGE


def counted(code: int, likes: int, shared: dict[int, int]) -> CountedFilm:
    """All viewings are likes, which `together.sql` counts in quarters."""
    return CountedFilm(
        f"film {code}", code, likes, 4 * likes, tuple(shared), tuple(4 * count for count in shared.values()), (), ()
    )


def test_the_weights_solve_the_ridge_regression_when_two_films_predict_a_third() -> None:
    films = [counted(0, 500, {}), counted(1, 400, {0: 200}), counted(2, 300, {0: 200, 1: 100})]
    given = whole_scores(SharedViewers(films), RIDGE)
    weights = [dict(given[source])[2] for source in (0, 1)]
    for row, aim in (((500 + RIDGE, 200), 200), ((200, 400 + RIDGE), 100)):
        assert row[0] * weights[0] + row[1] * weights[1] == pytest.approx(aim)


def test_a_like_that_says_nothing_new_counts_little_when_its_twin_is_liked_too() -> None:
    twins = [counted(0, 500, {}), counted(1, 500, {0: 480}), counted(2, 400, {0: 350, 1: 350})]
    alone = [counted(0, 500, {}), counted(1, 400, {0: 350})]
    twin = dict(whole_scores(SharedViewers(twins), RIDGE)[0])[2]
    assert twin < 0.6 * dict(whole_scores(SharedViewers(alone), RIDGE)[0])[1]


def test_signed_scores_come_back_when_packed() -> None:
    codes, scores = unpack_signed(pack_signed((3, 7, 1), (-0.5, 0.25, -0.001)))
    assert list(codes) == [3, 7, 1]
    assert scores == pytest.approx([-0.5, 0.25, -0.001], abs=1e-4)
    assert unpack_signed(pack_signed((), ())) == ((), [])
