"""Deploying, the second time and the time it goes wrong, on the emulator's CloudFormation."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import boto3
import pytest

from infra.deploy import change_set
from infra.deploy import stack as deployment
from infra.deploy.change_set import DeploymentError
from infra.deploy.history import list_deployments
from infra.deploy.rollback import roll_back
from infra.deploy.stack import NotConfirmedError, deploy
from infra.deploy.teardown import tear_down
from tests.deployed import Stack

ARTIFACTS = "deploying-artifacts"
NAME = "deploying"
OTHERS = {"Lanes": "4", "Model": "other", "Catalog": "https://example.org", "Cooldown": "60", "Bundle": "/var/ca.pem"}


def template(**more: object) -> dict[str, object]:
    """A little stack with the parameters and the resources that matter here."""
    text = {"Type": "String", "Default": ""}
    table = {
        "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": {"Fn::If": ["Protected", True, False]},
    }
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {"Protect": text | {"Default": "true"}, "Budget": text | {"Default": "1"}}
        | dict.fromkeys(OTHERS, text),
        "Conditions": {"Protected": {"Fn::Equals": [{"Ref": "Protect"}, "true"]}},
        "Resources": {
            "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
            "Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"VersioningConfiguration": {"Status": "Enabled"}}},
            "Kept": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": {"Ref": "Budget"}}},
            **more,
        },
        "Outputs": {name: {"Value": {"Ref": name}} for name in ("Table", "Bucket", "Kept")},
    }


class Operator:
    """Answers every question alike, and keeps what it was shown."""

    def __init__(self, answer: bool = True) -> None:
        self.answer = answer
        self.shown: list[str] = []

    def __call__(self, lines: Sequence[str]) -> bool:
        self.shown += lines
        return self.answer


@pytest.fixture
def packaged(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the package lies that the next deployment takes; everything is gone afterwards."""
    boto3.client("s3").create_bucket(Bucket=ARTIFACTS)
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template()))
    monkeypatch.setattr(deployment, "package", lambda: path)
    yield path
    tear_down(NAME, Operator())


def value_of(name: str) -> str:
    return str(boto3.client("ssm").get_parameter(Name=name)["Parameter"]["Value"])


def test_other_parameters_stay_when_one_is_named(packaged: Path) -> None:
    deploy(NAME, ARTIFACTS, OTHERS, Operator())
    second = Operator()
    made = deploy(NAME, ARTIFACTS, {"Budget": "500"}, second)
    held = change_set.parameters_of(NAME)
    assert {name: held[name] for name in OTHERS} == OTHERS
    assert (held["Protect"], held["Budget"], value_of(made["Kept"])) == ("true", "500", "500")
    assert any("Budget = '500' (was '1')" in line for line in second.shown)


def test_protection_is_on_when_the_first_deployment_is_done(packaged: Path) -> None:
    made = deploy(NAME, ARTIFACTS, {}, Operator())
    table = boto3.client("dynamodb").describe_table(TableName=made["Table"])["Table"]
    assert table["DeletionProtectionEnabled"]


def test_nothing_changes_when_nobody_confirms(packaged: Path) -> None:
    with pytest.raises(NotConfirmedError):
        deploy(NAME, ARTIFACTS, {}, Operator(answer=False))
    assert change_set.status_of(NAME) in change_set.ABSENT
    deploy(NAME, ARTIFACTS, {}, Operator())
    with pytest.raises(NotConfirmedError):
        deploy(NAME, ARTIFACTS, {"Budget": "7"}, Operator(answer=False))
    assert change_set.parameters_of(NAME)["Budget"] == "1"


def test_a_parameter_that_does_not_exist_is_named(packaged: Path) -> None:
    with pytest.raises(DeploymentError, match="Bugdet"):
        deploy(NAME, ARTIFACTS, {"Bugdet": "7"}, Operator())


def test_a_broken_first_deployment_is_explained_and_can_be_repeated(packaged: Path) -> None:
    broken = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "no good name!", "VisibilityTimeout": "never"}}
    packaged.write_text(json.dumps(template(Broken=broken)))
    with pytest.raises(DeploymentError, match="first: Broken"):
        deploy(NAME, ARTIFACTS, {}, Operator())
    packaged.write_text(json.dumps(template()))
    assert deploy(NAME, ARTIFACTS, {}, Operator())["Kept"]


def test_the_package_before_comes_back_with_todays_parameters_when_rolled_back(packaged: Path) -> None:
    deploy(NAME, ARTIFACTS, {"Budget": "3"}, Operator())
    extra = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "new"}}
    packaged.write_text(json.dumps(template(Extra=extra)))
    deploy(NAME, ARTIFACTS, {"Budget": "9"}, Operator())
    roll_back(NAME, ARTIFACTS, Operator())
    listed = boto3.client("cloudformation").list_stack_resources(StackName=NAME)["StackResourceSummaries"]
    assert "Extra" not in {one["LogicalResourceId"] for one in listed if one["ResourceStatus"] != "DELETE_COMPLETE"}
    assert change_set.parameters_of(NAME)["Budget"] == "9"
    assert len(list_deployments(NAME, ARTIFACTS)) == 3


def test_nothing_is_left_when_a_stack_with_protected_tables_and_full_buckets_is_torn_down(packaged: Path) -> None:
    made = deploy(NAME, ARTIFACTS, {}, Operator())
    s3 = boto3.client("s3")
    for text in (b"old", b"new"):
        s3.put_object(Bucket=made["Bucket"], Key="a", Body=text)
    s3.delete_object(Bucket=made["Bucket"], Key="a")
    refused, operator = Operator(answer=False), Operator()
    with pytest.raises(NotConfirmedError):
        tear_down(NAME, refused)
    assert any("Bucket" in line and "3 objects" in line for line in refused.shown)
    tear_down(NAME, operator)
    assert change_set.status_of(NAME) in change_set.ABSENT
    assert made["Table"] not in boto3.client("dynamodb").list_tables()["TableNames"]
    assert made["Bucket"] not in {one["Name"] for one in s3.list_buckets()["Buckets"]}
