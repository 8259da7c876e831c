"""MiniStack: AWS on 127.0.0.1, without Docker. Facts about it that our code has to know stand here and nowhere else."""

import json
import shutil
import sys
import time
import urllib.request
from pathlib import Path

import boto3

from infra.local import processes

REGION = "us-east-1"
NAME = "emulator"
READY_SECONDS = 60
PYTHON = Path(__file__).parent.parent.parent / ".local" / "emulator" / "bin" / "python"


def endpoint(port: int) -> str:
    """Where every client finds it."""
    return f"http://127.0.0.1:{port}"


def client_environment(port: int) -> dict[str, str]:
    """What makes boto3 (and every Lambda) talk to the emulator and to nobody else."""
    return {
        "AWS_ENDPOINT_URL": endpoint(port),
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
    }


def start(state: Path, port: int) -> None:
    """Starts it with a clean environment (Lambdas inherit it) and waits until it answers.

    Raises:
        SystemExit: the port is somebody else's, or it did not come up.
    """
    if processes.running(state, NAME):
        return
    if processes.taken(port):
        sys.exit(f"port {port} is taken: choose another one with LOCAL_PORT")
    scratch = state / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)  # every worker unzips the libraries there
    scratch.mkdir(parents=True)
    settings = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(state),
        "TMPDIR": str(scratch),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": REGION,
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "AUTH": "true",  # policies are enforced: a function that lacks a permission fails here too
    }
    processes.start(state, NAME, [str(PYTHON), "-m", "ministack"], settings | client_environment(port))
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(port):
        if time.monotonic() > deadline or not processes.running(state, NAME):
            sys.exit(f"the emulator did not come up: see {state / 'emulator.log'}")
        time.sleep(0.1)


def stop(state: Path) -> None:
    """Stops it and removes what its workers unzipped."""
    processes.stop(state, NAME)
    shutil.rmtree(state / "tmp", ignore_errors=True)


def api_url(port: int, rest_api_id: str, stage: str) -> str:
    """The API's base address, with the closing slash that relative links need."""
    return f"{endpoint(port)}/_aws/execute-api/{rest_api_id}/{stage}/"


def apply_gateway_responses(rest_api_id: str, stage: str, responses: dict[str, dict[str, object]]) -> None:
    """MiniStack does not import `x-amazon-apigateway-gateway-responses`, so they are put one by one and deployed."""
    gateway = boto3.client("apigateway")
    for kind, one in responses.items():
        status = {"statusCode": str(one["statusCode"])} if "statusCode" in one else {}
        gateway.put_gateway_response(
            restApiId=rest_api_id,
            responseType=kind,
            responseParameters=one["responseParameters"],
            responseTemplates=one["responseTemplates"],
            **status,
        )
    gateway.create_deployment(restApiId=rest_api_id, stageName=stage)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"{endpoint(port)}/_ministack/health", timeout=2) as answer:  # noqa: S310
            json.load(answer)
    except (OSError, ValueError):
        return False
    return True
