"""What wakes the functions of outcomes: the queue of what was told, and a clock."""

import logging
from datetime import UTC, datetime

import msgspec
from chalice import Blueprint
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import resources
from chalicelib.init_phase import opens
from chalicelib.metrics import count
from chalicelib.outcomes.model import ToldBatch
from chalicelib.settings import PLACEHOLDER

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="write_events")
@opens("chalicelib.outcomes.write_down", resources.event_files)
def write_events(event: SQSEvent) -> Failures:
    """Events were told. What cannot be read comes again alone, until it is a dead letter; the others are one file."""
    from chalicelib.outcomes.write_down import write_down

    failed: list[str] = []
    batches: dict[str, ToldBatch] = {}
    for record in event.to_dict()["Records"]:
        try:
            batches[record["messageId"]] = msgspec.json.decode(record["body"], type=ToldBatch)
        except msgspec.MsgspecError as error:
            log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
            failed.append(record["messageId"])
    try:
        if batches:
            write_down(batches, resources.event_files())
    except Exception as error:
        for message in batches:
            log.exception("message %s failed: %r", message, error)
        failed += batches
    if failed:
        count("MessagesFailed", len(failed), queue="events")
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


@bp.schedule(PLACEHOLDER, name="count_outcomes")
@opens("chalicelib.outcomes.count", resources.event_files, resources.outcome_days, resources.event_counting)
def count_outcomes(event: CloudWatchEvent) -> dict[str, int]:  # noqa: ARG001 - Chalice passes it
    """The days of which something new was told are counted. A failure is an error of the function: what was counted
    before stays."""
    from chalicelib.outcomes.count import count_days

    counting = resources.event_counting()
    days = 0
    if counting is not None:
        days = count_days(resources.event_files(), counting, resources.outcome_days(), datetime.now(UTC))
    log.info("count_outcomes: %d days", days)
    return {"days": days}
