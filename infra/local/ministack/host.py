"""Starts MiniStack. It does not import gateway responses (`emulator.py` puts them) and does not enforce a stream's
retry limit: docs/decisions/003-emulators.md."""

from collections.abc import Mapping
from pathlib import Path

from infra.local import emulator

ROOT = Path(__file__).parent.parent.parent.parent
PYTHON = ROOT / ".local" / "emulator" / "bin" / "python"
CONCURRENT_EXECUTIONS = 10  # what a new AWS account may have at once, of all functions together


def start(state: Path, port: int, inherited: Mapping[str, str]) -> None:
    """See `emulator.Start`."""
    settings: dict[str, str] = {
        "BIND_HOST": "127.0.0.1",  # by default it listens on every interface
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": emulator.REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true",  # policies are enforced: a function that lacks a permission fails here too
        "LAMBDA_ACCOUNT_CONCURRENCY": str(CONCURRENT_EXECUTIONS),
        "LAMBDA_WARM_TTL_SECONDS": "3600",  # who comes back after a while finds the workers that were warmed
        # For our own start alone, which takes both out again.
        "PYTHONPATH": str(ROOT),
        "UNPACKED_FOLDER": str(ROOT / ".local" / "unpacked"),
    }
    emulator.run(
        state, port, [str(PYTHON), "-m", "infra.local.ministack"], settings | dict(inherited), "/_ministack/health"
    )
