"""What wakes an operator, and the board they look at then."""

from infra.deploy.declaration import STREAM_FAILURES
from infra.deploy.functions import FUNCTIONS, QUEUES

DEAD_LETTERS = (*(queue.dead_letters_id for queue in QUEUES), STREAM_FAILURES)


def alarms() -> dict[str, object]:
    """One alarm a dead-letter queue, and those that each function declares."""
    dead_letters: dict[str, object] = {
        f"{queue}Alarm": _alarm(
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": {"Fn::GetAtt": [queue, "QueueName"]}},
            "Maximum",
        )
        for queue in DEAD_LETTERS
    }
    return dead_letters | {
        f"{one.id}{metric}Alarm": _alarm("AWS/Lambda", metric, {"FunctionName": {"Ref": one.id}}, "Sum")
        for one in FUNCTIONS
        for metric in one.alarms
    }


def _alarm(namespace: str, metric: str, dimensions: dict[str, object], statistic: str) -> dict[str, object]:
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Namespace": namespace,
            "MetricName": metric,
            "Dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()],
            "Statistic": statistic,
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
    }


def dashboard() -> dict[str, object]:
    """One board: how long functions take, what fails, what waits."""
    durations, failures = _metrics("Duration", "p95"), _metrics("Errors", "Sum")
    waiting = ",".join(
        f'["AWS/SQS","ApproximateNumberOfMessagesVisible","QueueName","${{{q}.QueueName}}"]'
        for q in (*(queue.id for queue in QUEUES), *DEAD_LETTERS)
    )
    widgets = ",".join(
        f'{{"type":"metric","width":12,"height":6,"properties":{{"title":"{title}","region":"${{AWS::Region}}","metrics":[{metrics}]}}}}'
        for title, metrics in (("Duration, p95 (ms)", durations), ("Errors", failures), ("Messages waiting", waiting))
    )
    return {
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardBody": {"Fn::Sub": f'{{"widgets":[{widgets}]}}'}},
        }
    }


def _metrics(metric: str, statistic: str) -> str:
    return ",".join(
        f'["AWS/Lambda","{metric}","FunctionName","${{{one.id}}}",{{"stat":"{statistic}"}}]' for one in FUNCTIONS
    )
