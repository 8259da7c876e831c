"""Starts LocalStack's last free runtime on 127.0.0.1, as a process of this machine: no Docker, no account, no token.

What our code has to know of it stands here and in the decision record docs/decisions/003-emulators.md.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

from infra.local import emulator

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
PYTHON = ROOT / ".local" / "localstack-env" / "bin" / "python"


def start(state: Path, port: int, inherited: Mapping[str, str]) -> None:
    """See `emulator.Start`. State is in memory: what is stopped is gone."""
    address = f"127.0.0.1:{port}"
    settings = {
        "PYTHONPATH": f"{ROOT}:{HERE / 'plugins'}",
        "GATEWAY_LISTEN": address,
        "GATEWAY_SERVER": "hypercorn",  # the default server takes the port and listens on every interface
        "LOCALSTACK_HOST": address,
        "FILESYSTEM_ROOT": str(state / "tmp" / "localstack"),
        "OVERRIDE_IN_DOCKER": "0",
        # Nobody is called: no licence server, no certificate, no usage events, no name server of its own.
        "LOCALSTACK_ACTIVATE_PRO": "0",
        "SKIP_SSL_CERT_DOWNLOAD": "1",
        "DISABLE_EVENTS": "1",
        "DNS_ADDRESS": "0",
        "CFN_IGNORE_UNSUPPORTED_RESOURCE_TYPES": "1",  # the dashboard
        "SQS_ENDPOINT_STRATEGY": "path",  # queue addresses with 127.0.0.1 in them, not a name that must be resolved
        "PROVIDER_OVERRIDE_DYNAMODB": "moto",
        "PROVIDER_OVERRIDE_DYNAMODBSTREAMS": "moto",
        "LAMBDA_RUNTIME_EXECUTOR": "process",
        "LAMBDA_PYTHON": bare_python(),
        "LAMBDA_EVENT_SOURCE_MAPPING_POLL_INTERVAL_SEC": "0.2",
        "LAMBDA_EVENT_SOURCE_MAPPING_MAX_BACKOFF_ON_EMPTY_POLL_SEC": "1",
    }
    command = [str(PYTHON), "-m", "localstack.runtime.main"]
    # It answers before its hooks, our authorizers among them, have run.
    emulator.run(state, port, command, settings | dict(inherited), "/_localstack/init/ready", '"completed": true')


def bare_python() -> str:
    """The interpreter below our environment: with `-S` it has no packages, so a function has what its zips bring."""
    return str(Path(sys.base_prefix) / "bin" / f"python{sys.version_info.major}.{sys.version_info.minor}")
