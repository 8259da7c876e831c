"""MiniStack: AWS on 127.0.0.1 without Docker, and the emulator of `make up`.

It unzips the libraries for each Lambda worker anew, does not import gateway responses (`emulator.py` puts them), and
does not enforce a stream's retry limit: docs/decisions/003-emulators.md.
"""

from pathlib import Path

from infra.local import emulator

PYTHON = Path(__file__).parent.parent.parent / ".local" / "emulator" / "bin" / "python"


def start(state: Path, port: int) -> None:
    """See `emulator.Start`."""
    settings = {
        "BIND_HOST": "127.0.0.1",  # by default it listens on every interface
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": emulator.REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true",  # policies are enforced: a function that lacks a permission fails here too
    }
    emulator.run(state, port, [str(PYTHON), "-m", "ministack"], settings, "/_ministack/health")
