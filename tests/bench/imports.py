"""What a cold first answer costs: each function's import, clients and one event, in CPU, against the least it could be.

    python -m tests.bench.imports [--rounds 7] [--only rebuild]

The least: the libraries that the function cannot do without, one client for each service, and the same requests to AWS
(and GigaChat) by a bare handler that has no code of ours; and the event's own work (films ranked, a prompt written),
which is what the event of a second viewer takes more of ours, warm, than of the bare one's. Both run on nothing but the
package, each time in a process of its own, one after the other: a machine that slows down slows both, and the median
of all ratios counts. The last line is one JSON object; `ratio_without_work` has the bare handler do no work.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import Any

from infra.deploy.functions import FUNCTIONS
from infra.deploy.package import package
from infra.local.localstack.host import bare_python
from infra.rehearsal.command import environment_of_lambda, unpacked_package
from infra.rehearsal.resolve import Template
from tests.bench import _first_answer
from tests.bench._cold_world import World, running_world

EVENTS, TABLES = ("chalice", "msgspec"), ("pynamodb.models",)
FILMS = ("sqlite3", "snowballstemmer")  # tags of films that are alike are stems
TITLES = ("rapidfuzz.process", "rapidfuzz.distance")
LEAST: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "api": (
        (*EVENTS, *TABLES, *FILMS, *TITLES, "pynamodb.transactions", "jose.jwt", "argon2", "email_validator"),
        ("dynamodb", "s3", "secretsmanager", "sqs"),
    ),
    "authorize": (("chalice", *TABLES, "jose.jwt"), ("dynamodb", "secretsmanager")),
    "plan": ((*EVENTS, *TABLES), ("dynamodb", "sqs")),
    "rebuild": ((*EVENTS, *TABLES, *FILMS), ("dynamodb", "s3", "sqs")),
    "ask": (
        (*EVENTS, *TABLES, *FILMS, *TITLES, "pynamodb.transactions", "gigachat"),
        ("dynamodb", "s3", "secretsmanager", "sqs"),
    ),
    "sweep": ((*EVENTS, *TABLES), ("dynamodb", "sqs")),
    "note_premieres": ((*EVENTS, *TABLES, *FILMS), ("dynamodb", "s3")),
    "tend_catalog": ((*EVENTS, *FILMS), ("s3", "sqs")),
    "take_imports": ((*EVENTS, *TABLES, *FILMS), ("dynamodb", "s3", "sqs")),
    "learn": ((*EVENTS, *TABLES, *FILMS, "boto3"), ("athena", "dynamodb", "s3")),
    "erase": ((*EVENTS, *TABLES), ("dynamodb", "sqs")),
    "purge_again": ((*EVENTS, *TABLES), ("dynamodb", "sqs")),
    "post_letters": ((*EVENTS, *TABLES, "email_validator"), ("dynamodb",)),  # no sender is named: no client of SES
    "begin_weekly": (EVENTS, ("sqs",)),
    "send_weekly": (
        (*EVENTS, *TABLES, *FILMS, "email_validator"),
        ("dynamodb", "s3", "secretsmanager", "sqs"),
    ),
    "write_events": (EVENTS, ("s3",)),
    "count_outcomes": ((*EVENTS, *TABLES), ("dynamodb", "s3")),  # no database is named: no client of Athena
}
"""Libraries and services by function: for what it is there for, whoever would write it."""
LINE = "{:12}{own_ms:6} ms ({own_start_ms} before the event); bare {bare_ms} and work {work_ms}: {ratio:.2f}"


class Bench:
    """Runs one function's first answer at a time."""

    def __init__(self, template: Template, world: World, folder: Path) -> None:
        self._template, self._world, self._folder = template, world, folder
        self._unpacked = unpacked_package()

    def figures(self, function: str, rounds: int) -> dict[str, Any]:
        """CPU of ours and of the bare handler (ms), the ratio, and modules that came only with the event (`late`)."""
        self.run(function, "noted")
        pairs = [(self.run(function, "own"), self.run(function, "bare")) for _ in range(rounds)]
        own, start = (median(one[part] for one, _ in pairs) for part in ("cpu", "start"))
        work = max(0.0, median(one["warm"] - other["warm"] for one, other in pairs))
        return {
            "own_ms": round(own * 1000),
            "own_start_ms": round(start * 1000),
            "bare_ms": round(median(other["cpu"] for _, other in pairs) * 1000),
            "work_ms": round(work * 1000),
            "ratio": round(median(one["cpu"] / (other["cpu"] + work) for one, other in pairs), 2),
            "ratio_without_work": round(median(one["cpu"] / other["cpu"] for one, other in pairs), 2),
            "late": pairs[0][0]["late"],
        }

    def run(self, function: str, mode: str) -> Any:
        """What `_first_answer` says. Raises RuntimeError when the function fails or logs a failure."""
        logical_id = next(one.id for one in FUNCTIONS if one.name == function)
        properties = self._template.functions()[logical_id]
        libraries, services = LEAST[function]
        task = self._folder / "task.json"
        task.write_text(json.dumps({
            "mode": mode, "handler": properties["Handler"], "events": [self._world.event(function) for _ in range(2)],
            "libraries": libraries, "services": services, "requests": str(self._folder / f"{function}.requests"),
            "model": self._world.model if function == "ask" else None,
        }))  # fmt: skip
        environment = environment_of_lambda(function, properties, self._unpacked) | self._world.environment
        if mode == "bare":
            del environment["_HANDLER"]
        with tempfile.TemporaryDirectory() as temporary:  # a worker's own: its snapshot is fetched
            command = [bare_python(), "-S", "-P", _first_answer.__file__, str(task)]
            environment["TMPDIR"] = temporary
            done = subprocess.run(
                command, env=environment, cwd=self._unpacked, capture_output=True, text=True, check=False
            )
        if done.returncode or (mode != "bare" and "Traceback" in done.stderr):
            raise RuntimeError(f"{function}, {mode}: {done.stderr[-3_000:]}")
        said = json.loads(done.stdout.splitlines()[-1])
        assert mode == "bare" or all(map(is_right, said["answers"])), said["answers"]
        return said


def is_right(answer: Any) -> bool:
    """Whether the function has done what it was woken for."""
    if not isinstance(answer, dict):
        return answer is None
    return not answer.get("batchItemFailures") and answer.get("statusCode", 200) == 200


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", choices=sorted(LEAST), action="append", help="this function, and others named so")
    given = parser.parse_args(arguments)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    template = Template(json.loads(package().read_text()), {})
    told: dict[str, dict[str, Any]] = {}
    with running_world(template, "APIHandler") as world, tempfile.TemporaryDirectory() as folder:
        bench = Bench(template, world, Path(folder))
        for one in FUNCTIONS:
            if given.only and one.name not in given.only:
                continue
            told[one.name] = figures = bench.figures(one.name, given.rounds)
            print(LINE.format(one.name, **figures), flush=True)
    print(json.dumps({"ratio": {name: one["ratio"] for name, one in told.items()}, "functions": told}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
