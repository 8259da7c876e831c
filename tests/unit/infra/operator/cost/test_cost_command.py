"""The command: nonsense is refused in a sentence, and the README is what it writes."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.__main__ import main
from infra.operator.cost.command import PLOT, README
from infra.operator.cost.figures import FIGURES, figures_of, units_of
from infra.operator.cost.shown import BEGINS, ENDS, write_readme


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--users", "0"], "0 has to be 1 or more"),
        (["--users", "-5"], "-5 is less than nothing"),
        (["--users", "many"], "'many' is no whole number"),
        (["--users", "1e3"], "'1e3' is no whole number"),
        (["--users", "99999999999"], "more than there are people"),
        (["--habit", "sleep=8"], "'sleep' is none of visits, homes"),
        (["--habit", "likes=nan"], "'nan' is no number"),
        (["--habit", "likes"], "'' is no number"),
        (["--memory-factor", "0"], "nothing runs without memory"),
        (["--lanes", "0"], "0 has to be 1 or more"),
        (["--cooldown-seconds", "0"], "0 has to be 1 or more"),
        (["--roubles-per-million-tokens", "-1"], "-1 is less than nothing"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["cost", *arguments])
    assert left.value.code == 2
    assert told in capsys.readouterr().err


def test_an_unknown_region_and_missing_figures_end_the_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["cost", "--region", "mars-1"]) == 1
    assert "known are eu-central-1, us-east-1" in capsys.readouterr().err
    assert main(["cost", "--figures", str(tmp_path / "none.json")]) == 1
    assert "`make bench` writes them" in capsys.readouterr().err
    empty = tmp_path / "empty.json"
    empty.write_text('{"release": "", "measured": "", "machine": "", "benches": {}}')
    assert main(["cost", "--figures", str(empty)]) == 1
    assert "`make bench-units`" in capsys.readouterr().err


def test_every_line_and_every_size_is_told_when_it_is_asked_for_by_a_program(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["cost", "--users", "2000", "--users", "1000", "--json"]) == 0
    told: Any = json.loads(capsys.readouterr().out)
    small, large = told["bills"]
    assert (small["users"], large["users"]) == (1_000, 2_000)
    assert small["dollars"] == pytest.approx(sum(small["lines"].values()), abs=0.1)
    assert small["dollars"] < large["dollars"]


def test_the_readme_and_its_plot_are_what_the_command_writes_now(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    readme, plot = tmp_path / "README.md", tmp_path / "cost.svg"
    readme.write_text(README.read_text())
    monkeypatch.setattr("infra.operator.cost.command.README", readme)
    monkeypatch.setattr("infra.operator.cost.command.PLOT", plot)
    assert main(["cost", "--readme"]) == 0
    again = "`python -m infra cost --readme` writes them anew"
    assert readme.read_text() == README.read_text(), again
    assert plot.read_text() == PLOT.read_text(), again


def test_nothing_but_what_stands_between_the_marks_is_written(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGINS}old\n{ENDS}after\n")
    write_readme(readme, "new\n")
    assert readme.read_text() == f"before\n{BEGINS}new\n{ENDS}after\n"
    readme.write_text("no marks\n")
    with pytest.raises(ValueError, match="no marks"):
        write_readme(readme, "new\n")


def test_each_figure_has_the_command_that_measures_it_beside_it() -> None:
    figures = figures_of(FIGURES)
    assert units_of(figures).tokens_per_question > 1_000
    for name, bench in figures.benches.items():
        assert bench.command.startswith(f"python -m tests.bench.{name}"), name
        assert bench.figures is not None or bench.missing, name
