"""A request, followed from the API through both queues to the list that came of it, from the structured logs.

    python -m infra trace 7c1d5f0e-5e0b-4f6f-9d0a-3a1d4f7b2c90
    python -m infra trace 7c1d5f0e-5e0b-4f6f-9d0a-3a1d4f7b2c90 --hours 72 --stack films-test

The id is the `X-Request-Id` of an answer, and the `request_id` of a problem. Every step that the request brought about
is a line: when, which, how long it took, what it says of itself. A step of another request may have done the work: a
list is made once for several words, and then under the newest one's id. What a viewer took back cannot be followed
beyond the API: nothing is left that could carry an id. Exit code 1 when nothing is found.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import boto3

from chalicelib.tracing import correlation_of
from infra.operator.dead_letters import log_groups_of
from infra.stack_outputs import add_stack

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

HOURS = 24
NAMED = ("step", "request_id", "correlation_id", "viewer", "took_ms")


class Line(NamedTuple):
    """What a step said of itself, and when."""

    at: datetime
    said: dict[str, Any]


def steps_of(logs: "CloudWatchLogsClient", request_id: str, log_groups: Sequence[str], since: datetime) -> list[Line]:
    """The steps that this request brought about, in the order in which they ended. Reads only what names it."""
    wanted, found = correlation_of(request_id), []
    start = int(since.timestamp() * 1000)
    for group in log_groups:
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=group, filterPattern=f'"{wanted}"', startTime=start
        )
        for event in (event for page in pages for event in page["events"]):
            for said in _spoken(event.get("message", "")):
                if said.get("correlation_id") == wanted:
                    found.append(Line(datetime.fromtimestamp(event["timestamp"] / 1000, UTC), said))
    return sorted(found, key=lambda line: (line.at, line.said["step"] != "api"))


def _spoken(message: str) -> Iterator[dict[str, Any]]:
    """An event is a line on AWS, and an invocation's whole output where an emulator keeps it so."""
    for text in message.splitlines():
        if text.startswith("{") and '"step"' in text:
            try:
                said = json.loads(text)
            except ValueError:  # cut off
                continue
            if isinstance(said, dict) and "step" in said:
                yield said


def lines(found: Sequence[Line]) -> Iterator[str]:
    """For a person to read."""
    if viewer := next((line.said["viewer"] for line in found if line.said.get("viewer")), ""):
        yield f"viewer {viewer}"
    for at, said in found:
        took = f"{said['took_ms']:6} ms" if "took_ms" in said else " " * 9
        told = "  ".join(f"{name} {value}" for name, value in said.items() if name not in NAMED)
        yield f"{at:%H:%M:%S}.{at.microsecond // 1000:03}  {said['step']:8} {took}  {told}".rstrip()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which request, and how far back it is looked for."""
    parser.add_argument("request_id", help="as an answer's X-Request-Id says it")
    parser.add_argument("--hours", type=int, default=HOURS, help=f"how far back to look; default: {HOURS}")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Prints the steps."""
    since = datetime.now(UTC) - timedelta(hours=given.hours)
    found = steps_of(boto3.client("logs"), given.request_id, log_groups_of(given.stack), since)
    if not found:
        print(f"nothing in the logs of the last {given.hours} hours names this request")
        return 1
    print("\n".join(lines(found)))
    return 0
