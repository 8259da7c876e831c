"""Goes back to the package before the present one, all parameters as they are.

python -m infra rollback --stack kinosovet --artifacts my-deployment-bucket
"""

import argparse
import json
import sys
from collections.abc import Sequence

import boto3

from infra.deploy import change_set as changes
from infra.deploy.change_set import DeploymentError
from infra.deploy.history import Deployment, list_deployments, note_deployment
from infra.deploy.stack import Confirm, NotConfirmedError, ask_person, confirmed, defaults_of, say_yes, url_of


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


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m infra rollback", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--stack", default="kinosovet")
    parser.add_argument("--artifacts", required=True, help="the bucket that the stack was deployed from")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    given = parser.parse_args(arguments)
    try:
        earlier = roll_back(given.stack, given.artifacts, say_yes if given.yes else ask_person)
    except (DeploymentError, NotConfirmedError) as error:
        print(f"not rolled back: {error or 'nothing was changed'}", file=sys.stderr)
        return 1
    print(f"back to the package of {earlier.deployed_at}")
    return 0
