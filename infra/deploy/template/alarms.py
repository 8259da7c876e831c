"""What wakes an operator, and the board they look at then."""

from infra.deploy.template.functions import RESOURCE_OF

DEAD_LETTERS = ("RebuildQueueDeadLetters", "AskQueueDeadLetters", "ErasureQueueDeadLetters", "StreamFailures")


def alarms() -> dict[str, object]:
    """One alarm a dead-letter queue, one a function; the authorizer refuses by raising, so its errors mean nothing."""
    watched = {name: resource for name, resource in RESOURCE_OF.items() if name != "authorize"}
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
        f"{resource}ErrorsAlarm": _alarm("AWS/Lambda", "Errors", {"FunctionName": {"Ref": resource}}, "Sum")
        for resource in watched.values()
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
    durations = ",".join(
        f'["AWS/Lambda","Duration","FunctionName","${{{r}}}",{{"stat":"p95"}}]' for r in RESOURCE_OF.values()
    )
    failures = ",".join(
        f'["AWS/Lambda","Errors","FunctionName","${{{r}}}",{{"stat":"Sum"}}]' for r in RESOURCE_OF.values()
    )
    waiting = ",".join(
        f'["AWS/SQS","ApproximateNumberOfMessagesVisible","QueueName","${{{q}.QueueName}}"]'
        for q in ("RebuildQueue", "AskQueue", "ErasureQueue", *DEAD_LETTERS)
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
