"""What MiniStack's workers of Python are told of themselves."""

import os
import sys

import pytest

from infra.local.ministack.handler_name import naming

SCRIPT = """
import os, sys
def run():
    os.environ.update(env)
    sys.path.insert(0, code_dir)
    import_the_handler()
run()
"""


def test_the_handler_is_named_before_its_module_is_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_HANDLER", "of the emulator")
    monkeypatch.setattr(sys, "path", list(sys.path))
    said: list[str] = []
    world = {"env": {}, "code_dir": "/var/task", "module_name": "chalicelib.recommendations.events",
             "handler_name": "rebuild", "import_the_handler": lambda: said.append(os.environ["_HANDLER"])}  # fmt: skip
    exec(naming(SCRIPT), world)  # noqa: S102 - as the emulator runs it
    assert said == ["chalicelib.recommendations.events.rebuild"]


def test_the_start_fails_when_the_emulator_has_another_script() -> None:
    with pytest.raises(RuntimeError, match="has changed"):
        naming("import os")
