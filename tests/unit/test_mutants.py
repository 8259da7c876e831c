"""What `make mutants` and `make planted` put into the code."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from coverage import CoverageData

from tests.mutants.edits import edits_of
from tests.mutants.forking import put
from tests.mutants.forks import forks
from tests.mutants.planted import PLANTED, Defect
from tests.mutants.reach import Reach, as_map
from tests.mutants.trial import Outcome, copy_of_the_sources, own_tests
from tests.unit.test_places import CODE, DATA

SOURCE = '''
LIMIT: int = 3


def is_open(door: Door, hour: int) -> bool:
    """Whether it is; до семи."""
    log.info("asked at %d", 7)
    if hour < 7 and not door.locked:
        door.save(condition=Door.state == "closed")
    return door.kept & door.known
'''


@pytest.mark.parametrize("defect", PLANTED, ids=lambda one: one.name.replace(" ", "-"))
def test_the_code_has_the_place_that_a_defect_is_planted_in(defect: Defect) -> None:
    compile(defect.source(), defect.module, "exec")


def test_edits_change_what_is_done_and_leave_words_and_declarations_alone() -> None:
    made = {(one.kind, SOURCE[one.begin : one.end], one.new) for one in edits_of(SOURCE)}
    assert made == {
        ("condition", "hour < 7 and not door.locked", "(not (hour < 7 and not door.locked))"),
        ("and/or", "hour < 7 and not door.locked", "(hour < 7 or not door.locked)"),
        ("comparison", "hour < 7", "hour <= 7"),
        ("constant", "7", "8"),
        ("not", "not door.locked", "(door.locked)"),
        ("call left out", 'door.save(condition=Door.state == "closed")', "pass"),
        ("write condition", 'Door.state == "closed"', "None"),
        ("comparison", 'Door.state == "closed"', 'Door.state != "closed"'),
        ("return", "door.kept & door.known", "None"),
        ("half left out", "door.kept & door.known", "door.kept"),
        ("half left out", "door.kept & door.known", "door.known"),
    }


def test_a_module_is_tried_by_the_tests_that_the_house_rule_gives_it() -> None:
    assert own_tests("auth/throttle.py") == ["tests/unit/auth/test_throttle.py"]
    assert own_tests("auth/letters/adapters/store.py") == ["tests/contract/test_account_stores.py"]
    assert own_tests(sorted(DATA)[0]) == []
    assert all(Path(one).exists() for one in own_tests("feedback/routes.py"))


def test_an_edit_is_on_the_lines_of_its_statement_up_to_its_end() -> None:
    source = "def f(a):\n    if a:\n        return g(\n            a + 1,\n            2,\n        )\n    return 3\n"
    places = {source[one.begin : one.end]: list(one.lines(source)) for one in edits_of(source) if one.kind != "return"}
    assert places["1"] == places["a + 1"] == [3, 4]
    assert places["2"] == [3, 4, 5]
    assert places["3"] == [7]


NESTED = """
def small(number):
    return number < 3


def adding(step):
    def added(number):
        return [number + step for _ in "x"]
    return added
