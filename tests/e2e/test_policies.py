"""Each granted action, taken away: the rehearsal of the packaged stack says that it is missing."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from infra.deploy.package import package
from infra.rehearsal.command import walk
from infra.rehearsal.permissions import problems_of
from infra.rehearsal.resolve import Template


@pytest.fixture(scope="module")
def document() -> Any:
    return json.loads(package().read_text())


DOMAIN = {
    "CatalogUrl": "https://search-films-abc.eu-central-1.es.amazonaws.com",
    "CatalogDomain": "films",
    "CatalogSubnets": "subnet-1,subnet-2",
    "CatalogSecurityGroups": "sg-1",
    "Protect": "false",
}


@pytest.mark.parametrize("parameters", [{}, DOMAIN], ids=["defaults", "OpenSearch in a VPC, no backups"])
def test_every_granted_action_is_missed_when_it_is_taken_away(document: Any, parameters: dict[str, str]) -> None:
    needs = {name: asked for name, (_, asked) in walk(Template(document, parameters)).items()}
    tried = set()
    for function, action, without in each_less(document, parameters):
        problems = list(problems_of(without, function, needs[function]))
        assert [one for one in problems if f"{function}: its policy lacks {action}" in one], (function, action)
        tried.add((function, action))
    assert len(tried) > 80
    assert (("Rebuild", "s3:GetObject") in tried) is (not parameters)
    assert (("Rebuild", "es:ESHttpPost") in tried) is bool(parameters)


def each_less(document: Any, parameters: dict[str, str]) -> Iterator[tuple[str, str, Template]]:
    """Every function with every action that its policy grants with these parameters, and the template without it."""
    known = Template(document, parameters)
    for function in known.functions():
        role = known.resources[function]["Properties"]["Role"]["Fn::GetAtt"][0]
        for place, statement in enumerate(statements_of(document, role)):
            if known.value(statement) is None:
                continue
            for action in granted(statement):
                less = document | {
                    "Resources": document["Resources"] | {role: copy.deepcopy(document["Resources"][role])}
                }
                granted(statements_of(less, role)[place]).remove(action)
                yield function, action, Template(less, parameters)


def statements_of(document: Any, role: str) -> list[Any]:
    (policy,) = document["Resources"][role]["Properties"]["Policies"]
    found: list[Any] = policy["PolicyDocument"]["Statement"]
    return found


def granted(statement: Any) -> list[str]:
    """A statement's actions, whether it has a condition or not."""
    actions: list[str] = statement.get("Fn::If", ["", statement])[1]["Action"]
    return actions
