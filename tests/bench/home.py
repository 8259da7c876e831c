"""What a look at the home page costs beside the least it could: CPU of the function, and requests it makes.

    python -m tests.bench.home [--rounds 15] [--looks 40]

A viewer with a list of a hundred films, their first page, on the demo catalogue; tables in moto, in another process.
The least: a bare Chalice route that reads one item with botocore. Both run warm in one process, a round of one after a
round of the other, so that a slow machine slows both; the median of the ratios counts. Last line: one JSON object.
"""

import argparse
import json
import logging
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from statistics import median
from typing import Any

ROOM = "KINOSOVET_BENCH_HOME"  # the event and the table, for the process that is measured


class Context:
    """What a handler may ask of its surroundings."""

    aws_request_id = function_name = "bench"
    function_version, memory_limit_in_mb = "1", "1024"
    invoked_function_arn = log_group_name = log_stream_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """As much as the API has."""
        return 15_000


def bare_route(table: str, key: dict[str, Any]) -> Callable[[Any], Any]:
    """The least: one read, behind one route."""
    from chalice import Chalice

    from chalicelib import aws

    app, client = Chalice(app_name="bare"), aws.client("dynamodb")

    @app.route("/v1/recommendations")  # type: ignore[untyped-decorator]
    def read() -> dict[str, Any]:
        item = client.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"]
        return {"version": item["version"]["N"]}

    return lambda event: app(event, Context())


def measure(rounds: int, looks: int) -> dict[str, Any]:
    """In the process that is measured: seconds of CPU for one look of ours and of the bare route's."""
    from botocore.client import BaseClient

    import app as whole

    given = json.loads(os.environ[ROOM])
    event = given["event"]
    bare = bare_route(given["table"], given["key"])
    handlers: dict[str, Callable[[Any], Any]] = {"own": lambda one: whole.app(one, Context()), "bare": bare}
    for handle in handlers.values():
        for _ in range(3):  # what is remembered is remembered
            answer = handle(event)
        assert answer["statusCode"] == 200, answer
    films = json.loads(handlers["own"](event)["body"])["films"]
    assert len(films) == 20, len(films)

    made: Counter[str] = Counter()
    client: Any = BaseClient
    call = client._make_api_call

    def counted(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        made[self.meta.service_model.service_name] += 1
        return call(self, operation, parameters)

    client._make_api_call = counted
    handlers["own"](event)
    client._make_api_call = call

    spent: dict[str, list[float]] = {name: [] for name in handlers}
    for _ in range(rounds):
        for name, handle in handlers.items():
            began = time.process_time()
            for _ in range(looks):
                handle(event)
            spent[name].append((time.process_time() - began) / looks)
    ratios = [own / least for own, least in zip(spent["own"], spent["bare"], strict=True)]
    return {
        "cpu_ratio": round(median(ratios), 2),
        "dynamodb_requests": made.pop("dynamodb", 0),
        "other_requests": sum(made.values()),
        "own_ms": round(1000 * median(spent["own"]), 2),
        "bare_ms": round(1000 * median(spent["bare"]), 2),
    }


def in_a_world(arguments: list[str]) -> str:
    """Makes tables, films and a viewer with a list, and has another process measure there. Returns its last line."""
    from datetime import UTC, datetime

    from chalicelib import resources
    from chalicelib.recommendations.rebuild import rebuild
    from chalicelib.settings import settings
    from infra.deploy.package import package
    from infra.rehearsal.resolve import Template
    from tests.bench._cold_world import running_world

    logging.disable(logging.WARNING)
    template = Template(json.loads(package().read_text()), {})
    print("the package is there", flush=True)
    with running_world(template, "APIHandler") as world:
        print("tables and films are there", flush=True)
        user_id, _ = world.viewer(likes=True)
        now = datetime.now(UTC)
        rebuild(resources.rebuild_dependencies(), user_id, now)
        event = world.event("api")
        event["requestContext"]["authorizer"]["principalId"] = user_id
        key = {"user_id": {"S": user_id}, "item": {"S": "list"}}
        room = {"event": event, "table": settings().recommendations_table, "key": key}
        environment = dict(os.environ) | world.environment | {ROOM: json.dumps(room)}
        command = [sys.executable, "-m", "tests.bench.home", *arguments]
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.splitlines()[-1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--looks", type=int, default=40, help="in a round")
    given = parser.parse_args()
    if ROOM in os.environ:
        print(json.dumps(measure(given.rounds, given.looks)))
    else:
        print(in_a_world([f"--rounds={given.rounds}", f"--looks={given.looks}"]))


if __name__ == "__main__":
    main()
