"""The rankers to beat, as they are usually written and tuned: popularity, ItemKNN, RP3beta, EASE.

Each has a small grid; what is best on the likes before the held-out ones (the same that our own fit may see) is asked.
Films with a single like are left out of EASE: they cost most of its time and have nothing to say.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from tests.bench._movielens import Ints, Split, likes_of

DECAYS = (0.9, 1.0)  # a user's k-th newest like weighs that to the k
EASE_LAMBDAS = (30.0, 100.0, 300.0, 1000.0)
EASE_FILMS_MOST = 6_000
KNN_SHRINKS = (0.0, 10.0)
RP3_BETAS = (0.3, 0.5, 0.7)

type Scores = npt.NDArray[np.float64]
type Scorer = Callable[[Ints], Scores]
"""From likes (film indices, oldest first) to a score for every film."""
type Questions = Sequence[tuple[Ints, Ints, int]]
"""Likes, films not to be shown, and the held-out like."""


class Tuned(NamedTuple):
    """A scorer and the constants it was made with."""

    scorer: Scorer
    constants: str


def popularity(matrix: sp.csr_matrix) -> Iterator[Tuned]:
    """How many like a film."""
    counts = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    yield Tuned(lambda likes: counts, "")  # noqa: ARG005 - the same for everybody


def item_knn(matrix: sp.csr_matrix) -> Iterator[Tuned]:
    """Cosine of the films' columns, summed over the likes."""
    together = sp.csr_matrix(matrix.T @ matrix, dtype=np.float64)
    lengths = np.sqrt(together.diagonal())
    rows, columns = together.nonzero()
    for shrink in KNN_SHRINKS:
        values = np.asarray(together[rows, columns]).ravel() / (lengths[rows] * lengths[columns] + shrink)
        values[rows == columns] = 0
        cosine = sp.csr_matrix((values, (rows, columns)), shape=together.shape)
        yield from _decayed(cosine, f"shrink {shrink:.0f}")


def rp3_beta(matrix: sp.csr_matrix) -> Iterator[Tuned]:
    """Paudel et al. 2017: a random walk of three steps, divided by popularity to the beta."""
    films = np.maximum(np.asarray(matrix.sum(axis=0)).ravel(), 1)
    users = np.maximum(np.asarray(matrix.sum(axis=1)).ravel(), 1)
    walk = sp.csr_matrix(sp.diags(1 / films) @ matrix.T @ sp.diags(1 / users) @ matrix)
    walk.setdiag(0)
    for beta in RP3_BETAS:
        yield from _decayed(sp.csr_matrix(walk @ sp.diags(films**-beta)), f"beta {beta}")


def ease(matrix: sp.csr_matrix) -> Iterator[Tuned]:
    """Steck 2019: B = I - P / diag(P), P = (XᵀX + λI)⁻¹."""
    counts = np.asarray(matrix.sum(axis=0)).ravel()
    columns = np.sort(np.argsort(-counts, kind="stable")[: min(EASE_FILMS_MOST, int((counts >= 2).sum()))])
    small = matrix[:, columns]
    gram = np.asarray((small.T @ small).todense(), dtype=np.float32)
    for strength in EASE_LAMBDAS:
        inverse = gram.copy()
        inverse[np.diag_indices_from(inverse)] += strength
        inverse = np.linalg.inv(inverse)
        weights = -inverse / np.diag(inverse)[None, :]
        np.fill_diagonal(weights, 0)
        yield from _decayed(weights, f"lambda {strength:.0f}", columns, matrix.shape[1])


RANKERS: dict[str, Callable[[sp.csr_matrix], Iterator[Tuned]]] = {
    "popularity": popularity,
    "item_knn": item_knn,
    "rp3_beta": rp3_beta,
    "ease": ease,
}


def _decayed(weights: "sp.csr_matrix | Scores", said: str, columns: Ints | None = None, films: int = 0
             ) -> Iterator[Tuned]:  # fmt: skip
    place = None
    if columns is not None:
        place = np.full(films, -1)
        place[columns] = np.arange(len(columns))

    def scorer(decay: float) -> Scorer:
        def score(likes: Ints) -> Scores:
            ages = decay ** np.arange(len(likes))[::-1]
            if place is None or columns is None:
                return np.asarray(ages @ weights[likes]).ravel()
            known = place[likes] >= 0
            scores = np.zeros(films)
            scores[columns] = ages[known] @ weights[place[likes[known]]]
            return scores

        return score

    for decay in DECAYS:
        yield Tuned(scorer(decay), f"{said}, decay {decay}")


def best_of(name: str, matrix: sp.csr_matrix, questions: Questions) -> str:
    """The constants that put most of these held-out likes among the first ten (ties: the higher mean place)."""
    found = []
    for tuned in RANKERS[name](matrix):
        gain = hits = 0.0
        for likes, leave_out, target in questions:
            scores = tuned.scorer(likes)
            own = scores[target]
            scores = scores.copy()
            scores[leave_out] = -np.inf
            place = int((scores > own).sum())
            hits += place < 10
            gain += 1 / np.log2(place + 2) if place < 100 else 0
        found.append((hits, gain, tuned.constants))
    return max(found)[2]


def tuned(name: str, matrix: sp.csr_matrix, constants: str) -> Scorer:
    """The ranker with these constants."""
    return next(one.scorer for one in RANKERS[name](matrix) if one.constants == constants)


def matrix_of(parts: Split, films: int) -> sp.csr_matrix:
    """Users × films, 1 where a like is learned from."""
    rows: list[int] = []
    columns: list[int] = []
    for number, liked in likes_of(parts.learned):
        rows += [number] * len(liked)
        columns += liked.tolist()
    return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(parts.learned), films))


def best(scores: Scores, leave_out: Ints, count: int) -> Sequence[int]:
    """The best films, those left out aside; equals in the order of their ids."""
    scores = scores.copy()
    scores[leave_out] = -np.inf
    count = min(count, len(scores))
    least = np.partition(scores, -count)[-count]
    near = np.flatnonzero(scores >= least)
    order = near[np.argsort(-scores[near], kind="stable")][:count]
    return [int(film) for film in order]
