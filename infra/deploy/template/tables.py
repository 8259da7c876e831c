"""DynamoDB tables. All on demand: nobody can guess a film site's load, and an idle one costs nothing."""

from collections.abc import Mapping


def tables() -> dict[str, object]:
    """Every table of the stack by logical id."""
    return {
        "AccountsTable": _table(
            {"pk": "S", "letters": "S", "user_id": "S"},
            ["pk"],
            stream="KEYS_ONLY",
            ttl=True,
            precious=True,
            # Sparse: whoever wants the weekly letter, in the order of their ids.
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "letters",
                    "KeySchema": _keys(["letters", "user_id"]),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        ),
        "SessionsTable": _table({"pk": "S", "sk": "S"}, ["pk", "sk"], ttl=True),
        "FeedbackTable": _table(
            {"user_id": "S", "film_id": "S", "updated_at": "S"},
            ["user_id", "film_id"],
            stream="KEYS_ONLY",  # plan needs user and film alone
            precious=True,
            # Local, because only local indexes are read consistently; it cannot be added later.
            LocalSecondaryIndexes=[
                {
                    "IndexName": "by_updated_at",
                    "KeySchema": _keys(["user_id", "updated_at"]),
                    "Projection": {"ProjectionType": "ALL"},
                }
            ],
        ),
        "RecommendationsTable": _table(
            {"user_id": "S", "item": "S", "stale_shard": "S", "due_at": "S"},
            ["user_id", "item"],
            ttl=True,
            # Sparse: only stale users' items carry the two attributes, so the sweep pays for stale users alone.
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "stale",
                    "KeySchema": _keys(["stale_shard", "due_at"]),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        ),
        "NeighboursTable": _table({"film_key": "S"}, ["film_key"], ttl=True),
        "BudgetTable": _table({"pk": "S"}, ["pk"], ttl=True),
        "OutcomesTable": _table({"pk": "S"}, ["pk"], ttl=True),
    }


def _keys(names: list[str]) -> list[dict[str, str]]:
    return [{"AttributeName": n, "KeyType": kind} for n, kind in zip(names, ("HASH", "RANGE"), strict=False)]


def _table(
    attributes: Mapping[str, str],
    keys: list[str],
    *,
    stream: str | None = None,
    ttl: bool = False,
    precious: bool = False,
    **more: object,
) -> dict[str, object]:
    """`precious`: holds what people wrote, so it is backed up and cannot be deleted by mistake."""
    properties: dict[str, object] = {
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": t} for n, t in attributes.items()],
        "KeySchema": _keys(keys),
        "SSESpecification": {"SSEEnabled": False},  # the default key of DynamoDB, free of charge
        **more,
    }
    if stream:
        properties["StreamSpecification"] = {"StreamViewType": stream}
    if ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": "expires_at", "Enabled": True}
    if precious:
        properties["PointInTimeRecoverySpecification"] = {
            "PointInTimeRecoveryEnabled": {"Fn::If": ["Protected", True, False]}
        }
        properties["DeletionProtectionEnabled"] = {"Fn::If": ["Protected", True, False]}
    return {"Type": "AWS::DynamoDB::Table", "Properties": properties}
