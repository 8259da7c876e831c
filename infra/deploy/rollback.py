"""Goes back to the package before the present one, all parameters as they are.

    python -m infra rollback --artifacts my-deployment-bucket
    python -m infra rollback --stack films-test --artifacts my-deployment-bucket --yes

Twice in a row is forth and back again. What the tables and buckets hold stays.
"""

import argparse
import json
import sys

import boto3

from infra.deploy import change_set as changes
from infra.deploy.change_set import DeploymentError
from infra.deploy.history import Deployment, list_deployments, note_deployment
from infra.deploy.stack import (
    Confirm,
    NotConfirmedError,
    add_artifacts,
    add_confirmation,
    confirmed,
    defaults_of,
    url_of,
)
from infra.stack_outputs import add_stack


def roll_back(stack: str, artifacts: str, confirm: Confirm) -> Deployment:
    """Deploys the package before the present one, all parameters as they are. Returns what it went back to.

    Raises:
        DeploymentError: there is no earlier one, or CloudFormation did not get there.
        NotConfirmedError: nothing was changed.
    """
    known = list_deployments(stack, artifacts)
    if len(known) < 2:
        raise DeploymentError("there is no earlier deployment to go back to")
    earlier = known[-2]
    text = boto3.client("s3").get_object(Bucket=artifacts, Key=earlier.template)["Body"].read()
    back = changes.make_change_set(stack, url_of(artifacts, earlier.template), defaults_of(json.loads(text)), {})
    confirmed(back, confirm, [])
    changes.execute(back)
    note_deployment(stack, artifacts, earlier.template)
    return earlier


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which stack, and by way of which bucket."""
    add_stack(parser)
    add_confirmation(parser)
    add_artifacts(parser)


def run(given: argparse.Namespace) -> int:
    """Goes back, and says to when."""
    try:
        earlier = roll_back(given.stack, given.artifacts, given.confirm)
    except (DeploymentError, NotConfirmedError) as error:
        print(f"✗ not rolled back: {error or 'nothing was changed'}", file=sys.stderr)
        return 1
    print(f"back to the package of {earlier.deployed_at}")
    return 0
