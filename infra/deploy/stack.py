"""Deploys the packaged stack with CloudFormation: to an AWS account, or to whatever AWS_ENDPOINT_URL names.

    python -m infra deploy --artifacts my-deployment-bucket
    python -m infra deploy --stack films-test --artifacts my-deployment-bucket --yes GigachatParallel=10

Parameters that are not named keep their value. What would change is shown and confirmed first (`--yes` for machines).
Zips are uploaded under their content hash, so an unchanged one is not sent again; an unchanged stack is left alone.
"""

import argparse
import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import boto3
from botocore.exceptions import ClientError

from infra.deploy import change_set as changes
from infra.deploy.change_set import ChangeSet, DeploymentError
from infra.deploy.history import note_deployment
from infra.deploy.package import package
from infra.stack_outputs import add_stack, outputs

PROTECT = "Protect"
type Confirm = Callable[[Sequence[str]], bool]
"""Shown what would change; whether to go on."""


class NotConfirmedError(Exception):
    """Somebody has looked at the changes and said no. Nothing was changed."""


def deploy(stack: str, artifacts: str, given: Mapping[str, str], confirm: Confirm) -> dict[str, str]:
    """Creates or updates the stack from the package as it is now. Returns its outputs.

    A first deployment switches protection on in a second step: protected tables would keep a failed first one from
    being rolled back.

    Raises:
        DeploymentError: the stack could not be created or updated.
        NotConfirmedError: nothing was changed.
    """
    template = package()
    body = _with_uploaded_code(template, artifacts)
    key = f"{stack}/{hashlib.sha256(body.encode()).hexdigest()[:32]}.json"
    boto3.client("s3").put_object(Bucket=artifacts, Key=key, Body=body.encode())
    known = defaults_of(json.loads(template.read_text()))
    _clear_failed_creation(stack, confirm)
    created = changes.status_of(stack) in changes.ABSENT
    wanted = given.get(PROTECT, known.get(PROTECT, ""))
    later = created and wanted == "true"
    first = changes.make_change_set(
        stack, url_of(artifacts, key), known, {**given, PROTECT: "false"} if later else given
    )
    confirmed(first, confirm, ["  then protection is switched on"] if later else [])
    changes.execute(first)
    if later:
        changes.execute(changes.make_change_set(stack, url_of(artifacts, key), known, {PROTECT: "true"}))
    note_deployment(stack, artifacts, key)
    return outputs(stack)


def defaults_of(template: Mapping[str, Mapping[str, Mapping[str, object]]]) -> dict[str, str]:
    """Every parameter of the template with its default."""
    return {name: str(one.get("Default", "")) for name, one in template.get("Parameters", {}).items()}


def confirmed(change_set: ChangeSet, confirm: Confirm, more: Sequence[str]) -> None:
    """Shows a change set and goes on only with a yes. Raises `NotConfirmedError`, the change set dropped."""
    if change_set.name and not confirm([*changes.shown(change_set), *more]):
        changes.drop(change_set)
        raise NotConfirmedError


def _clear_failed_creation(stack: str, confirm: Confirm) -> None:
    """A stack whose first deployment failed holds nothing yet, and CloudFormation takes nothing but its deletion."""
    status = changes.status_of(stack)
    if status not in changes.NEVER_MADE:
        return
    lines = [f"  the stack is {status}; it has to be deleted before it can be made", changes.explanation(stack)]
    if not confirm(lines):
        raise NotConfirmedError
    if left := changes.delete(stack):
        raise DeploymentError(f"the failed stack could not be deleted ({left}): `python -m infra teardown` does it\n"
                              f"{changes.explanation(stack)}")  # fmt: skip


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


def url_of(bucket: str, key: str) -> str:
    """An object's address as CloudFormation wants it."""
    return str(boto3.client("s3").meta.endpoint_url).rstrip("/") + f"/{bucket}/{key}"


def ask_person(lines: Sequence[str]) -> bool:
    """Shows the changes and asks at the terminal. Without one nobody can say yes."""
    print("This would change:", *lines, sep="\n")
    if not sys.stdin.isatty():
        print("Nobody is there to confirm it: repeat with --yes.", file=sys.stderr)
        return False
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def say_yes(lines: Sequence[str]) -> bool:
    """Shows the changes and goes on."""
    print("Changing:", *lines, sep="\n")
    return True


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stack, by way of which bucket, with which parameters."""
    add_stack(parser)
    add_confirmation(parser)
    add_artifacts(parser)
    parser.add_argument(
        "parameters", nargs="*", type=parameter, metavar="NAME=VALUE", help="stack parameters; others stay as they are"
    )


def add_artifacts(parser: argparse.ArgumentParser) -> None:
    """`--artifacts`, which a local copy's environment names."""
    named = os.environ.get("ARTIFACTS")
    told = "the bucket of yours where packages are kept; default: $ARTIFACTS"
    parser.add_argument("--artifacts", default=named, required=not named, help=told)


def add_confirmation(parser: argparse.ArgumentParser) -> None:
    """`--yes`, for machines."""
    parser.add_argument(
        "--yes", dest="confirm", action="store_const", const=say_yes, default=ask_person, help="do not ask"
    )


def parameter(text: str) -> tuple[str, str]:
    """A stack parameter as the command line gives it: `NAME=VALUE`."""
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text} is not of the form NAME=VALUE")
    return name, value


def run(given: argparse.Namespace) -> int:
    """Deploys, and prints the outputs."""
    try:
        made = deploy(given.stack, given.artifacts, dict(given.parameters), given.confirm)
    except (DeploymentError, NotConfirmedError) as error:
        print(f"✗ not deployed: {error or 'nothing was changed'}", file=sys.stderr)
        return 1
    for name, value in sorted(made.items()):
        print(f"{name:28} {value}")
    return 0
