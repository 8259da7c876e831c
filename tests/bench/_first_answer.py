"""One cold first answer, in a process of its own on nothing but the package; standard library only.

    python _first_answer.py TASK      TASK: a JSON file

`own` runs the function's handler, `noted` too and keeps what it asks of AWS, `bare` loads the libraries that the task
names, opens a client for each service and asks the same. A second event follows, when all is warm. The last line is one
JSON object: seconds of CPU to the first answer, before the event, and for the second one; the answers, and what was
imported only when the event had come.
"""

import importlib
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

type Request = tuple[str, str, dict[str, Any]]


class Context:
    """What a handler may ask of its surroundings."""

    aws_request_id = function_name = "bench"
    function_version, memory_limit_in_mb = "1", "1024"
    invoked_function_arn = log_group_name = log_stream_name = "bench"

    def get_remaining_time_in_millis(self) -> int:
        """As much as the longest function has when it starts."""
        return 60_000


def own(task: dict[str, Any]) -> Callable[[Any], Any]:
    """Loads the handler as Lambda does."""
    module, _, name = task["handler"].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    return lambda event: handler(event, Context())


def noted(task: dict[str, Any]) -> Callable[[Any], Any]:
    """The same; the first answer's requests go into the file `requests`, to be repeated from there."""
    from botocore.client import BaseClient

    made: list[Request] = []
    client: Any = BaseClient
    call = client._make_api_call

    def note(self: Any, operation: str, parameters: dict[str, Any]) -> Any:
        if not hasattr(parameters.get("Body"), "read"):
            made.append((self.meta.service_model.service_name, operation, parameters))
        return call(self, operation, parameters)

    client._make_api_call = note
    handle = own(task)

    def run(event: Any) -> Any:
        answer = handle(event)
        if not Path(task["requests"]).exists():
            Path(task["requests"]).write_bytes(pickle.dumps(made))
        return answer

    return run


def bare(task: dict[str, Any]) -> Callable[[Any], Any]:
    """What cannot be done without: the libraries, a client a service, and the same requests. A snapshot is put on the
    disk, checked and opened."""
    for name in task["libraries"]:
        importlib.import_module(name)
    from botocore.exceptions import ClientError
    from botocore.session import get_session

    session = get_session()
    make: Any = session.create_client
    if "boto3" in task["libraries"]:
        from boto3 import Session

        make = Session(botocore_session=session).client
    clients: dict[str, Any] = {name: make(name) for name in task["services"]}
    requests: list[Request] = pickle.loads(Path(task["requests"]).read_bytes())  # noqa: S301 - written by `noted`

    def run(_event: Any) -> Any:
        for service, operation, parameters in requests:
            try:
                answer = clients[service]._make_api_call(operation, parameters)
                if hasattr(answer.get("Body"), "read"):
                    _keep(parameters["Key"], answer["Body"].read())
            except ClientError:  # what was written once already
                pass
        if model := task.get("model"):
            _client(**model).chat("Какой фильм посмотреть?")

    return run


def _keep(key: str, content: bytes) -> None:
    if key.endswith(".sqlite.gz"):
        import gzip
        import hashlib
        import sqlite3

        path, content = Path(tempfile.gettempdir()) / "films.sqlite", gzip.decompress(content)
        path.write_bytes(content)
        assert hashlib.sha256(content).hexdigest() in key
        sqlite3.connect(path).execute("SELECT count(*) FROM films").fetchone()


@cache
def _client(**model: Any) -> Any:
    """GigaChat's, kept from one event to the next."""
    from gigachat import GigaChat

    return GigaChat(**model)


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text())
    began = time.process_time()
    handle = {"own": own, "noted": noted, "bare": bare}[task["mode"]](task)
    loaded = set(sys.modules)
    ready = time.process_time()
    first, second = task["events"]
    answers = [handle(first)]
    ended = time.process_time()
    late = sorted(set(sys.modules) - loaded)
    warm = time.process_time()
    answers.append(handle(second))
    warm = time.process_time() - warm
    said = {"cpu": ended - began, "start": ready - began, "warm": warm, "late": late, "answers": answers}
    print(json.dumps(said, default=str))


if __name__ == "__main__":
    main()
