"""What Chalice's decorators cannot say of the functions, from their declarations: environment, events, roles, logs."""

import json

from infra.deploy.declaration import STREAM_FAILURES, Authorizer, Function, Http, Queue, Schedule, Stream
from infra.deploy.functions import FUNCTIONS, QUEUES
from infra.deploy.grants import attribute
from infra.deploy.template.parameters import catalog_url, meaning_url
from infra.deploy.template.policies import policy


def function_globals() -> dict[str, object]:
    """The environment of every function; which of these it may touch is its policy's business."""
    ref = {
        "ACCOUNTS_TABLE": "AccountsTable",
        "SESSIONS_TABLE": "SessionsTable",
        "FEEDBACK_TABLE": "FeedbackTable",
        "RECOMMENDATIONS_TABLE": "RecommendationsTable",
        "ITEM_SIMILARITY_TABLE": "NeighboursTable",
        "LEARNING_BUCKET": "LearningBucket",
        "LEARNING_DATABASE": "LearningDatabase",
        "LEARNING_WORKGROUP": "LearningWorkgroup",
        "BUDGET_TABLE": "BudgetTable",
        "OUTCOMES_TABLE": "OutcomesTable",
        **{queue.variable: queue.id for queue in QUEUES},
        **{queue.dead_letters_variable: queue.dead_letters_id for queue in QUEUES},
        "TOKEN_KEYS_SECRET": "TokenKeys",
        "IMPORTS_BUCKET": "ImportsBucket",
        "SERVER_KEYS_SECRET": "ServerKeys",
        "CATALOG_SIGN": "CatalogSign",
        "LLM_SECRET": "GigachatKey",
        "LLM_MODEL": "GigachatModel",
        "LLM_EMBEDDER": "GigachatEmbedder",
        "LLM_BASE_URL": "GigachatBaseUrl",
        "LLM_AUTH_URL": "GigachatAuthUrl",
        "LLM_CA_BUNDLE_FILE": "GigachatCaBundleFile",
        "LLM_PARALLEL": "GigachatParallel",
        "ASK_COOLDOWN_SECONDS": "AskCooldownSeconds",
        "ASK_FIRST_PAUSE_SECONDS": "AskFirstPauseSeconds",
        "REGISTRATIONS_PER_HOUR": "RegistrationsPerHour",
        "CONFIRM_EMAIL": "ConfirmEmail",
        "OWN_ACCOUNTS": "OwnAccounts",
        "TRUSTED_ISSUERS": "TrustedIssuers",
        "CORS_ORIGINS": "CorsOrigins",
        "SERVER_REQUESTS_PER_MINUTE": "ServerRequestsPerMinute",
        "MAIL_SENDER": "MailSender",
        "PAGE_ADDRESS": "PageUrl",
        "TRUSTED_PROXIES": "TrustedProxies",
        "BUDGET_TOKENS_PER_DAY": "BudgetTokensPerDay",
        "ROUBLES_PER_MILLION_TOKENS": "RoublesPerMillionTokens",
        "EVENING_PERCENT": "EveningPercent",
        "EVENING_STARTS_UTC": "EveningStartsUtc",
        "PRESENT_KEPT_PERCENT": "PresentKeptPercent",
        "PREMIERES_PER_DAY": "PremieresPerDay",
        "PREMIERES_PERCENT": "PremieresPercent",
        "TEXTS_PERCENT": "TextsPercent",
        "MEANING_PERCENT": "MeaningPercent",
        "LOST_CALLS_PERCENT": "LostCallsPercent",
        "COMMON_PERCENT": "CommonPercent",
        "ASK_LANE_DEPTH": "AskLaneDepth",
        "PRESENT_PERCENT": "PresentPercent",
    }
    # Exports read backups, so they need what `Protect` switches on.
    learning_source = {"Fn::If": ["Protected", "export", "pages"]}
    variables: dict[str, object] = {name: {"Ref": resource} for name, resource in ref.items()}
    made = {
        "CATALOG_URL": catalog_url(),
        "MEANING_URL": meaning_url(),
        "LEARNING_SOURCE": learning_source,
        "WEEKLY_LETTERS": {"Fn::If": ["WritesWeekly", "true", "false"]},
        "STACK_NAME": {"Ref": "AWS::StackName"},
    }
    return {"Environment": {"Variables": variables | made}}


