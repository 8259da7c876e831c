"""What the tables, buckets and secrets promise about what people wrote."""

from typing import Any

import pytest

from infra.deploy.template import render

RENDERED: dict[str, Any] = render()
RESOURCES: dict[str, Any] = RENDERED["Resources"]
TABLES = {name: one["Properties"] for name, one in RESOURCES.items() if one.get("Type") == "AWS::DynamoDB::Table"}
PRECIOUS = {"AccountsTable", "FeedbackTable"}  # cannot be made again from anything else
IF_PROTECTED = {"Fn::If": ["Protected", True, False]}


def test_what_people_wrote_is_backed_up_and_not_deleted_by_mistake_when_protected() -> None:
    backed_up = {name for name, one in TABLES.items() if "PointInTimeRecoverySpecification" in one}
    assert backed_up == PRECIOUS
    for name in PRECIOUS:
        assert TABLES[name]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": IF_PROTECTED}
        assert TABLES[name]["DeletionProtectionEnabled"] == IF_PROTECTED
    assert RENDERED["Parameters"]["Protect"]["Default"] == "true"
    assert RENDERED["Conditions"]["Protected"] == {"Fn::Equals": [{"Ref": "Protect"}, "true"]}


@pytest.mark.parametrize("table", sorted(TABLES.keys() - {"FeedbackTable"}))
def test_what_is_kept_for_a_while_goes_by_itself(table: str) -> None:
    assert TABLES[table]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_feedback_never_expires() -> None:
    assert "TimeToLiveSpecification" not in TABLES["FeedbackTable"]


def test_feedback_is_read_by_time_from_a_local_index() -> None:
    """Only local indexes have consistent reads, and none can be added to a table that exists."""
    (index,) = TABLES["FeedbackTable"]["LocalSecondaryIndexes"]
    assert index["IndexName"] == "by_updated_at"
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["user_id", "updated_at"]
    assert index["Projection"] == {"ProjectionType": "ALL"}


def test_stale_users_are_found_by_an_index_of_keys() -> None:
    (index,) = TABLES["RecommendationsTable"]["GlobalSecondaryIndexes"]
    assert [key["AttributeName"] for key in index["KeySchema"]] == ["stale_shard", "due_at"]
    assert index["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_feedback_stream_carries_keys_alone() -> None:
    assert TABLES["FeedbackTable"]["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}


@pytest.mark.parametrize("table", sorted(TABLES))
def test_idle_table_costs_nothing(table: str) -> None:
    assert TABLES[table]["BillingMode"] == "PAY_PER_REQUEST"


def test_buckets_are_closed_to_the_public() -> None:
    buckets = {name: one for name, one in RESOURCES.items() if one.get("Type") == "AWS::S3::Bucket"}
    assert "CatalogBucket" in buckets
    for bucket in buckets.values():
        closed = bucket["Properties"]["PublicAccessBlockConfiguration"]
        assert len(closed) == 4
        assert all(closed.values())


def test_no_secret_stands_in_the_template() -> None:
    keys, gigachat = RESOURCES["TokenKeys"]["Properties"], RESOURCES["GigachatKey"]["Properties"]
    assert "SecretString" not in keys
    assert keys["GenerateSecretString"]["PasswordLength"] >= 32
    assert gigachat["SecretString"] == "{}"


def test_what_holds_state_keeps_its_logical_id() -> None:
    """CloudFormation replaces what is renamed, with everything in it."""
    kinds = ("AWS::DynamoDB::Table", "AWS::S3::Bucket", "AWS::SecretsManager::Secret", "AWS::SQS::Queue")
    held = {name for name, one in RESOURCES.items() if one.get("Type") in kinds}
    assert held >= {
        *(
            "AccountsTable",
            "SessionsTable",
            "FeedbackTable",
            "RecommendationsTable",
            "NeighboursTable",
            "BudgetTable",
            "OutcomesTable",
        ),
        *("CatalogBucket", "ImportsBucket", "LearningBucket", "TokenKeys", "ServerKeys", "GigachatKey"),
        *("RebuildQueue", "RebuildQueueDeadLetters", "AskQueue", "AskQueueDeadLetters"),
        *("ErasureQueue", "ErasureQueueDeadLetters", "ImportsQueue", "ImportsQueueDeadLetters", "StreamFailures"),
    }


@pytest.mark.parametrize(
    "function",
    [
        "ApiHandlerRole",
        "RebuildRole",
        "AskRole",
        "LearnRole",
        "NotePremieresRole",
        "TendCatalogRole",
        "TakeImportsRole",
    ],
)
def test_who_reads_the_catalogue_may_list_it(function: str) -> None:
    """Or a snapshot that is missing would be 403, which reads as down."""
    (policy,) = RESOURCES[function]["Properties"]["Policies"]
    bucket = {"Fn::GetAtt": ["CatalogBucket", "Arn"]}
    made = [one.get("Fn::If", ["", one])[1] for one in policy["PolicyDocument"]["Statement"]]
    assert bucket in [one["Resource"] for one in made if "s3:ListBucket" in one["Action"]]
