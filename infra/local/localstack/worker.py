"""One Lambda execution environment: imports the handler once, then answers one line of JSON an event.

Runs on a bare Python with the function's environment and zips; standard library only.
"""

import importlib
import json
import os
import sys
import time
import traceback
from typing import Any


class Context:
    """What a handler may ask of its surroundings."""

    def __init__(self, message: dict[str, Any]) -> None:
        self.aws_request_id = message["invoke-id"]
        self.invoked_function_arn = message["invoked-function-arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self.identity = self.client_context = None
        self._deadline = time.monotonic() + float(os.environ["AWS_LAMBDA_FUNCTION_TIMEOUT"])

    def get_remaining_time_in_millis(self) -> int:
        """Until the time-out."""
        return max(0, int((self._deadline - time.monotonic()) * 1000))


def failure(error: Exception) -> str:
    """The reply that AWS makes of an exception; its trace goes to the log."""
    traceback.print_exception(error)
    told = {"errorType": type(error).__name__, "errorMessage": str(error)}
    return json.dumps({"failed": True, "payload": told | {"stackTrace": traceback.format_tb(error.__traceback__)}})


def serve() -> None:
    """Answers events until standard input ends."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the function prints is log, not reply
    handler, broken = None, ""
    try:
        module, _, name = os.environ["_HANDLER"].rpartition(".")
        handler = getattr(importlib.import_module(module.replace("/", ".")), name)
    except Exception as error:  # noqa: BLE001 - whatever a handler raises is an answer
        broken = failure(error)
    print('"ready"', file=replies, flush=True)
    for line in sys.stdin:
        message = json.loads(line)
        try:
            event = json.loads(message["payload"] or "{}")
            reply = json.dumps({"failed": False, "payload": handler(event, Context(message))}) if handler else broken
        except Exception as error:  # noqa: BLE001
            reply = failure(error)
        sys.stdout.flush()
        print(reply, file=replies, flush=True)


if __name__ == "__main__":
    serve()
