"""Scores learned from shared viewers, as they were when last looked at: see `tests/kept`."""

import random

from chalicelib.recommendations.item_similarity import codec
from chalicelib.recommendations.item_similarity.sql import CountedFilm
from chalicelib.recommendations.item_similarity.whole import SharedViewers, whole_scores
from tests.factories import film_id
from tests.kept import assert_kept


def films(count: int, seed: int = 3) -> list[CountedFilm]:
    lot = random.Random(seed)
    found = []
    for code in range(count):
        partners = tuple(sorted(lot.sample(range(code), min(code, 9))))
        likes = lot.choice((1, 2, 30, 400))
        found.append(CountedFilm(f"film {code}", code, likes, 5 * likes, partners,
                                 tuple(lot.randrange(1, 9) for _ in partners), (), ()))  # fmt: skip
    return found


def test_whole_histories_are_learned_as_kept() -> None:
    shared = SharedViewers(films(60))
    found: dict[str, object] = {"viewed": list(shared.viewed), "nearest": shared.nearest()}
    for ridge, kept in ((30.0, 200), (100.0, 4)):
        scores = whole_scores(shared, ridge, kept)
        found[f"{ridge}"] = [[len(one), *map(list, one[:3])] for one in scores]
    assert_kept("whole histories", found)


def test_as_many_films_are_near_as_a_site_of_its_size_may_have() -> None:
    def of(size: int) -> int:
        row = (CountedFilm("x", size - 1, 50, 200, tuple(range(150)), (100,) * 150, (), ()),)
        others = (
            CountedFilm(f"{code}", code, 50, 200, (150,) if code != 150 else (0,), (1,), (), ()) for code in range(151)
        )
        return len(SharedViewers([*others, *row]).nearest()[size - 1])

    assert (of(1_500), of(1_501)) == (100, 50)


def test_scores_are_packed_as_kept() -> None:
    lot = random.Random(5)
    codes, scores = lot.sample(range(70_000), 40), sorted((lot.random() for _ in range(40)), reverse=True)
    signed = [one if place % 3 else -one for place, one in enumerate(scores)]
    ids = [film_id(str(number)) for number in range(3)]
    found = {
        "packed": codec.pack(codes, scores).hex(), "signed": codec.pack_signed(codes, signed).hex(),
        "back": [list(one) for one in codec.unpack(codec.pack(codes, scores))],
        "signed back": [list(one) for one in codec.unpack_signed(codec.pack_signed(codes, signed))],
        "none": [codec.pack([], []).hex(), codec.pack_signed([], []).hex()],
        "ids": [one.hex() for one in codec.pack_ids(ids)], "ids back": codec.unpack_ids(codec.pack_ids(ids)) == ids,
    }  # fmt: skip
    assert_kept("packed scores", found)
