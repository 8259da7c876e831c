"""The document's examples are true: the deployed API takes its requests, and answers in the shape of its answers.

Tokens, codes and what else is good once or for one viewer alone are replaced by those of a viewer who is there.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator

from chalicelib.http.openapi import Example, examples
from tests.deployed import Stack
from tests.operations import DECLARED, DOCUMENT, GOOD, Site, opened_site

OWN = {"email", "password", "current_password", "refresh_token", "token", "answers"}
"""Fields of a body whose value is a viewer's own."""
PER_VIEWER = ("session_id", "import_id", "user_id", "code")
"""Parameters of a path of which the same is true."""
KEYED_BY_DATA = (".by_outcome",)
"""Objects whose names say what there is, as ids do: any, or none."""
SHOWN = examples()
OPERATIONS = {operation: declared["operationId"] for operation, (declared, _) in DECLARED.items()}


@pytest.fixture(scope="module")
def site(stack: Stack) -> Iterator[Site]:
    with opened_site(stack) as opened:
        yield opened


def example_of(operation: str) -> Example:
    return SHOWN.operations.get(OPERATIONS[operation], Example())


def path_of(operation: str, good: str) -> str:
    """With the parameters of the examples, where they mean the same to everybody."""
    path = operation.partition(" /")[2]
    return good if any(f"{{{name}}}" in path for name in PER_VIEWER) else path.format(**SHOWN.parameters)


def shape(value: Any) -> Any:
    """Names and kinds, whatever the values. A list's first element stands for all."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def differences(shown: Any, answered: Any, at: str = "") -> list[str]:
    """Where the shapes differ. Null and an empty list stand for anything; keys that are ids are anybody's."""
    if shown in ("NoneType", []) or answered in ("NoneType", []):
        return []
    if isinstance(shown, dict) and isinstance(answered, dict):
        if at.endswith(KEYED_BY_DATA):
            every = next(iter(shown.values()))
            return [one for value in answered.values() for one in differences(every, value, f"{at}[]")]
        if "-" in "".join(shown):
            return [one for value in shown.values() for one in differences(value, next(iter(answered.values())), at)]
        names = shown.keys() ^ answered.keys()
        both = [one for name in shown.keys() & answered.keys()
                for one in differences(shown[name], answered[name], f"{at}.{name}")]  # fmt: skip
        return [f"{at}.{name}" for name in names] + both
    if isinstance(shown, list) and isinstance(answered, list):
        return differences(shown[0], answered[0], f"{at}[]")
    return [] if shown == answered else [f"{at}: {shown} is shown, {answered} is answered"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_example_is_taken_and_answered_as_shown(site: Site, operation: str) -> None:
    example, declared = example_of(operation), DECLARED[operation][0]
    for what, body in (example.bodies or {"nothing": None}).items():
        good = GOOD[operation](site)
        sent = body
        if body is not None and isinstance(good.body, dict):
            sent = body | {name: value for name, value in good.body.items() if name in OWN & body.keys()}
        params = {name: str(value) for name, value in example.query.items()} or good.params
        request = msgspec.structs.replace(good, path=path_of(operation, good.path), body=sent, params=params)
        answer = site.send(request)
        assert answer.is_success, f"{what}: {answer.status_code} {answer.text}"
        content = declared["responses"][str(answer.status_code)].get("content")
        if content is None:
            assert answer.content == b""
            continue
        if "application/json" not in content:
            assert answer.headers["Content-Type"].partition(";")[0] in content
            continue
        described = content["application/json"]["schema"] | {"components": DOCUMENT["components"]}
        assert [error.message for error in Draft202012Validator(described).iter_errors(answer.json())] == []
        if example.answer is not msgspec.UNSET:
            assert differences(shape(example.answer), shape(answer.json())) == [], "mend examples.json"


def test_differences_are_seen() -> None:
    shown = shape({"a": 1, "b": [{"c": "x"}], "d": None})
    assert differences(shown, shape({"a": 2.5, "b": [{"c": "y"}, {}], "d": "z"})) == []
    found = differences(shown, shape({"a": True, "b": [{}], "e": 1}))
    counted = shape({"by_outcome": {"answered": 3}})
    assert differences(counted, shape({"by_outcome": {"failed": 1, "off": 2}})) == []
    assert differences(counted, shape({"by_outcome": {"failed": "1"}}))
    assert sorted(found) == [".a: number is shown, bool is answered", ".b[].c", ".d", ".e"]
