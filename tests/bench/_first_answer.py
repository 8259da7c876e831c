"""One cold first answer, in a process of its own on nothing but the package; standard library only.

    python _first_answer.py TASK      TASK: a JSON file

`own` runs the function's handler, `noted` too and keeps what it asks of AWS, `bare` loads the libraries that the task
names, opens a client for each service and asks the same. The last line is one JSON object: seconds of CPU from here to
the answer, the answer, and what was imported only when the event had come.
"""

import importlib
import json
import pickle
import sys
import time
from collections.abc import Callable
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


def own(task: dict[str, Any]) -> Callable[[], Any]:
    """Loads the handler as Lambda does."""
    module, _, name = task["handler"].rpartition(".")
    handler = getattr(importlib.import_module(module), name)
    return lambda: handler(task["event"], Context())


def noted(task: dict[str, Any]) -> Callable[[], Any]:
    """The same; requests go into `requests`, where they can be repeated from."""
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

    def run() -> Any:
        answer = handle()
        Path(task["requests"]).write_bytes(pickle.dumps(made))
        return answer

    return run


def bare(task: dict[str, Any]) -> Callable[[], Any]:
    """What cannot be done without: the libraries, a client a service, and the same requests."""
    for name in task["libraries"]:
        importlib.import_module(name)
    from botocore.exceptions import ClientError
    from botocore.session import get_session

    session = get_session()
    clients = {name: session.create_client(name) for name in task["services"]}
    requests: list[Request] = pickle.loads(Path(task["requests"]).read_bytes())  # noqa: S301 - written by `noted`

    def run() -> Any:
        for service, operation, parameters in requests:
            try:
                client: Any = clients[service]
                answer = client._make_api_call(operation, parameters)
                if hasattr(answer.get("Body"), "read"):
                    answer["Body"].read()
            except ClientError:  # what was written once already
                pass
        if model := task.get("model"):
            _ask(model)

    return run


def _ask(model: dict[str, Any]) -> None:
    from gigachat import GigaChat

    with GigaChat(**model) as client:
        client.chat("Какой фильм посмотреть?")


def main() -> None:
    task = json.loads(Path(sys.argv[1]).read_text())
    began = time.process_time()
    handle = {"own": own, "noted": noted, "bare": bare}[task["mode"]](task)
    loaded = set(sys.modules)
    ready = time.process_time()
    answer = handle()
    ended = time.process_time()
    late = sorted(set(sys.modules) - loaded)
    print(json.dumps({"cpu": ended - began, "start": ready - began, "late": late, "answer": answer}, default=str))


if __name__ == "__main__":
    main()
