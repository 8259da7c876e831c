"""Python Lambdas as child processes of LocalStack, where it would start Docker containers.

LocalStack makes one executor an execution environment, and gives it one event at a time. A line of JSON goes to the
child's standard input, a line of JSON comes back.
"""

import json
import os
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import Any

from localstack import config
from localstack.services.lambda_.invocation.lambda_models import InvocationResult
from localstack.services.lambda_.invocation.plugins import RuntimeExecutorPlugin
from localstack.services.lambda_.invocation.runtime_executor import RuntimeExecutor

WORKER = Path(__file__).with_name("worker.py")


class ProcessExecutor(RuntimeExecutor):
    """One execution environment."""

    def start(self, env_vars: dict[str, str]) -> None:
        """Starts the child with the function's zips and nothing else on its search path."""
        function = self.function_version.config
        code = function.code.get_unzipped_code_location()
        layers = [layer.code.get_unzipped_code_location() / "python" for layer in reversed(function.layers)]
        libraries = [one for layer in layers for one in (layer, layer / "lib" / function.runtime / "site-packages")]
        self.environment = {name: str(value) for name, value in env_vars.items() if value is not None}
        self.environment |= {
            "PATH": os.environ["PATH"],
            "TMPDIR": os.environ["TMPDIR"],
            "LAMBDA_TASK_ROOT": str(code),
            "PYTHONPATH": os.pathsep.join(map(str, [code, *libraries])),
        }
        self.log = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - lives as long as the environment
        self._spawn()

    def _spawn(self) -> None:
        # -S: no site-packages, so that a library missing in the package is missing here too. -P: not this folder.
        self.child = subprocess.Popen(
            [os.environ["LAMBDA_PYTHON"], "-S", "-P", str(WORKER)],
            cwd=self.environment["LAMBDA_TASK_ROOT"],
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        self._answer()  # "ready": imports are done, and do not count as run time

    def stop(self) -> None:
        """Ends the child."""
        if child := getattr(self, "child", None):
            child.kill()
            child.wait()

    def invoke(self, payload: dict[str, str]) -> InvocationResult:
        """Runs one event; a child that died before is replaced, as AWS does it."""
        if self.child.poll() is not None:
            self._spawn()
        request_id, seconds = payload["invoke-id"], self.function_version.config.timeout
        logged_before = self.log.seek(0, os.SEEK_END)
        alarm = threading.Timer(seconds, self.child.kill)
        alarm.start()
        reply = self._answer(json.dumps(payload).encode() + b"\n")
        timed_out = alarm.finished.is_set()
        alarm.cancel()
        if not reply:
            told = f"Task timed out after {seconds}.00 seconds" if timed_out else f"exit status {self.child.wait()}"
            kind = "Sandbox.Timedout" if timed_out else "Runtime.ExitError"
            error = {"errorType": kind, "errorMessage": f"RequestId: {request_id} Error: {told}"}
            reply = {"failed": True, "payload": error}
        self.log.seek(logged_before)
        output = self.log.read().decode(errors="replace")
        logs = f"START RequestId: {request_id}\n{output}END RequestId: {request_id}\n"
        return InvocationResult(request_id, json.dumps(reply["payload"]).encode(), reply["failed"], logs)

    def _answer(self, line: bytes = b"") -> Any:
        """What the child says next; None when it is gone."""
        try:
            self.child.stdin.write(line)  # type: ignore[union-attr]
            self.child.stdin.flush()  # type: ignore[union-attr]
            return json.loads(self.child.stdout.readline() or "null")  # type: ignore[union-attr]
        except BrokenPipeError:
            return None

    def get_address(self) -> str:
        """See `RuntimeExecutor`; LocalStack makes the function's AWS_ENDPOINT_URL from it."""
        return "127.0.0.1"

    get_endpoint_from_executor = get_address

    def get_runtime_endpoint(self) -> str:
        """See `RuntimeExecutor`; nobody calls it."""
        return f"http://127.0.0.1:{config.GATEWAY_LISTEN[0].port}/_localstack_lambda/{self.id}"

    def get_logs(self) -> str:
        """See `RuntimeExecutor`; each result brings its own."""
        return ""

    @classmethod
    def prepare_version(cls, function_version: Any) -> None:
        """Unzips code and layers, under TMPDIR."""
        function = function_version.config
        for code in (function.code, *(layer.code for layer in function.layers)):
            code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version: Any) -> None:
        """Versions share what was unzipped; it goes with the emulator's state."""


class ProcessExecutorPlugin(RuntimeExecutorPlugin):
    """`LAMBDA_RUNTIME_EXECUTOR=process`."""

    name = "process"

    def load(self, *_: object, **__: object) -> type[ProcessExecutor]:
        """The class to make environments of."""
        return ProcessExecutor
