"""How full the stack's queues are, by SQS; how old what waits there is, by CloudWatch, which alone knows."""

import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.operator.status import QueueState

log = logging.getLogger(__name__)

LOOK_BACK = timedelta(minutes=15)  # a queue that is at rest is measured every few minutes only
PERIOD_SECONDS = 60
AT_ONCE = 8


class SqsQueues:
    """`Queues` of a stack. `urls` by name: the queue's and that of its dead letters."""

    def __init__(self, sqs: Any, cloudwatch: Any, urls: Mapping[str, tuple[str, str]]) -> None:
        self._sqs, self._cloudwatch, self._urls = sqs, cloudwatch, urls

    def states(self, now: datetime) -> Mapping[str, QueueState]:
        """Two requests a queue, beside each other, and one for all ages."""
        names = list(self._urls)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            waiting = pool.map(lambda name: self._count(self._urls[name][0]), names)
            dead = pool.map(lambda name: self._count(self._urls[name][1]), names)
            counts = dict(zip(names, zip(waiting, dead, strict=True), strict=True))
        ages = self._ages(now) if any(waits for waits, _ in counts.values()) else {}
        return {
            name: QueueState(waiting=waits, oldest_seconds=ages.get(name) if waits else 0, dead=lost)
            for name, (waits, lost) in counts.items()
        }

    def _count(self, url: str) -> int:
        # Those whose time has not come wait for nobody: each sitting has a look at its end ahead of it.
        kinds = [f"ApproximateNumberOfMessages{kind}" for kind in ("", "NotVisible")]
        told = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=kinds)["Attributes"]
        return sum(int(told.get(kind, 0)) for kind in kinds)

    def _ages(self, now: datetime) -> dict[str, int]:
        """In seconds, by queue; those that nobody has measured lately are left out."""
        asked = {f"q{number}": name for number, name in enumerate(self._urls)}
        queries = [
            {
                "Id": short,
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/SQS",
                        "MetricName": "ApproximateAgeOfOldestMessage",
                        "Dimensions": [{"Name": "QueueName", "Value": self._urls[name][0].rpartition("/")[2]}],
                    },
                    "Period": PERIOD_SECONDS,
                    "Stat": "Maximum",
                },
            }
            for short, name in asked.items()
        ]
        try:
            told = self._cloudwatch.get_metric_data(
                MetricDataQueries=queries, StartTime=now - LOOK_BACK, EndTime=now, ScanBy="TimestampDescending"
            )["MetricDataResults"]
        except (ClientError, BotoCoreError):
            log.exception("CloudWatch does not say how old messages are")
            return {}
        return {asked[one["Id"]]: int(one["Values"][0]) for one in told if one.get("Values")}
