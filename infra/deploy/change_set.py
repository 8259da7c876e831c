"""One change set of the stack: made, read, run, and explained when it fails.

A parameter that nobody names keeps its previous value: a change set alone would fall back to the template's default
(https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Parameter.html, `UsePreviousValue`).
"""

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import boto3
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_cloudformation.type_defs import ParameterTypeDef

DEADLINE_SECONDS = 1_800
OLD_ANSWERS_SECONDS = 30.0  # how long a description may be older than what was asked for
POLL_SECONDS, POLL_SECONDS_LOCALLY = 2.0, 0.2
ABSENT = ("", "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
DELETE_FAILED = "DELETE_FAILED"
NEVER_MADE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", DELETE_FAILED)
"""A first deployment that failed: CloudFormation takes no update of it, only its deletion."""


class DeploymentError(Exception):
    """CloudFormation did not get there; the text names what failed first and why."""


class Change(NamedTuple):
    """What will happen to one resource. `replaced`: a new one takes its place and the old one is deleted."""

    action: str
    logical_id: str
    kind: str
    replaced: bool

    @property
    def loses_something(self) -> bool:
        """Whether what the resource holds may be gone afterwards."""
        return self.action == "Remove" or self.replaced


class ChangeSet(NamedTuple):
    """A change set that CloudFormation has worked out and not yet run. `name` is empty when nothing would change."""

    stack: str
    name: str
    creates: bool
    parameters: dict[str, tuple[str | None, str]]  # those that differ: before (None: there was none) and after
    changes: tuple[Change, ...]


def status_of(stack: str) -> str:
    """The stack's status; "" when there is none."""
    described = _described(stack)
    return str(described["StackStatus"]) if described else ""


def parameters_of(stack: str) -> dict[str, str]:
    """The values of the deployed stack's parameters."""
    described = _described(stack) or {}
    return {one["ParameterKey"]: one.get("ParameterValue", "") for one in described.get("Parameters", [])}  # type: ignore[attr-defined]


def make_change_set(stack: str, template_url: str, known: Mapping[str, str], given: Mapping[str, str]) -> ChangeSet:
    """Has CloudFormation work out what the template and these parameters would change.

    `known` are the template's parameters with their defaults, `given` those to set; all others keep their previous
    value.

    Raises:
        DeploymentError: no such parameter, or CloudFormation refuses the template.
    """
    if unknown := sorted(set(given) - set(known)):
        raise DeploymentError(f"the template has no parameter {', '.join(unknown)}; it has {', '.join(sorted(known))}")
    formation, creates = boto3.client("cloudformation"), status_of(stack) in ABSENT
    before: Mapping[str, str] = {} if creates else parameters_of(stack)
    name = f"deploy-{time.time_ns() // 1_000_000}"
    formation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="CREATE" if creates else "UPDATE",
        TemplateURL=template_url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=_sent(known, given, before),
    )
    deadline = time.monotonic() + DEADLINE_SECONDS
    while (made := formation.describe_change_set(StackName=stack, ChangeSetName=name))["Status"] not in (
        "CREATE_COMPLETE",
        "FAILED",
    ):
        pause(deadline, "the change set")
    after = {key: given.get(key, before.get(key, default)) for key, default in known.items()}
    differing = {key: (before.get(key), value) for key, value in after.items() if before.get(key) != value}
    if made["Status"] == "FAILED":
        reason = made.get("StatusReason", "")
        if not creates and ("didn't contain changes" in reason or "No updates" in reason):
            formation.delete_change_set(StackName=stack, ChangeSetName=name)
            return ChangeSet(stack, "", creates, differing, ())
        raise DeploymentError(reason or "CloudFormation refused the change set and does not say why")
    return ChangeSet(stack, name, creates, differing, tuple(_changes(formation, stack, name)))


def execute(change_set: ChangeSet) -> None:
    """Runs it and waits for its end. Raises `DeploymentError` with the first failure's reason."""
    if not change_set.name:
        return
    formation = boto3.client("cloudformation")
    began = formation.describe_change_set(StackName=change_set.stack, ChangeSetName=change_set.name)["CreationTime"]
    formation.execute_change_set(StackName=change_set.stack, ChangeSetName=change_set.name)
    status = _settled(change_set.stack)
    if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeploymentError(f"{status}\n{explanation(change_set.stack, began)}")


