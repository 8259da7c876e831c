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
from chalicelib.tracing import invocation_of, note, tracing

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="write_events")
@opens("chalicelib.outcomes.write_down", resources.event_files, resources.fetched_catalog)
def write_events(event: SQSEvent) -> Failures:
    """Events were told. What cannot be read comes again alone, until it is a dead letter; the others are one file."""
    from chalicelib.outcomes.write_down import write_down

    failed: list[str] = []
    batches: dict[str, ToldBatch] = {}
    with tracing("write_events", invocation_of(event), ""):
        for record in event.to_dict()["Records"]:
            try:
                batches[record["messageId"]] = msgspec.json.decode(record["body"], type=ToldBatch)
            except msgspec.MsgspecError as error:
                log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
                failed.append(record["messageId"])
        try:
            if batches:
                write_down(batches, resources.event_files(), resources.years_of)
        except Exception as error:
            for message in batches:
                log.exception("message %s failed: %r", message, error)
            failed += batches
        note(messages=len(batches), messages_failed=len(failed))
    if failed:
        count("MessagesFailed", len(failed), queue="events")
    return {"batchItemFailures": [{"itemIdentifier": one} for one in failed]}


@bp.schedule(PLACEHOLDER, name="count_outcomes")
@opens(
    "chalicelib.outcomes.count",
    resources.event_files,
    resources.outcome_days,
    resources.event_counting,
    resources.experiments,
    resources.open_looks,
    resources.outbox,
)
def count_outcomes(event: CloudWatchEvent) -> dict[str, int]:
    """The days of which something new was told are counted; once a day, experiments and the model's votes are looked
    at, and films that nobody touches make room. A failure is an error of the function: what was counted before stays.
    By hand (`detail: {"at_once": true}`) it does not wait for the day to be over."""
    from chalicelib.outcomes.count import count_days
    from chalicelib.outcomes.experiments.guardrail import look_at_experiments
    from chalicelib.outcomes.experiments.vote_weight import follow_outcomes
    from chalicelib.outcomes.resting import let_rest

    counting, now = resources.event_counting(), datetime.now(UTC)
    days = looked = rest = 0
    with tracing("count_outcomes", invocation_of(event), ""):
        if counting is not None:
            store, at_once = resources.outcome_days(), bool(event.detail.get("at_once"))
            days = count_days(resources.event_files(), counting, store, now)
            looked = len(look_at_experiments(resources.experiments(), store, counting, now, at_once=at_once))
            follow_outcomes(store, counting, now, at_once=at_once)
            rest = let_rest(resources.event_files(), counting, store, store, resources.wake_lists, now, at_once=at_once)
        note(days=days, experiments=looked, resting=rest)
    return {"days": days, "experiments": looked, "resting": rest}
