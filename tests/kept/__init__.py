"""What the engines answered when somebody last looked: a formula that gives other figures shows in the difference of a
file. The tests beside it say what is right; this says that nothing moved unseen.

    KEPT=new make unit ARGS=tests/unit/recommendations/ranking/test_kept_figures.py

writes the files anew; who does so reads the difference, and says in the commit why it is meant.
"""

import json
import os
from pathlib import Path

import msgspec

FOLDER = Path(__file__).parent
DIGITS = 9  # of a figure that count: another processor's logarithm may differ in the last ones


def assert_kept(name: str, found: object) -> None:
    """`found`, as JSON, is what `tests/kept/NAME.json` holds; floats to nine digits."""
    plain = _rounded(msgspec.to_builtins(found))
    file = FOLDER / f"{name.replace(', ', '_').replace(' ', '_')}.json"
    if os.environ.get("KEPT") == "new":
        file.write_text(_written(plain))
    kept = json.loads(file.read_text())
    if isinstance(plain, dict) and isinstance(kept, dict):  # the first difference is enough to read
        assert list(plain) == list(kept)
        for part, value in plain.items():
            assert value == kept[part], f"{name}: {part}"
    assert plain == kept


def assert_kept_part(name: str, part: str, found: object) -> None:
    """As `assert_kept`, of one entry among others that other tests keep."""
    file = FOLDER / f"{name.replace(' ', '_')}.json"
    if os.environ.get("KEPT") == "new":
        others = json.loads(file.read_text()) if file.exists() else {}
        file.write_text(_written(dict(sorted((others | {part: found}).items()))))
    assert found == json.loads(file.read_text())[part], f"{name}: {part}"


def _rounded(value: object) -> object:
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, dict):
        return {str(key): _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value


def _written(value: object) -> str:
    """A line for each entry, so that a difference is readable."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
    lines = (f"{json.dumps(key, ensure_ascii=False)}: {_entry(one)}" for key, one in value.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _entry(value: object) -> str:
    if isinstance(value, list) and value and isinstance(value[0], list | dict):
        return "[\n  " + ",\n  ".join(json.dumps(one, ensure_ascii=False) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)
