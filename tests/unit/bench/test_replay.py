"""Replaying logged lists finds what another ranker comes to: by hand, and on made-up logs whose truth is known."""

import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.bench import replay
from tests.bench.replay import Logged, Shown, looks_of, read_logs, replayed

APPEAL = {f"film {number}": 0.05 + 0.09 * number for number in range(10)}  # how likely each is liked once looked at
LOOK = {place: place**-0.7 for place in range(1, 11)}


def best_first() -> tuple[str, ...]:
    return tuple(sorted(APPEAL, key=lambda film: -APPEAL[film]))


def made_up(
    lists: int, ranked: Callable[[], Sequence[str]], *, tells_looks: bool = True, seed: int = 7
) -> list[Logged]:
    """Lists in random orders, by a position-based model with these looks and appeals."""
    luck = random.Random(seed)
    logs = []
    for number in range(lists):
        order = luck.sample(sorted(APPEAL), len(APPEAL))
        shown = tuple(
            Shown(film_id=film, place=place, look=LOOK[place] if tells_looks else None, source=film)
            for place, film in enumerate(order, 1)
        )
        liked = tuple(one.film_id for one in shown if luck.random() < LOOK[one.place] * APPEAL[one.film_id])
        logs.append(Logged(viewer=f"viewer {number % 500}", shown=shown, liked=liked, ranked=tuple(ranked())))
    return logs


def test_a_like_that_moves_up_counts_by_how_much_more_it_is_looked_at() -> None:
    shown = (Shown(film_id="a", place=1, look=0.8), Shown(film_id="b", place=2, look=0.4))
    told = replayed([Logged(viewer="v", shown=shown, liked=("b",), ranked=("b", "a"))])
    assert told["logged"] == {"likes_a_list": 1.0, "likes_a_look": 0.833333}
    assert told["ips"]["value"] == 2.0  # 0.8 / 0.4
    assert told["snips"]["value"] == 1.666667  # 2 / (0.8 + 0.4)
    assert (told["gain"]["value"], told["covered"]) == (1.0, 1.0)


def test_a_place_drawn_by_lot_counts_by_its_chance_up_to_the_clip() -> None:
    shown = (Shown(film_id="a", place=1, look=0.5, chance=0.1), Shown(film_id="b", place=2, look=0.5))
    logs = [Logged(viewer="v", shown=shown, liked=("a",), ranked=("a", "unknown"))]
    told = replayed(logs)
    assert (told["ips"]["value"], told["covered"]) == (10.0, 0.5)
    assert replayed(logs, clip=4.0)["ips"]["value"] == 4.0


def test_the_truth_is_in_the_interval_of_a_better_and_of_a_worse_ranker() -> None:
    for order in (best_first(), best_first()[::-1]):
        truth = sum(LOOK[place] * APPEAL[film] for place, film in enumerate(order, 1))
        told = replayed(made_up(4_000, lambda order=order: order))  # type: ignore[misc]
        assert told["ips"]["low"] < truth < told["ips"]["high"]
        assert told["snips"]["low"] < truth / sum(LOOK.values()) < told["snips"]["high"]
        assert (told["gain"]["low"] > 0) == (order == best_first())


def test_the_truth_is_found_too_when_the_looks_have_to_be_estimated() -> None:
    logs = made_up(6_000, best_first, tells_looks=False)
    looks = looks_of(logs)
    assert looks[1] / looks[10] == pytest.approx(LOOK[1] / LOOK[10], rel=0.15)
    truth = sum(LOOK[place] * APPEAL[film] for place, film in enumerate(best_first(), 1))
    assert replayed(logs)["ips"]["value"] == pytest.approx(truth, rel=0.06)


def test_the_last_line_is_one_object_and_a_ranker_may_be_a_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    line: Any = {"viewer": "v", "shown": [{"film_id": "a", "place": 1}, {"film_id": "b", "place": 2}], "liked": ["b"]}
    logs = tmp_path / "logs.ndjson"
    logs.write_text(f"{json.dumps(line)}\n\n{json.dumps(line)}\n", encoding="utf-8")
    ranker = f"{__name__}:last_first"
    monkeypatch.setattr("sys.argv", ["replay", str(logs), "--ranker", ranker, "--samples", "20"])
    replay.main()
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (told["lists"], told["viewers"]) == (2, 1)


def last_first(line: Any) -> list[str]:
    """A ranker of this test's own."""
    return [film["film_id"] for film in reversed(line["shown"])]


def test_logs_without_another_ranker_are_no_question() -> None:
    with pytest.raises(ValueError, match="ranker"):
        replayed(read_logs(['{"viewer": "v", "shown": []}']))
