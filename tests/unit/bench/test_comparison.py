"""`make bench`: what got worse is named and fails it, and nothing is left out in silence."""

from pathlib import Path
from typing import Any

import pytest

from infra.operator.cost.figures import Bench, Figures
from tests.bench import __main__ as runner
from tests.bench._comparison import compared, numbers
from tests.bench._page import page


def figures(**benches: Any) -> Figures:
    """Of a machine; a text in place of figures says why there are none."""
    made = {
        name: Bench(f"python -m tests.bench.{name}", 1.0, missing=one)
        if isinstance(one, str)
        else Bench(f"python -m tests.bench.{name}", 1.0, one)
        for name, one in benches.items()
    }
    return Figures("0.2.0", "2026-11-29", "two cores", made)


BEFORE = figures(home={"cpu_ratio": 2.0, "dynamodb_requests": 2}, throughput={"likes_a_second": 100.0})


def test_nothing_is_worse_when_figures_move_by_a_fifth_or_to_the_better() -> None:
    now = figures(home={"cpu_ratio": 2.4, "dynamodb_requests": 1}, throughput={"likes_a_second": 80.0})
    assert runner.verdict(BEFORE, now) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (figures(home={"cpu_ratio": 2.41, "dynamodb_requests": 2}), "home.cpu_ratio: 2 → 2.41, 21 % worse (lower"),
        (figures(throughput={"likes_a_second": 79.0}), "throughput.likes_a_second: 100 → 79, 21 % worse (higher"),
        (figures(home={"cpu_ratio": 2.0}), "home.dynamodb_requests: was 2, and is not measured any more"),
        (figures(home="failed: it fell over"), "home: failed: it fell over"),
    ],
)
def test_what_got_worse_than_that_or_is_gone_is_named(now: Figures, told: str) -> None:
    (line,) = runner.verdict(BEFORE, now)
    assert line.startswith(told)


def test_a_figure_that_was_nothing_is_worse_when_it_is_something() -> None:
    then, now = (figures(home={"other_requests": number}) for number in (0, 1))
    assert len(runner.verdict(then, now)) == 1
    assert runner.verdict(then, then) == runner.verdict(now, then) == []


def test_what_nobody_watches_may_change_and_what_was_not_run_is_not_compared() -> None:
    now = figures(home={"cpu_ratio": 2.0, "dynamodb_requests": 2, "milliseconds": 9e9})
    assert runner.verdict(BEFORE, now) == []
    assert {one.name.partition(".")[0] for one in compared(BEFORE, now)} == {"home"}


def test_every_number_has_a_path() -> None:
    held = {"runs": [{"likes": 1}, {"likes": 2}], "ok": True, "name": "x", "share": 0.5}
    assert dict(numbers(held)) == {"runs.0.likes": 1, "runs.1.likes": 2, "share": 0.5}


def test_a_missing_bench_is_stated_and_fails_unless_it_cannot_run_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "MUST", ("no_such_bench",))
    assert "no_such_bench" in runner.names()
    now = figures(**{name: runner.run(name).missing for name in ("no_such_bench", *runner.ALONE)})
    assert now.benches["viewers"].missing.startswith("not run: a crowd")
    assert runner.verdict(BEFORE, now) == ["no_such_bench: there is no such bench"]
    assert set(runner.ALONE) <= set(runner.names())


def test_a_bench_that_fails_or_says_no_figures_is_not_taken_for_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    monkeypatch.setattr(runner, "FOLDER", tmp_path)
    (tmp_path / "broken.py").touch()
    assert runner.run("broken").missing == "failed: it said nothing"
    monkeypatch.setattr("sys.executable", "/bin/echo")
    assert runner.run("broken").missing == "failed: its last line is no JSON"


def test_the_command_fails_and_writes_figures_and_page_when_something_is_worse(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {"cpu_ratio": 1.0}
    monkeypatch.setattr(runner, "run", lambda name: Bench(f"python -m tests.bench.{name}", 1.0, dict(found)))
    monkeypatch.setattr(runner, "FIGURES", tmp_path / "figures.json")
    monkeypatch.setattr(runner, "LOCAL", tmp_path / "local")
    assert runner.main(["--only", "home", "--keep"]) == 0, "the first has nothing to be compared with"
    assert runner.main(["--only", "home"]) == 0
    found["cpu_ratio"] = 3.0
    assert runner.main(["--only", "home"]) == 1
    assert "✗ home.cpu_ratio: 1 → 3, 200 % worse" in capsys.readouterr().out
    assert "200 % worse" in (tmp_path / "local" / "bench.html").read_text()
    assert '"cpu_ratio": 3.0' in (tmp_path / "local" / "bench.json").read_text()
    assert '"cpu_ratio": 1.0' in (tmp_path / "figures.json").read_text(), "only --keep writes it"


def test_what_is_kept_replaces_what_was_measured_alone() -> None:
    both = runner.kept(BEFORE, figures(home={"cpu_ratio": 1.0}, throughput="failed"))
    assert both.benches["home"].figures == {"cpu_ratio": 1.0}
    assert both.benches["throughput"].figures == {"likes_a_second": 100.0}


def test_the_page_shows_both_figures_and_what_is_missing() -> None:
    now = figures(home={"cpu_ratio": 3.0, "dynamodb_requests": 2}, sweep="failed: <alas>")
    drawn = page(now, BEFORE, compared(BEFORE, now))
    assert "2 → 3" in drawn
    assert "failed: &lt;alas&gt;" in drawn
    assert drawn.count("<svg") == 1
    assert "50 % worse" in drawn
