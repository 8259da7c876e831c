"""TF-IDF over traits: how telling each is, films as vectors of length 1, and how alike two of them are. Pure.

A trait is anything that films share: a genre, a director. It is there or it is not, so its frequency in one film is 1
and all the weight comes from its rarity (Spärck Jones, "A statistical interpretation of term specificity", 1972).
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping


def rarity_of(traits_of_films: Iterable[tuple[str, ...]]) -> dict[str, float]:
    """How telling a trait is among these films: log(1 + films / films that have it)."""
    counts: Counter[str] = Counter()
    total = 0
    for traits, films in Counter(traits_of_films).items():
        total += films
        for trait in traits:
            counts[trait] += films
    return {trait: math.log(1 + total / count) for trait, count in counts.items()}


def unit_vector(traits: Iterable[str], rarity: Mapping[str, float], unknown: float = 0.0) -> dict[str, float]:
    """The traits as a vector of length 1, empty where none says anything; one without a rarity weighs `unknown`."""
    values = {trait: rarity.get(trait, unknown) for trait in traits}
    length = math.sqrt(sum(value * value for value in values.values()))
    return {trait: value / length for trait, value in values.items()} if length else {}


def cosine(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    """0…1: how alike two vectors of length 1 are. A mean of such vectors may stand on the left: then the mean of the
    cosines, 0…1 too."""
    return sum(left.get(trait, 0.0) * value for trait, value in right.items())
