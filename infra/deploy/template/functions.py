"""What Chalice's decorators cannot say of the functions: environment, event wiring, logs."""

import json
from collections.abc import Mapping

from infra.deploy.template.parameters import catalog_url

TIMEOUT_SECONDS = {
    "api": 15,  # API Gateway gives up at 29 s; nothing of ours takes that long
    "authorize": 10,
    "plan": 30,
    "rebuild": 30,
    "ask": 60,  # one GigaChat call of at most 25 s, a retry, matching and publishing
    "sweep": 60,
    "learn": 900,  # an export takes minutes, the query seconds to minutes
    "erase": 60,
    "purge_again": 60,
}

RESOURCE_OF = {
    "api": "APIHandler",
    "authorize": "Authorize",
    "plan": "Plan",
    "rebuild": "Rebuild",
    "ask": "Ask",
    "sweep": "Sweep",
    "learn": "Learn",
    "erase": "Erase",
    "purge_again": "PurgeAgain",
}
"""Chalice's logical id of each function."""


NEW_TOMBSTONE = {"eventName": ["INSERT"], "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "erased#"}]}}}}


def function_globals() -> dict[str, object]:
    """The environment of every function; which of these it may touch is its policy's business."""
    ref = {
        "ACCOUNTS_TABLE": "AccountsTable",
        "SESSIONS_TABLE": "SessionsTable",
        "FEEDBACK_TABLE": "FeedbackTable",
        "RECOMMENDATIONS_TABLE": "RecommendationsTable",
        "NEIGHBOURS_TABLE": "NeighboursTable",
        "LEARNING_BUCKET": "LearningBucket",
        "LEARNING_DATABASE": "LearningDatabase",
        "LEARNING_WORKGROUP": "LearningWorkgroup",
        "BUDGET_TABLE": "BudgetTable",
        "REBUILD_QUEUE_URL": "RebuildQueue",
        "ASK_QUEUE_URL": "AskQueue",
        "ERASURE_QUEUE_URL": "ErasureQueue",
        "TOKEN_KEYS_SECRET": "TokenKeys",
        "GIGACHAT_SECRET": "GigachatKey",
        "GIGACHAT_MODEL": "GigachatModel",
        "GIGACHAT_BASE_URL": "GigachatBaseUrl",
        "GIGACHAT_AUTH_URL": "GigachatAuthUrl",
        "GIGACHAT_CA_BUNDLE_FILE": "GigachatCaBundleFile",
        "GIGACHAT_PARALLEL": "GigachatParallel",
        "ASK_COOLDOWN_SECONDS": "AskCooldownSeconds",
        "BUDGET_TOKENS_PER_DAY": "BudgetTokensPerDay",
    }
    # Exports read backups, so they need what `Protect` switches on.
    learning_source = {"Fn::If": ["Protected", "export", "pages"]}
    variables: dict[str, object] = {name: {"Ref": resource} for name, resource in ref.items()}
    made = {"CATALOG_URL": catalog_url(), "LEARNING_SOURCE": learning_source}
    return {"Environment": {"Variables": variables | made}}


def functions() -> dict[str, object]:
    """Overrides of Chalice's functions: literal stream and queue names become references within the stack."""
    overrides: dict[str, dict[str, object]] = {
        "plan": _stream("Plan", "FeedbackTable"),
        # New tombstones alone: every sign-up and profile change writes to that table too.
        "erase": _stream("Erase", "AccountsTable", NEW_TOMBSTONE),
        "rebuild": _queue("Rebuild", "RebuildQueue"),
        # FIFO: the message groups are the lanes, so no MaximumConcurrency is needed (which cannot go below 2).
        "ask": _queue("Ask", "AskQueue"),
        "purge_again": _queue("PurgeAgain", "ErasureQueue"),
    }
    return {
        resource: {
            "Properties": {
                "Timeout": TIMEOUT_SECONDS[name],
                "LoggingConfig": {  # levels can be set for JSON alone; the default would hide what operators look for
                    "LogGroup": {"Ref": f"{resource}Logs"},
                    "LogFormat": "JSON",
                    "ApplicationLogLevel": "INFO",
                },
                **overrides.get(name, {}),
            }
        }
        for name, resource in RESOURCE_OF.items()
    }


def logs() -> dict[str, object]:
    """One log group a function, kept a month: long enough to look into a complaint, and not for ever."""
    return {
        f"{resource}Logs": {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{name}"},
                "RetentionInDays": 30,
            },
        }
        for name, resource in RESOURCE_OF.items()
    }


def _stream(resource: str, table: str, wanted: Mapping[str, object] | None = None) -> dict[str, object]:
    filters = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(wanted)}]}} if wanted else {}
    return {
        "Events": {
            f"{resource}DynamodbEventSource": {
                "Properties": {
                    "Stream": {"Fn::GetAtt": [table, "StreamArn"]},
                    **filters,
                    "StartingPosition": "TRIM_HORIZON",  # a record written while the stack was being updated counts too
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                    "MaximumRetryAttempts": 10,
                    "BisectBatchOnFunctionError": True,
                    "DestinationConfig": {
                        "OnFailure": {"Type": "SQS", "Destination": {"Fn::GetAtt": ["StreamFailures", "Arn"]}}
                    },
                }
            }
        }
    }


def _queue(resource: str, queue: str) -> dict[str, object]:
    return {
        "Events": {
            f"{resource}SqsEventSource": {
                "Properties": {
                    "Queue": {"Fn::GetAtt": [queue, "Arn"]},
                    "FunctionResponseTypes": ["ReportBatchItemFailures"],
                }
            }
        }
    }