"""


def test_a_function_gets_its_edited_code_wherever_it_is_held() -> None:
    names: dict[str, Any] = {}
    exec(compile(NESTED, "nested.py", "exec"), names)  # noqa: S102
    held = [names["small"], names["adding"](2)]
    assert (held[0](3), held[1](5)) == (False, [7])
    put(held, NESTED, NESTED.replace("< 3", "<= 3").replace("number + step", "number - step"), "nested.py")
    assert (held[0](3), held[1](5)) == (True, [3])
    with pytest.raises(ValueError, match="free vars"):
        put(held, NESTED, NESTED.replace("number + step", "number"), "nested.py")


def test_a_fork_sees_an_edit_by_the_tests_that_were_chosen_and_leaves_no_trace() -> None:
    test, module = "tests/unit/catalog/test_film_ids.py", Path("catalog/film_ids.py")
    with copy_of_the_sources() as copy, forks(copy, [test]) as started:
        source = (copy / CODE / module).read_text()
        returned = next(one for one in edits_of(source) if one.kind == "return")
        for new, is_seen in ((source, False), (returned.of(source), True), (source, False)):
            outcome = started.noticed(CODE / module, source, new, [test])
            assert outcome is not None
            assert bool(outcome.seen_by) == is_seen
            assert not outcome.seen_by or outcome.seen_by.startswith(test)
        nobody = started.noticed(CODE / module, source, returned.of(source), ["tests/unit/test_gone.py"])
        assert nobody == Outcome(None)


@pytest.fixture
def data() -> Iterator[CoverageData]:
    made = CoverageData(no_disk=True)
    yield made
    made.close(force=True)


def test_an_earlier_map_names_tests_that_are_still_there_behind_the_modules_own(data: CoverageData) -> None:
    elsewhere, here = "tests/unit/catalog/test_top.py", "tests/unit/test_mutants.py"
    name = "test_edits_change_what_is_done_and_leave_words_and_declarations_alone"
    for test in (f"{here}::{name}[gone]", f"{here}::{name}", f"{here}::test_gone", "tests/unit/test_gone.py::test_it",
                 "tests/unit/test_language.py::test_gone", f"{elsewhere}::test_own"):  # fmt: skip
        data.set_context(f"{test}|run")
        data.add_lines({"/another/folder/chalicelib/auth/throttle.py": [7]})
    own = [*own_tests("auth/throttle.py"), *map(str, sorted(Path("tests/unit/auth").glob("test_kept_*.py")))]
    own += map(str, sorted(Path("tests/unit").glob("test_kept_*.py")))
    assert Reach(data, is_earlier=True).tests("auth/throttle.py", [7]) == [*own, f"{here}::{name}"]
    assert f"{here}::test_gone" in (Reach(data).tests("auth/throttle.py", [7]) or ())
    data.set_context("")
    data.add_lines({"/another/folder/chalicelib/auth/throttle.py": [7]})
    assert Reach(data, is_earlier=True).tests("auth/throttle.py", [7]) is None


def test_what_several_processes_have_seen_is_one_map(tmp_path: Path) -> None:
    place = ["auth/throttle.py", 7]
    (tmp_path / "1.json").write_text(json.dumps([["", "tests/a.py::test_it[x]"], [[*place, [1]]]]))
    (tmp_path / "2.json").write_text(
        json.dumps([["", "tests/b.py::test_it"], [[*place, [1]], ["auth/throttle.py", 8, [0]]]])
    )
    as_map(tmp_path, tmp_path / "map")
    known = CoverageData(str(tmp_path / "map"))
    known.read()
    assert Reach(known).tests("auth/throttle.py", [7]) == ["tests/a.py::test_it[x]", "tests/b.py::test_it"]
    assert Reach(known).tests("auth/throttle.py", [8]) is None
    known.close(force=True)


def test_lines_are_noted_for_the_test_that_reaches_them(tmp_path: Path) -> None:
    test = "tests/unit/catalog/test_film_ids.py"
    subprocess.run([sys.executable, "-m", "pytest", "-p", "tests.mutants.reaching", "-q", "-n", "0", test], check=True,
                   env=os.environ | {"REACHING_TO": str(tmp_path)}, capture_output=True)  # fmt: skip
    as_map(tmp_path, tmp_path / "map")
    known = CoverageData(str(tmp_path / "map"))
    known.read()
    lines = known.lines(str(Path.cwd() / "chalicelib/catalog/film_ids.py")) or []
    reached = [Reach(known).tests("catalog/film_ids.py", [line]) for line in lines]
    assert None in reached
    assert any(found and all(one.startswith(test) for one in found) for found in reached)
    known.close(force=True)