def drop(change_set: ChangeSet) -> None:
    """Throws the change set away, and the empty stack that a first one leaves behind."""
    formation = boto3.client("cloudformation")
    if change_set.name:
        formation.delete_change_set(StackName=change_set.stack, ChangeSetName=change_set.name)
    if change_set.creates:
        formation.delete_stack(StackName=change_set.stack)


def delete(stack: str) -> str:
    """Deletes the stack and waits for its end: "" once it is gone, DELETE_FAILED where CloudFormation gave up.

    Any other status is older than the deletion: describing is eventually consistent, and so is DELETE_FAILED for a
    moment where that was what it said before.
    """
    failed_before = status_of(stack) == DELETE_FAILED
    boto3.client("cloudformation").delete_stack(StackName=stack)
    began = time.monotonic()
    while (status := status_of(stack)) not in ("", "DELETE_COMPLETE"):
        failed_before = failed_before and status == DELETE_FAILED and time.monotonic() - began < OLD_ANSWERS_SECONDS
        if status == DELETE_FAILED and not failed_before:
            return status
        pause(began + DEADLINE_SECONDS, f"the deletion of the stack ({status})")
    return ""


def _settled(stack: str) -> str:
    """Waits until CloudFormation has stopped working on the stack. Returns its status; "" when there is none."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while status := status_of(stack):
        if status.endswith(("_COMPLETE", "_FAILED")) and "CLEANUP" not in status:
            return status
        pause(deadline, f"the stack ({status})")
    return ""


def explanation(stack: str, since: datetime | None = None) -> str:
    """What failed first since then, and what fell with it. Events come newest first, a hundred a page."""
    pages = boto3.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
    events = [one for page in pages for one in page["StackEvents"]]
    failed = [
        one
        for one in reversed(events)
        if one.get("ResourceStatus", "").endswith("_FAILED")
        and (since is None or one["Timestamp"] >= since)
        and "cancelled" not in one.get("ResourceStatusReason", "").lower()
    ]
    if not failed:
        return "CloudFormation names no cause: look at the stack's events in the console"
    lines = [
        f"{one['LogicalResourceId']} ({one.get('ResourceType', '?')}): {one.get('ResourceStatusReason', 'no reason')}"
        for one in failed
    ]
    return "\n".join([f"first: {lines[0]}", *(f"then:  {line}" for line in lines[1:6])])


def shown(change_set: ChangeSet) -> list[str]:
    """Lines for a person: parameters, then resources, what may lose something first."""
    lines = [
        f"  {key} = {after!r}" + (f" (was {before!r})" if before is not None else "")
        for key, (before, after) in sorted(change_set.parameters.items())
        if not (change_set.creates and not after)
    ]
    ordered = sorted(change_set.changes, key=lambda one: (not one.loses_something, one.action, one.logical_id))
    for one in ordered:
        what = "REPLACE, the old one is deleted with what it holds" if one.replaced else one.action.lower()
        if one.loses_something or not change_set.creates:
            lines.append(f"  {what}: {one.logical_id} ({one.kind})")
    if change_set.creates:
        lines.append(f"  add: {len(ordered)} resources")
    return lines


def pause(deadline: float, what: str) -> None:
    """Waits a moment, less on an emulator. Raises `DeploymentError` behind the deadline."""
    if time.monotonic() > deadline:
        raise DeploymentError(f"{what} was not done within {DEADLINE_SECONDS} s")
    real = boto3.client("sts").meta.endpoint_url.startswith("https")
    time.sleep(POLL_SECONDS if real else POLL_SECONDS_LOCALLY)


def _sent(
    known: Mapping[str, str], given: Mapping[str, str], before: Mapping[str, str]
) -> "Sequence[ParameterTypeDef]":
    sent: list[ParameterTypeDef] = [{"ParameterKey": key, "ParameterValue": value} for key, value in given.items()]
    for key in known:
        if key not in given and key in before:
            sent.append({"ParameterKey": key, "UsePreviousValue": True})
    return sent


def _changes(formation: "CloudFormationClient", stack: str, name: str) -> list[Change]:
    pages = formation.get_paginator("describe_change_set").paginate(StackName=stack, ChangeSetName=name)
    found = [one["ResourceChange"] for page in pages for one in page.get("Changes", []) if "ResourceChange" in one]
    return [
        Change(
            one.get("Action", ""),
            one.get("LogicalResourceId", ""),
            one.get("ResourceType", ""),
            one.get("Replacement", "False") != "False" and one.get("Action") == "Modify",
        )
        for one in found
    ]


def _described(stack: str) -> "Mapping[str, object] | None":
    try:
        return boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
