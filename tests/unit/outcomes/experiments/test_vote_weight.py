"""The weight of the model's votes follows what came of them, on a site whose viewers' likes are known, through the
product's own votes: a model that picks by chance loses them in a fortnight, one that knows more than the list gains."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise

import numpy as np
import pytest

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.experiments.model import Votes
from chalicelib.outcomes.experiments.vote_weight import (
    DAYS,
    DOWN,
    LEAST,
    MOST,
    UP,
    PlaceSums,
    evidence,
    follow_outcomes,
    moved,
)
from chalicelib.outcomes.model import Told, ToldBatch
from chalicelib.outcomes.write_down import write_down
from chalicelib.recommendations.model import Pick, StoredReply
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.ranking.votes import voted
from tests.factories import NOW, ranked
from tests.fake_outcomes import DuckCounting, FakeFiles, FakeStates

LIST = [ranked(f"Film {n}") for n in range(60)]
FILMS = {one.film.film_id: one.film for one in LIST}
TASTE = taste_of([], NOW)
LOOKS_AT, PICKS, OFFERED = 20, 12, 50
VIEWERS = 1_000  # a day

type Appeal = np.ndarray[tuple[int], np.dtype[np.float64]]
type Model = Callable[[np.random.Generator, Appeal], Sequence[int]]
"""Picks, best first, by how much the viewer would like each film that is offered."""


def by_chance(draw: np.random.Generator, appeal: Appeal) -> Sequence[int]:
    return [int(film) for film in draw.permutation(len(appeal))[:PICKS]]


def knowing(draw: np.random.Generator, appeal: Appeal) -> Sequence[int]:
    """Right about half of what the list does not know."""
    return [int(film) for film in np.argsort(-appeal * draw.lognormal(0, 0.5, len(appeal)))[:PICKS]]


class Site:
    """`Counting` of a site whose list knows part of what its viewers like: later places are liked less on average."""

    def __init__(self, seed: int, model: Model) -> None:
        self.draw, self.model = np.random.default_rng(seed), model
        self.days: deque[Counter[tuple[int, int, str]]] = deque(maxlen=DAYS)

    def day(self, weight: float) -> None:
        """What is shown and liked on one day under this weight."""
        counted = Counter[tuple[int, int, str]]()
        for _ in range(VIEWERS):
            appeal = 0.12 / (1 + np.arange(len(LIST)) / 8) * self.draw.lognormal(-0.18, 0.6, len(LIST))
            picks = self.model(self.draw, appeal[:OFFERED])
            reply = StoredReply(
                taste_hash="", replied_at=NOW, language="ru", prompt_version="", question_key="", tokens=0,
                picks=tuple(Pick(film_id=LIST[film].film.film_id, reason="") for film in picks),
            )  # fmt: skip
            shown = voted(LIST, reply, FILMS, TASTE, lambda _: 0.0, weight)
            for place, one in enumerate(shown[:LOOKS_AT], 1):
                picked, own = int(one.ground == "model"), int(one.film.titles.main.removeprefix("Film "))
                counted[place, picked, "shown"] += 1
                counted[place, picked, "liked"] += bool(self.draw.random() < appeal[own] / (1 + place / 10))
        self.days.append(counted)

    def rows(self, sql: str) -> Iterator[dict[str, str]]:  # noqa: ARG002
        total = sum(self.days, Counter[tuple[int, int, str]]())
        for place, picked in sorted({key[:2] for key in total}):
            numbers = {kind: str(total[place, picked, kind]) for kind in ("shown", "liked")}
            yield {"place": str(place), "picked": str(picked)} | numbers

    def fortnight(self) -> list[float]:
        """The weight after each of fourteen nights."""
        states, weights = FakeStates(), []
        for night in range(14):
            self.day(states.votes.weight)
            weights.append(follow_outcomes(states, self, NOW + timedelta(days=night)).weight)
        return weights


@pytest.mark.parametrize("seed", range(3))
def test_a_model_that_picks_by_chance_loses_its_votes_in_a_fortnight(seed: int) -> None:
    weights = Site(seed, by_chance).fortnight()
    assert weights[-1] <= 0.1
    assert all(before * DOWN - 1e-4 <= after for before, after in pairwise(weights)), "slowly"


@pytest.mark.parametrize("seed", range(3))
def test_a_model_that_knows_more_than_the_list_gains_votes(seed: int) -> None:
    weights = Site(seed, knowing).fortnight()
    assert 1.3 < weights[-1] <= MOST
    assert all(after <= before * UP + 1e-4 for before, after in pairwise(weights)), "slowly"


def test_the_weight_stays_within_its_bounds_and_where_nothing_is_known() -> None:
    assert moved(1.0, 0.0) == moved(1.0, 0.99) == moved(1.0, -0.99) == 1.0
    assert moved(1.0, -2.0) == moved(1.0, -9.0) == DOWN
    assert moved(1.0, 2.0) == UP
    assert DOWN < moved(1.0, -1.5) < 1.0 < moved(1.0, 1.5) < UP
    assert moved(LEAST, -5.0) == LEAST
    assert moved(MOST, 5.0) == MOST
    assert moved(LEAST, 5.0) > LEAST, "a model that has become better is seen to be"


def test_evidence_compares_at_the_same_place_alone() -> None:
    worse = PlaceSums(picks=1_000, picks_liked=50, others=1_000, others_liked=100)
    assert evidence([worse]) < -4
    assert evidence([PlaceSums(1_000, 100, 1_000, 50)]) > 3
    first, last = PlaceSums(1_000, 200, 100, 20), PlaceSums(100, 2, 1_000, 20)
    assert evidence([first, last]) < 0.5, "picks stand in front, and are liked as all films there are"
    assert abs(evidence([PlaceSums(1_000, 220, 100, 20), PlaceSums(100, 22, 1_000, 200)])) < 1e-9, "a tenth more"
    assert evidence([PlaceSums(99, 0, 10_000, 900)]) == 0.0, "too few picks"
    assert evidence([PlaceSums(500, 20, 0, 0), PlaceSums(0, 0, 500, 20)]) == 0.0
    assert evidence([PlaceSums(500, 0, 500, 0)]) == 0.0
    assert evidence([]) == 0.0


def test_a_night_is_looked_at_once_and_the_engine_may_be_away() -> None:
    site, states = Site(1, by_chance), FakeStates()
    site.day(1.0)
    first = follow_outcomes(states, site, NOW)
    assert follow_outcomes(states, site, NOW + timedelta(hours=1)) == states.votes
    assert states.votes.version == 1
    follow_outcomes(states, site, NOW, at_once=True)
    assert states.votes.version == 2
    assert first.looked_on == NOW.date()

    class Away:
        def rows(self, sql: str) -> Iterator[dict[str, str]]:
            raise UnavailableError(sql)

    with pytest.raises(UnavailableError):
        follow_outcomes(states, Away(), NOW + timedelta(days=1))
    assert states.votes.version == 2


def test_the_text_counts_picks_beside_what_stood_in_the_same_lists() -> None:
    files = FakeFiles()
    at = round(NOW.timestamp() * 1_000_000)

    def shown(film: str, source: str, place: int, version: str = "v") -> Told:
        return Told("shown", film, at, source, place, "home", "", version)

    def liked(film: str) -> Told:
        return Told("liked", film, at + 1)

    told = {
        "mixed": [shown("a", "gigachat", 1), shown("b", "personal", 2), shown("c", "top", 40), liked("a"), liked("a"),
                  shown("a", "gigachat", 1)],
        "all picks": [shown("a", "gigachat", 1), liked("a")],
        "no picks": [shown("a", "personal", 1), liked("a")],
        "no version": [shown("a", "gigachat", 1, ""), shown("b", "personal", 2, ""), shown("c", "", 0)],
    }  # fmt: skip
    for viewer, events in told.items():
        write_down({viewer: ToldBatch(viewer, tuple(events))}, files)
    answers: list[dict[str, str]] = []

    class Recording(DuckCounting):
        def rows(self, sql: str) -> Iterator[dict[str, str]]:
            assert "{" not in sql
            answers.extend(super().rows(sql))
            yield from answers

    follow_outcomes(FakeStates(votes=Votes()), Recording(files), NOW)
    assert [tuple(row.values()) for row in answers] == [
        ("1", "1", "1", "1"), ("2", "0", "1", "0"), ("31", "0", "1", "0"),
    ]  # fmt: skip
