"""What the benches measured, as `docs/figures.json` holds it: each bench's last line, with the command beside it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

FIGURES = Path(__file__).parent.parent.parent.parent / "docs" / "figures.json"


class FigureMissingError(Exception):
    """A figure that is needed was not measured. The text is for the operator."""


class Bench(msgspec.Struct, frozen=True, omit_defaults=True):
    """One bench: how it is run, how long that took, and its last line. `missing` says why there is none."""

    command: str
    seconds: float = 0.0
    figures: Any = None
    missing: str = ""


class Figures(msgspec.Struct, frozen=True):
    """All benches of one state of the code, on one machine."""

    release: str
    measured: str
    machine: str
    benches: Mapping[str, Bench]


class Invocation(msgspec.Struct, frozen=True):
    """One run of one function, as `tests/bench/units.py` measures it. `requests` are those to AWS, one after another;
    `cpu_ms` are milliseconds of a whole processor."""

    read_units: float
    write_units: float
    requests: float
    messages: float
    cpu_ms: float
    answer_bytes: float
    log_bytes: float


class Units(msgspec.Struct, frozen=True):
    """The last line of `python -m tests.bench.units`."""

    invocations: Mapping[str, Invocation]
    stored_bytes: Mapping[str, int]
    exported_bytes_per_like: int
    export_reads: int
    tokens_per_question: int
    snapshot_bytes: int
    tokens_per_film: float  # of what is embedded of it, by our estimate


def figures_of(path: Path = FIGURES) -> Figures:
    """Raises FigureMissingError: there is no such file, or it is no file of figures."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Figures)
    except (OSError, msgspec.MsgspecError) as error:
        raise FigureMissingError(f"{path} holds no figures ({error}): `make bench` writes them") from None


def units_of(figures: Figures) -> Units:
    """Raises FigureMissingError: nobody has measured them."""
    bench = figures.benches.get("units")
    try:
        return msgspec.convert(bench.figures if bench else None, Units)
    except msgspec.ValidationError as error:
        raise FigureMissingError(f"the units are missing ({error}): `make bench-units` measures them") from None
