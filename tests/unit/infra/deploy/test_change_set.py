"""How the end of a deletion is told from what CloudFormation says, which may be older than the request."""

from collections.abc import Sequence

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.deploy import change_set as changes

GONE = ClientError({"Error": {"Code": "ValidationError", "Message": "Stack [films] does not exist"}}, "DescribeStacks")


class Formation:
    """Describes the stack as these statuses say, one after the other and the last one for ever; "": there is none."""

    def __init__(self, statuses: Sequence[str]) -> None:
        self.statuses = list(statuses)
        self.deleted: list[str] = []

    def describe_stacks(self, **asked: str) -> dict[str, object]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        if not status:
            raise GONE
        return {"Stacks": [asked | {"StackStatus": status}]}

    def delete_stack(self, **asked: str) -> None:
        self.deleted += asked.values()


def deleted(monkeypatch: pytest.MonkeyPatch, *statuses: str) -> str:
    formation = Formation(statuses)
    monkeypatch.setattr(boto3, "client", {"cloudformation": formation}.get)
    monkeypatch.setattr(changes, "pause", lambda *_: None)
    left = changes.delete("films")
    assert formation.deleted == ["films"]
    return left


@pytest.mark.parametrize(
    "before", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "CREATE_COMPLETE", "UPDATE_COMPLETE"]
)
def test_a_stack_is_gone_when_answers_older_than_the_deletion_come_first(
    monkeypatch: pytest.MonkeyPatch, before: str
) -> None:
    assert deleted(monkeypatch, before, before, before, "DELETE_IN_PROGRESS", "") == ""


@pytest.mark.parametrize("last", ["", "DELETE_COMPLETE"])
def test_a_stack_that_failed_to_be_deleted_is_gone_when_it_is_deleted_again(
    monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    assert deleted(monkeypatch, "DELETE_FAILED", "DELETE_FAILED", "DELETE_IN_PROGRESS", last) == ""


def test_a_deletion_that_fails_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert deleted(monkeypatch, "CREATE_COMPLETE", "DELETE_IN_PROGRESS", "DELETE_FAILED") == "DELETE_FAILED"


def test_a_deletion_that_fails_again_is_told_though_nobody_saw_it_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "OLD_ANSWERS_SECONDS", 0.0)
    assert deleted(monkeypatch, "DELETE_FAILED", "DELETE_FAILED") == "DELETE_FAILED"
