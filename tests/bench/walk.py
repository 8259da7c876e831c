"""How straight the way of one like is: how often its reader is sent back to a file that they have been in.

    python -m tests.bench.walk

Three likes and a "more like this" run through give_feedback, plan, rebuild, ask and home on fakes. Each pair of files
of which one calls the other counts once, in the order in which it first happens; a return is a pair whose second file
has been entered before. Plain data (models, ports, settings, errors) is not counted: nobody reads it on the way.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from chalicelib.feedback.give_feedback import Change, give_feedback
from chalicelib.feedback.model import Listed
from chalicelib.recommendations.plan import plan
from tests.lanes import Lanes

CODE = Path(__file__).parent.parent.parent / "chalicelib"
PLAIN = {"model.py", "port.py", "ports.py", "settings.py", "errors.py", "metrics.py"}
INLINE = {"<genexpr>", "<module>"}


def calls_between_files(run: Callable[[], None]) -> list[tuple[str, str]]:
    """Caller's and callee's file, each pair once, in order. The first caller is called `start`."""
    found: dict[tuple[str, str], None] = {}

    def note(frame: FrameType, event: str, _argument: object) -> None:
        name = _ours(frame)
        if event != "call" or name is None or frame.f_code.co_name in INLINE or Path(name).name in PLAIN:
            return
        above = frame.f_back
        while above is not None and _ours(above) is None:
            above = above.f_back
        caller = (_ours(above) if above else None) or "start"
        if caller != name:
            found.setdefault((caller, name))

    sys.setprofile(note)
    try:
        run()
    finally:
        sys.setprofile(None)
    return list(found)


def _ours(frame: FrameType) -> str | None:
    path = Path(frame.f_code.co_filename)
    return str(path.relative_to(CODE)) if path.is_relative_to(CODE) else None


def one_like() -> None:
    """A viewer's first evening, home page included."""
    lanes = Lanes()
    changes = [Change(rating="like")] * 3 + [Change(steer="more_like_this")]
    for film, change in zip(lanes.films, changes, strict=False):
        give_feedback(
            lanes.feedback, lambda: lanes.catalog, lambda *_: Listed(), "viewer", film.film_id, change, "ru", lanes.now
        )
    plan(lanes.store, lanes.outbox, ["viewer"], lanes.now)
    lanes.deliver()
    lanes.page("viewer")


def main() -> None:
    """The figure."""
    files: list[str] = []
    returns = []
    for caller, called in calls_between_files(one_like):
        if called in files:
            returns.append(f"{caller} → {called}")
        else:
            files.append(called)
    print("files, in order:", *files, "returns:", *returns, sep="\n  ")
    print(json.dumps({"files": len(files), "returns": len(returns)}))


if __name__ == "__main__":
    main()
