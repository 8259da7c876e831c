"""Each function's first answer, on nothing but the package: what it needs was imported before the event came."""

import json
from collections.abc import Iterator

import pytest

from infra.deploy.functions import FUNCTIONS
from infra.deploy.package import package
from infra.rehearsal.resolve import Template
from tests.bench._cold_world import running_world
from tests.bench.imports import LEAST, Bench


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    template = Template(json.loads(package().read_text()), {})
    with running_world(template, "APIHandler") as world:
        yield Bench(template, world, tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize("function", sorted(LEAST))
def test_nothing_of_ours_is_imported_when_the_first_event_has_come(bench: Bench, function: str) -> None:
    late = bench.run(function, "own")["late"]
    assert [name for name in late if name.startswith(("chalice", "botocore", "pynamodb", "gigachat."))] == []


def test_every_function_is_measured() -> None:
    assert set(LEAST) == {one.name for one in FUNCTIONS}
