"""The rankers to beat, as they are usually written: popularity, ItemKNN, EASE."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from tests.bench._movielens import Ints, Split

ITEM_KNN_LIKES = 10  # the protocol: cosine on the last 10 likes
EASE_LAMBDA, EASE_DECAY = 300.0, 0.9

type Scores = npt.NDArray[np.float64]
type Scorer = Callable[[Ints], Scores]
"""From likes (film indices, oldest first) to a score for every film."""


def popularity(matrix: sp.csr_matrix) -> Scorer:
    """How many like a film."""
    counts = np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel()
    return lambda likes: counts  # noqa: ARG005 - the same for everybody


def item_knn(matrix: sp.csr_matrix) -> Scorer:
    """Cosine of the films' columns, summed over the last likes."""
    together = sp.csr_matrix(matrix.T @ matrix, dtype=np.float64)
    lengths = np.sqrt(np.maximum(together.diagonal(), 1.0))
    scale = sp.diags(1 / lengths)
    cosine = sp.csr_matrix(scale @ together @ scale)
    cosine.setdiag(0)
    return lambda likes: np.asarray(cosine[likes[-ITEM_KNN_LIKES:]].sum(axis=0), dtype=np.float64).ravel()


def ease(matrix: sp.csr_matrix) -> Scorer:
    """Steck 2019: B = I - P / diag(P), P = (XᵀX + λI)⁻¹. Films nobody likes have a row of zeros and are left out."""
    columns = np.flatnonzero(np.asarray(matrix.sum(axis=0)).ravel())
    small = matrix[:, columns]
    gram = np.asarray((small.T @ small).todense(), dtype=np.float64)
    gram[np.diag_indices_from(gram)] += EASE_LAMBDA
    inverse = np.linalg.inv(gram)
    weights = -inverse / np.diag(inverse)[None, :]
    np.fill_diagonal(weights, 0)
    place = np.full(matrix.shape[1], -1)
    place[columns] = np.arange(len(columns))

    def score(likes: Ints) -> Scores:
        scores = np.zeros(matrix.shape[1])
        if len(likes):
            scores[columns] = EASE_DECAY ** np.arange(len(likes))[::-1] @ weights[place[likes]]
        return scores

    return score


def matrix_of(parts: Split, films: int) -> sp.csr_matrix:
    """Users × films, 1 where a like is learned from."""
    rows, columns = [], []
    for row, history in enumerate(parts.learned.values()):
        liked = [judgement.film for judgement in history if judgement.liked]
        rows += [row] * len(liked)
        columns += liked
    return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(parts.learned), films))


def best(scores: Scores, leave_out: Ints, count: int) -> Sequence[int]:
    """The best films, those left out aside; equals in the order of their movie ids."""
    scores = scores.copy()
    scores[leave_out] = -np.inf
    least = np.partition(scores, -count)[-count]
    near = np.flatnonzero(scores >= least)
    order = near[np.argsort(-scores[near], kind="stable")][:count]
    return [int(film) for film in order]
