"""A Number parameter is a number where CloudFormation puts it, and a text in MiniStack: its poller asks whether what a
queue wakes at once is more than a number, and then delivers nothing."""

from collections.abc import Callable
from typing import Any

MOST = "MaximumConcurrency"


def with_number(mapping: dict[str, Any]) -> dict[str, Any]:
    """The event source mapping with a number for what it may wake at once."""
    scaling = mapping.get("ScalingConfig") or {}
    if MOST not in scaling:
        return mapping
    return mapping | {"ScalingConfig": scaling | {MOST: int(scaling[MOST])}}


def install() -> None:
    """Has MiniStack's poller see the number."""
    from ministack.services import lambda_svc

    limit: Callable[..., int] = lambda_svc._sqs_esm_concurrency
    lambda_svc._sqs_esm_concurrency = lambda esm, *more: limit(with_number(esm), *more)
