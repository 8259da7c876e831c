"""Counts for CloudWatch, in its embedded metric format: a log line is all it takes, no call and no client.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

import json
import sys
import time

from chalicelib.settings import settings

NAMESPACE = "Kinosovet"


def count(metric: str, value: int = 1, **dimensions: str) -> None:
    """Counts `value` under the metric, by these dimensions. Dimension values must be few: each is a paid metric."""
    _write(metric, value, "Count", dimensions)


def measure_percent(metric: str, part: float, whole: float) -> None:
    """Tells what share of `whole` the `part` is now."""
    _write(metric, round(100 * part / whole, 1), "Percent", {})


def measure_seconds(metric: str, seconds: float) -> None:
    """Tells how long something took, or how old it is."""
    _write(metric, round(seconds, 1), "Seconds", {})


def _write(metric: str, value: float, unit: str, dimensions: dict[str, str]) -> None:
    by = {"stack": settings().stack_name} | dimensions  # two stacks of an account are two sites
    layout = {"Namespace": NAMESPACE, "Dimensions": [list(by)], "Metrics": [{"Name": metric, "Unit": unit}]}
    line = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [layout]}, metric: value} | by
    sys.stdout.write(json.dumps(line) + "\n")
