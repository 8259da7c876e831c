"""Deploys the packaged stack with CloudFormation: to an AWS account, or to whatever AWS_ENDPOINT_URL names.

    python -m infra deploy --artifacts my-deployment-bucket
    python -m infra deploy --stack films-test --artifacts my-deployment-bucket Protect=false GigachatParallel=10

A parameter that is not named takes its default, in an update too. Zips are uploaded under their content hash, so an
unchanged one is not sent again; an unchanged stack is left alone.
"""

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from infra.deploy.package import package
from infra.stack_outputs import add_stack, outputs

DEADLINE_SECONDS = 1_800
POLL_SECONDS = 2.0


class DeploymentError(Exception):
    """CloudFormation did not get there; the text names the resources that failed and why."""


def deploy(stack: str, artifacts: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Creates or updates the stack. Returns its outputs.

    Raises:
        DeploymentError: the stack could not be created or updated.
    """
    template = package()
    body = _with_uploaded_code(template, artifacts)
    key = f"{stack}/{hashlib.sha256(body.encode()).hexdigest()[:32]}.json"
    boto3.client("s3").put_object(Bucket=artifacts, Key=key, Body=body.encode())
    _apply(stack, _url(artifacts, key), parameters)
    return outputs(stack)


def _with_uploaded_code(template: Path, bucket: str) -> str:
    """The template with `CodeUri` and `ContentUri` naming uploaded objects."""
    s3 = boto3.client("s3")
    known = json.loads(template.read_text())
    sent: dict[str, str] = {}
    for resource in known["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            local = resource.get("Properties", {}).get(name)
            if local and local not in sent:
                content = (template.parent / local).read_bytes()
                key = f"code/{hashlib.sha256(content).hexdigest()[:32]}.zip"
                if not _exists(bucket, key):
                    s3.put_object(Bucket=bucket, Key=key, Body=content)
                sent[local] = f"s3://{bucket}/{key}"
            if local:
                resource["Properties"][name] = sent[local]
    return json.dumps(known)


def _exists(bucket: str, key: str) -> bool:
    try:
        boto3.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return False
        raise
    return True


def _url(bucket: str, key: str) -> str:
    return str(boto3.client("s3").meta.endpoint_url).rstrip("/") + f"/{bucket}/{key}"


def _apply(stack: str, template_url: str, parameters: Mapping[str, str]) -> None:
    """Through a change set: SAM's transform needs one, and an empty one tells that nothing changed."""
    formation = boto3.client("cloudformation")
    exists = _status(stack) not in ("", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
    name = f"deploy-{int(time.time())}"
    formation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="UPDATE" if exists else "CREATE",
        TemplateURL=template_url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (change := formation.describe_change_set(StackName=stack, ChangeSetName=name))["Status"] not in (
        "CREATE_COMPLETE",
        "FAILED",
    ):
        _pause(deadline, "the change set")
    if change["Status"] == "FAILED":
        reason = change.get("StatusReason", "")
        if "didn't contain changes" in reason or "No updates" in reason:
            return
        raise DeploymentError(reason)
    formation.execute_change_set(StackName=stack, ChangeSetName=name)
    while not (status := _status(stack)).endswith(("_COMPLETE", "_FAILED")) or status == "REVIEW_IN_PROGRESS":
        _pause(deadline, f"the stack ({status})")
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeploymentError(f"{status}\n{_failures(stack)}")


def _status(stack: str) -> str:
    try:
        found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return ""
        raise
    return str(found[0]["StackStatus"])


def _failures(stack: str) -> str:
    events = boto3.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [one for one in events if one.get("ResourceStatus", "").endswith("_FAILED")]
    return "\n".join(f"{one['LogicalResourceId']}: {one.get('ResourceStatusReason', '')}" for one in failed)


def _pause(deadline: float, what: str) -> None:
    if time.monotonic() > deadline:
        raise DeploymentError(f"{what} was not done within {DEADLINE_SECONDS} s")
    time.sleep(POLL_SECONDS if boto3.client("sts").meta.endpoint_url.startswith("https") else 0.2)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stack, by way of which bucket, with which parameters."""
    add_stack(parser)
    parser.add_argument("--artifacts", required=True, help="a bucket of yours for the zips")
    parser.add_argument("parameters", nargs="*", type=parameter, metavar="NAME=VALUE", help="stack parameters")


def parameter(text: str) -> tuple[str, str]:
    """A stack parameter as the command line gives it: `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=VALUE")
    return name, value


def run(given: argparse.Namespace) -> int:
    """Deploys, and prints the outputs."""
    try:
        made = deploy(given.stack, given.artifacts, dict(given.parameters))
    except DeploymentError as error:
        print(f"✗ not deployed: {error}", file=sys.stderr)
        return 1
    for name, value in sorted(made.items()):
        print(f"{name:28} {value}")
    return 0
