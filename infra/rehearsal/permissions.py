"""A function's policy held against what exists in IAM and against what its code, its source and AWS itself need:
neither less nor more.

What exists is cfn-lint's list of all actions with the kinds of resources each takes, made from AWS's own service
reference and renewed with every release (https://docs.aws.amazon.com/service-authorization/latest/reference/).
"""

import functools
import json
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import cfnlint.data

from infra.rehearsal.calls import ON_BUCKET, Need
from infra.rehearsal.resolve import ACCOUNT, REGION, Template

AFTER = {
    # An export is written in the caller's name:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport_Requesting.html
    "dynamodb:ExportTableToPointInTime": ("s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload"),
    # A query reads tables and writes its result in the caller's name:
    # https://docs.aws.amazon.com/athena/latest/ug/security-iam-athena.html
    "athena:StartQueryExecution": (
        "glue:GetDatabase", "glue:GetTable", "glue:GetPartitions",
        "s3:GetBucketLocation", "s3:ListBucket", "s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload",
    ),
    # Without it a missing object is 403: nobody could say "not there yet".
    # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    "s3:GetObject": ("s3:ListBucket",),
}  # fmt: skip
"""What AWS asks of a caller beyond the action itself."""
FOR_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
FOR_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams")
FOR_LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")
FOR_VPC = tuple(
    f"ec2:{one}"
    for one in ("CreateNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets", "DeleteNetworkInterface",
                "AssignPrivateIpAddresses", "UnassignPrivateIpAddresses")
)  # fmt: skip
"""https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions"""


def problems_of(template: Template, function: str, needs: Sequence[Need]) -> Iterator[str]:
    """What is wrong with a function's policy, one sentence each."""
    statements = template.statements(function)
    for actions, resources in statements:
        for action in actions:
            if problem := _wrong(action, resources):
                yield f"{function}: {problem}"
    asked = list(dict.fromkeys([*needs, *_of_its_source(template, function), *_after(template, needs)]))
    for need in asked:
        if not any(need.action in actions and _covers(resources, need) for actions, resources in statements):
            on = f" on {template.logical_id(need.on)}" if need.on else ""
            index = f"'s index {need.on.partition('/index/')[2]}" if "/index/" in need.on else ""
            yield f"{function}: its policy lacks {need.action}{on}{index} ({need.place})"
    yield from _superfluous(template, function, asked)


def _superfluous(template: Template, function: str, asked: Sequence[Need]) -> Iterator[str]:
    """Actions whose removal would leave nothing undone: so each that is granted is missed when it is taken away."""
    statements = template.statements(function)
    for place, (actions, resources) in enumerate(statements):
        others = statements[:place] + statements[place + 1 :]
        for action in actions:
            wanted = [one for one in asked if one.action == action and _covers(resources, one)]
            if all(any(action in a and _covers(r, one) for a, r in others) for one in wanted):
                on = ", ".join(map(template.logical_id, resources))
                yield f"{function}: its policy grants {action} on {on}, which nothing asks for"


def _wrong(action: str, resources: Sequence[str]) -> str:
    service, _, name = action.partition(":")
    known = _known_actions().get(service, {}).get("Actions", {})
    if name.lower() not in known:
        return f"its policy names {action}, which is no IAM action"
    if not known[name.lower()].get("Resources") and list(resources) != ["*"]:
        return f"{action} has no resource type: IAM grants it on * alone"
    return ""


def _covers(resources: Sequence[str], need: Need) -> bool:
    """Whether a statement's resources hold the one that is needed."""
    if not need.on or list(resources) == ["*"]:
        return True
    arn = _arn(need)
    if need.action.startswith("s3:") and need.action not in ON_BUCKET:
        return any(pattern.startswith(f"{arn}/") for pattern in resources)  # which key is not known here
    return any(fnmatchcase(arn, pattern) for pattern in resources)


def _arn(need: Need) -> str:
    """Of the name or address that the code holds."""
    if need.on.startswith("arn:"):
        return need.on
    service, own = need.action.partition(":")[0], f"{REGION}:{ACCOUNT}"
    name = need.on.rpartition("/")[2] if service == "sqs" else need.on
    kinds = {
        "s3": "arn:aws:s3:::",
        "dynamodb": f"arn:aws:dynamodb:{own}:table/",
        "athena": f"arn:aws:athena:{own}:workgroup/",
    }
    return kinds.get(service, f"arn:aws:{service}:{own}:") + name


def _of_its_source(template: Template, function: str) -> Iterator[Need]:
    """What Lambda does in the function's name: its log, its events, its network."""
    properties = template.functions()[function]
    log = template.value({"Fn::GetAtt": [properties["LoggingConfig"]["LogGroup"]["Ref"], "Arn"]})
    yield from (Need(action, log, "Lambda writes its log") for action in FOR_LOGS)
    if properties.get("VpcConfig") and template.value(properties["VpcConfig"]):
        yield from (Need(action, "", "Lambda joins the VPC") for action in FOR_VPC)
    for event in properties.get("Events", {}).values():
        of = template.value(event["Properties"])
        if "Queue" in of:
            yield from (Need(action, of["Queue"], "Lambda reads its queue") for action in FOR_QUEUE)
        if "Stream" in of:
            yield from (Need(action, of["Stream"], "Lambda reads its stream") for action in FOR_STREAM)
        if failed := of.get("DestinationConfig", {}).get("OnFailure", {}):
            yield Need("sqs:SendMessage", failed["Destination"], "Lambda puts what failed there")


def _after(template: Template, needs: Sequence[Need]) -> Iterator[Need]:
    results = [
        str(one).removeprefix("s3://").partition("/")[0]
        for resource in template.resources.values()
        if resource["Type"] == "AWS::Athena::WorkGroup"
        and (
            one := template.value(resource["Properties"])["WorkGroupConfiguration"]["ResultConfiguration"][
                "OutputLocation"
            ]
        )
    ]
    for need in needs:
        for action in AFTER.get(need.action, ()):
            if not action.startswith("s3:"):
                yield Need(action, "", f"AWS asks it for {need.action}")
                continue
            for bucket in [need.on] if need.action.startswith("s3:") else results:
                yield Need(action, bucket, f"AWS asks it for {need.action}")


@functools.cache
def _known_actions() -> dict[str, Any]:
    path = Path(next(iter(cfnlint.data.__path__))) / "AdditionalSpecs" / "Policies.json"
    return dict(json.loads(path.read_text(encoding="utf-8")))