def functions() -> dict[str, object]:
    """Overrides of Chalice's functions and roles: limits, references within the stack, and what each may touch."""
    return {
        resource: {"Properties": properties}
        for one in FUNCTIONS
        for resource, properties in (
            (one.id, function_properties(one)),
            (one.role_id, {"Policies": [{"PolicyName": f"{one.role_id}Policy", "PolicyDocument": policy(one)}]}),
        )
    }


def function_properties(function: Function) -> dict[str, object]:
    """What the declaration says, as SAM says it."""
    reserved = {"Ref": function.reserved_parameter}
    return {
        "Timeout": function.timeout_seconds,
        "MemorySize": function.memory_mb,
        "LoggingConfig": {  # levels can be set for JSON alone; the default would hide what operators look for
            "LogGroup": {"Ref": function.logs_id},
            "LogFormat": "JSON",
            "ApplicationLogLevel": "INFO",
        },
        "ReservedConcurrentExecutions": {"Fn::If": [function.reserved_parameter, reserved, {"Ref": "AWS::NoValue"}]},
        **(_network() if function.needs_catalog else {}),
        **_events(function),
    }


def _network() -> dict[str, object]:
    """Only a function that reads the catalogue joins its network: outside of one nothing has to be led back out."""
    inside = {"SubnetIds": {"Ref": "CatalogSubnets"}, "SecurityGroupIds": {"Ref": "CatalogSecurityGroups"}}
    return {"VpcConfig": {"Fn::If": ["InNetwork", inside, {"Ref": "AWS::NoValue"}]}}


def _events(function: Function) -> dict[str, object]:
    """The event under Chalice's name for it, so that it overrides the decorator's placeholders."""
    match function.source:
        case Stream() as stream:
            return _event(f"{function.id}DynamodbEventSource", _stream(stream))
        case Queue() as queue:
            return _event(f"{function.id}SqsEventSource", _queue(queue, function.at_once_parameter))
        case Schedule(expression, state):
            switched = {"State": state} if state else {}
            return _event(f"{function.id}Event", {"Schedule": expression, **switched})
        case Http() | Authorizer():
            return {}


def _event(name: str, properties: dict[str, object]) -> dict[str, object]:
    return {"Events": {name: {"Properties": properties}}}


def _stream(stream: Stream) -> dict[str, object]:
    filters = {"FilterCriteria": {"Filters": [{"Pattern": json.dumps(stream.only)}]}} if stream.only else {}
    return {
        "Stream": attribute(stream.table.id, "StreamArn"),
        **filters,
        "BatchSize": stream.batch,
        "StartingPosition": "TRIM_HORIZON",  # a record written while the stack was being updated counts too
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        "MaximumRetryAttempts": stream.retries,
        "BisectBatchOnFunctionError": True,
        "DestinationConfig": {"OnFailure": {"Type": "SQS", "Destination": attribute(STREAM_FAILURES, "Arn")}},
    }


def _queue(queue: Queue, at_once: str) -> dict[str, object]:
    scaling: dict[str, object] = {}
    if queue.functions_at_once_max is not None:
        scaling = {"ScalingConfig": {"MaximumConcurrency": {"Ref": at_once}}}
    gathering = {"MaximumBatchingWindowInSeconds": queue.gather_seconds} if queue.gather_seconds else {}
    return {
        "Queue": attribute(queue.id, "Arn"),
        "BatchSize": queue.batch,
        **gathering,
        "FunctionResponseTypes": ["ReportBatchItemFailures"],
        **scaling,
    }


def logs() -> dict[str, object]:
    """One log group a function, kept a month: long enough to look into a complaint, and not for ever."""
    return {
        one.logs_id: {
            "Type": "AWS::Logs::LogGroup",
            "Properties": {
                "LogGroupName": {"Fn::Sub": f"/aws/lambda/${{AWS::StackName}}-{one.name}"},
                "RetentionInDays": 30,
            },
        }
        for one in FUNCTIONS
    }
