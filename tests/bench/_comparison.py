"""Figures of now beside those of the last release: what got worse by more than a fifth.

Only what says something about the code is watched: units, counts, sizes, ratios to something beside it, and speeds,
which want the same quiet machine.
"""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from infra.operator.cost.figures import Figures

WORSE_BY = 0.2
LOWER, HIGHER = "lower", "higher"

WATCHED = (
    ("imports.ratio.*", LOWER),
    ("home.*ratio*", LOWER),
    ("home.*requests*", LOWER),
    ("sweep.*units*", LOWER),
    ("sweep.*wait*", LOWER),
    ("writes.*units*", LOWER),
    ("throughput.*a_second*", HIGHER),
    ("throughput.*per_second*", HIGHER),
    ("snapshot.*_mb", LOWER),
    ("population.list_seconds.p*", LOWER),
    ("population.answer_seconds.*.p*", LOWER),
    ("population.*units_per_*", LOWER),
    ("learning.*growth*", LOWER),
    ("learning.*scanned*", LOWER),
    ("learning.*memory_mb*", LOWER),
    ("snapshot.*_mb", LOWER),
    ("units.invocations.*.read_units", LOWER),
    ("units.invocations.*.write_units", LOWER),
    ("units.invocations.*.requests", LOWER),
    ("units.invocations.*.answer_bytes", LOWER),
    ("units.stored_bytes.*", LOWER),
    ("units.exported_bytes_per_like", LOWER),
    ("units.export_reads", LOWER),
    ("units.tokens_per_question", LOWER),
    ("units.tokens_per_film", LOWER),
    ("gigachat_cost.calls_per_100_feedback", LOWER),
    ("gigachat_cost.*prompt_tokens*", LOWER),
)
"""Patterns of `bench.path.of.figure`, and what is better; the first that fits decides."""


class Compared(NamedTuple):
    """One watched figure. `then` is None where the release had none, `now` where there is none any more."""

    name: str
    better: str
    then: float | None
    now: float | None

    @property
    def change(self) -> float | None:
        """By what share it got worse; below 0 it got better. None without both figures."""
        if self.then is None or self.now is None:
            return None
        worse = self.now - self.then if self.better == LOWER else self.then - self.now
        if not worse:
            return 0.0
        return worse / abs(self.then) if self.then else float("inf" if worse > 0 else "-inf")

    @property
    def is_worse(self) -> bool:
        """Whether somebody has to look at it."""
        return self.now is None or (self.change is not None and self.change > WORSE_BY)

    def told(self) -> str:
        """A line for a person."""
        if self.now is None:
            return f"{self.name}: was {self.then:g}, and is not measured any more"
        assert self.then is not None
        assert self.change is not None
        return f"{self.name}: {self.then:g} → {self.now:g}, {100 * self.change:.0f} % worse ({self.better} is better)"


def numbers(held: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number in a bench's last line, by its path; places in a list count from 0."""
    if isinstance(held, Mapping):
        for name, one in held.items():
            yield from numbers(one, f"{path}.{name}" if path else str(name))
    elif isinstance(held, list):
        for place, one in enumerate(held):
            yield from numbers(one, f"{path}.{place}")
    elif isinstance(held, int | float) and not isinstance(held, bool):
        yield path, float(held)


def better_of(name: str) -> str | None:
    """Whether `lower` or `higher` is better; None: nobody watches it."""
    return next((better for pattern, better in WATCHED if fnmatchcase(name, pattern)), None)


def watched(figures: Figures) -> dict[str, float]:
    """The figures that are compared, by name."""
    return {
        name: number
        for bench, one in figures.benches.items()
        for name, number in numbers(one.figures, bench)
        if better_of(name)
    }


def compared(release: Figures, present: Figures) -> list[Compared]:
    """Of the benches that were run now: each watched figure of either side, in the order of their names."""
    then, now = watched(release), watched(present)
    names = [name for name in {**then, **now} if name.partition(".")[0] in present.benches]
    return [Compared(name, str(better_of(name)), then.get(name), now.get(name)) for name in sorted(names)]
