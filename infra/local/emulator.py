"""What the local run asks of an AWS emulator, whichever it is. `ministack.py` and `localstack/host.py` start one."""

import json
import shutil
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3

from infra.local import processes
from infra.local.preflight import port_taken
from infra.local.running_copy import EMULATOR

REGION = "us-east-1"
READY_SECONDS = 90
EXTRA = "what-the-emulator-asks"

type Start = Callable[[Path, int, Mapping[str, str]], None]
"""Starts an emulator with this state on this port, unless it runs already, and waits until it answers. Its functions
inherit the variables."""


def run(
    state: Path, port: int, command: Sequence[str], environment: Mapping[str, str], ready_path: str, ready: str = ""
) -> None:
    """Starts the command with a clean environment, which Lambdas inherit, and waits until `ready_path` says `ready`.

    Raises:
        SystemExit: the port is somebody else's, or it did not come up.
    """
    if processes.running(state, EMULATOR):
        return
    if processes.taken(port):
        sys.exit(port_taken(port))
    scratch = state / "tmp"
    shutil.rmtree(scratch, ignore_errors=True)  # every worker unzips the libraries there
    scratch.mkdir(parents=True)
    own = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(scratch), "TMPDIR": str(scratch)}
    processes.start(state, EMULATOR, command, own | client_environment(port) | dict(environment))
    deadline = time.monotonic() + READY_SECONDS
    while not _says(endpoint(port) + ready_path, ready):
        if time.monotonic() > deadline or not processes.running(state, EMULATOR):
            sys.exit(f"the emulator did not come up: see {state / 'emulator.log'}")
        time.sleep(0.1)


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


def api_url(port: int, rest_api_id: str, stage: str) -> str:
    """The API's base address, with the closing slash that relative links need. LocalStack's way, which others copy."""
    return f"{endpoint(port)}/_aws/execute-api/{rest_api_id}/{stage}/"


def allow_what_it_asks(stack: str) -> None:
    """Gives the stack's roles what MiniStack asks for and AWS does not: a batch of messages is an action of its own to
    it, and polling a query is checked against every resource, for it does not know the query's workgroup."""
    iam, formation = boto3.client("iam"), boto3.client("cloudformation")
    pages = formation.get_paginator("list_stack_resources").paginate(StackName=stack)
    resources = [one for page in pages for one in page["StackResourceSummaries"]]
    for role in (one["PhysicalResourceId"] for one in resources if one["ResourceType"] == "AWS::IAM::Role"):
        extra: list[object] = []
        for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
            document: Any = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
            for one in document["Statement"] if name != EXTRA else []:
                if "sqs:SendMessage" in one["Action"]:
                    extra.append(one | {"Action": ["sqs:SendMessageBatch"]})
                if "athena:GetQueryExecution" in one["Action"]:
                    polling = ["athena:GetQueryExecution", "athena:StopQueryExecution"]
                    extra.append(one | {"Action": polling, "Resource": "*"})
        if extra:
            policy = json.dumps({"Version": "2012-10-17", "Statement": extra})
            iam.put_role_policy(RoleName=role, PolicyName=EXTRA, PolicyDocument=policy)


def warm_up(stack: str, resource: str, workers: int = 1, event: object = None) -> None:
    """Calls of the function at one time, by default with nothing to do: its workers are started, and have imported."""
    client = boto3.client("lambda")
    names = [
        one["FunctionName"] for page in client.get_paginator("list_functions").paginate() for one in page["Functions"]
    ]
    name = next(name for name in names if name.startswith(f"{stack}-{resource}-"))
    payload = json.dumps({"Records": []} if event is None else event).encode()
    with ThreadPoolExecutor(workers) as pool:
        calls = [pool.submit(client.invoke, FunctionName=name, Payload=payload) for _ in range(workers)]
    for call in calls:
        call.result()


def apply_gateway_responses(rest_api_id: str, stage: str, responses: dict[str, dict[str, object]]) -> None:
    """No emulator imports `x-amazon-apigateway-gateway-responses`, so they are put one by one and deployed."""
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


def _says(url: str, text: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310
            return text in answer.read().decode()
    except OSError:
        return False
