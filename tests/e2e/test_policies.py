"""Each granted action, taken away: the rehearsal of the packaged stack says that it is missing."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.deploy.package import package
from infra.rehearsal.calls import Need
from infra.rehearsal.command import walk
from infra.rehearsal.permissions import problems_of
from infra.rehearsal.resolve import Template


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(package().read_text())


@pytest.fixture(scope="module")
def needs(document: Any) -> dict[str, list[Need]]:
    return {name: asked for name, (_, asked) in walk(Template(document, {})).items()}


def test_every_granted_action_is_missed_when_it_is_taken_away(document: Any, needs: dict[str, list[Need]]) -> None:
    tried = 0
    for function, action, without in each_less(document):
        problems = list(problems_of(without, function, needs[function]))
        assert [one for one in problems if f"{function}: its policy lacks {action}" in one], (function, action)
        tried += 1
    assert tried > 100


def each_less(document: Any) -> Iterator[tuple[str, str, Template]]:
    """Every function with every action that its policy names, and the template without that one."""
    known = Template(document, {})
    for function in known.functions():
        role = known.resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
        for place, statement in enumerate(statements_of(document, role)):
            for action in statement["Action"]:
                less = copy.deepcopy(document)
                statements_of(less, role)[place]["Action"].remove(action)
                yield function, action, Template(less, {})


def statements_of(document: Any, role: str) -> list[Any]:
    (policy,) = document["Resources"][role]["Properties"]["Policies"]
    found: list[Any] = policy["PolicyDocument"]["Statement"]
    return found
