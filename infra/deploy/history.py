"""Which templates a stack was deployed from, kept beside them in the artifacts bucket: what `rollback` goes back to."""

import json
from datetime import UTC, datetime
from typing import NamedTuple

import boto3
from botocore.exceptions import ClientError

KEPT = 20  # deployments remembered; zips and templates themselves stay until the bucket's owner clears them


class Deployment(NamedTuple):
    """One template (its key in the bucket) and when it was deployed (RFC 3339, UTC)."""

    template: str
    deployed_at: str


def list_deployments(stack: str, artifacts: str) -> list[Deployment]:
    """Oldest first; empty when there was none."""
    try:
        body = boto3.client("s3").get_object(Bucket=artifacts, Key=_key(stack))["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchKey", "NotFound"):
            return []
        raise
    return [Deployment(**one) for one in json.loads(body)]


def note_deployment(stack: str, artifacts: str, template: str) -> None:
    """Remembers a template as the newest one; deploying the same again adds nothing."""
    known = list_deployments(stack, artifacts)
    if known and known[-1].template == template:
        return
    known = [*known, Deployment(template, datetime.now(UTC).isoformat(timespec="seconds"))][-KEPT:]
    body = json.dumps([one._asdict() for one in known]).encode()
    boto3.client("s3").put_object(Bucket=artifacts, Key=_key(stack), Body=body)


def _key(stack: str) -> str:
    return f"{stack}/deployments.json"
