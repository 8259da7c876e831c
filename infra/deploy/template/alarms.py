"""What wakes an operator, and the board they look at then."""

import json

import msgspec

from chalicelib.metrics import NAMESPACE
from infra.deploy.declaration import STREAM_FAILURES, TOPIC, Alarm, Function, Http, Queue, Stream
from infra.deploy.functions import FUNCTIONS, QUEUES
from infra.deploy.template.api import API_NAME, STAGE

DEAD_LETTERS = (*(queue.dead_letters_id for queue in QUEUES), STREAM_FAILURES)
API_ERRORS_MOST = 4  # in five minutes: one client's bad luck wakes nobody
DAY_SECONDS = 86_400
FAILING_PERIODS = 3  # of five minutes in each of which a message failed: what passes at once wakes nobody


def topic() -> dict[str, object]:
    """Where alarms go, and the mail that follows from it when somebody is named."""
    return {
        TOPIC: {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Fn::Sub": "${AWS::StackName} alarms"}}},
        f"{TOPIC}Mail": {
            "Type": "AWS::SNS::Subscription",
            "Condition": "SomebodyIsWoken",
            "Properties": {"TopicArn": {"Ref": TOPIC}, "Protocol": "email", "Endpoint": {"Ref": "AlarmAddress"}},
        },
    }


def alarms() -> dict[str, object]:
    """One alarm a dead-letter queue, and what follows from each function's declaration."""
    wanted = [_waits(f"{queue}Alarm", queue, "ApproximateNumberOfMessagesVisible", 0) for queue in DEAD_LETTERS]
    for function in FUNCTIONS:
        wanted += alarms_of(function)
    return {one.id: _rendered(one) for one in wanted}


def alarms_of(function: Function) -> list[Alarm]:
    """On its errors and throttles, on how old what wakes it gets, and its own."""
    wanted = [msgspec.structs.replace(one, id=f"{one.id}Alarm") for one in function.alarms]
    if function.fails:
        wanted.append(_of_lambda(function, "Errors", 0))
    # A burst is throttled for a moment and comes again; a quarter of an hour of it means too small an account.
    wanted.append(_of_lambda(function, "Throttles", 0, periods=3))
    match function.source:
        case Http():
            wanted.append(_of_api("5XXError", API_ERRORS_MOST))
        case Stream(oldest_seconds=seconds):
            wanted.append(_of_lambda(function, "IteratorAge", 1_000 * seconds, statistic="Maximum"))
        case Queue(oldest_seconds=seconds) as queue:
            wanted.append(_waits(f"{queue.id}AgeAlarm", queue.id, "ApproximateAgeOfOldestMessage", seconds))
            # SQS leaves a message out of that age after its third delivery.
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
            failed = {"id": f"{queue.id}FailingAlarm", "metric": "MessagesFailed", "dimensions": {"queue": queue.name}}
            wanted.append(Alarm(**failed, above=0, periods=FAILING_PERIODS))  # type: ignore[arg-type]
    return wanted


def _of_lambda(function: Function, metric: str, above: float, *, statistic: str = "Sum", periods: int = 1) -> Alarm:
    return Alarm(
        id=f"{function.id}{metric}Alarm", namespace="AWS/Lambda", metric=metric, statistic=statistic,
        dimensions={"FunctionName": {"Ref": function.id}}, above=above, periods=periods,
    )  # fmt: skip


def _of_api(metric: str, above: float) -> Alarm:
    dimensions = {"ApiName": API_NAME, "Stage": STAGE}
    return Alarm(id=f"Api{metric}Alarm", namespace="AWS/ApiGateway", metric=metric, dimensions=dimensions, above=above)


def _waits(name: str, queue: str, metric: str, above: float) -> Alarm:
    dimensions = {"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}}
    return Alarm(id=name, namespace="AWS/SQS", metric=metric, statistic="Maximum", dimensions=dimensions, above=above)


def _rendered(alarm: Alarm) -> dict[str, object]:
    own = {"stack": {"Ref": "AWS::StackName"}} if alarm.namespace == NAMESPACE else {}
    dimensions = own | dict(alarm.dimensions)
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": alarm.namespace,
            "MetricName": alarm.metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": alarm.statistic,
            "Period": alarm.period_seconds,
            "EvaluationPeriods": alarm.periods,
            "Threshold": alarm.above,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": TOPIC}],
        },
    }


def dashboard() -> dict[str, object]:
    """One board: how long functions take, what fails, what waits, and what GigaChat costs."""
    queues = (*(queue.id for queue in QUEUES), *DEAD_LETTERS)
    shown: dict[str, list[list[object]]] = {
        "Duration, p95 (ms)": _of_functions("Duration", "p95"),
        "Errors": _of_functions("Errors", "Sum"),
        "Messages waiting": [
            ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", f"${{{queue}.QueueName}}"]
            for queue in queues
        ],
        "GigaChat, roubles a day": _roubles(),
    }
    widgets = [
        {"type": "metric", "width": 12, "height": 6, "properties": _widget(title, metrics)}
        for title, metrics in shown.items()
    ]
    body = {"Fn::Sub": json.dumps({"widgets": widgets})}
    return {"Dashboard": {"Type": "AWS::CloudWatch::Dashboard", "Properties": {"DashboardBody": body}}}


def _widget(title: str, metrics: list[list[object]]) -> dict[str, object]:
    return {"title": title, "region": "${AWS::Region}", "metrics": metrics}


def _of_functions(metric: str, statistic: str) -> list[list[object]]:
    return [["AWS/Lambda", metric, "FunctionName", f"${{{one.id}}}", {"stat": statistic}] for one in FUNCTIONS]


def _roubles() -> list[list[object]]:
    """The share of the budget that a day has used, in money.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    used = {"id": "used", "visible": False, "stat": "Maximum", "period": DAY_SECONDS}
    roubles = "used / 100 * ${BudgetTokensPerDay} * ${RoublesPerMillionTokens} / 1000000"
    return [
        [NAMESPACE, "BudgetUsed", "stack", "${AWS::StackName}", used],
        [{"expression": roubles, "label": "roubles", "period": DAY_SECONDS}],
    ]
