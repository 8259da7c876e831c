"""What wakes the feedback's own function: the queue of files that are brought in."""

import logging

import msgspec
from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import resources
from chalicelib.catalog.imports import NextStep
from chalicelib.init_phase import opens
from chalicelib.metrics import count
from chalicelib.patience import rest_seconds
from chalicelib.settings import PLACEHOLDER
from chalicelib.tracing import invocation_of, note, tracing

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]

ENDING_SECONDS = 60
"""Left of the function's time when nothing more is begun: a round is read in some five seconds, and eight viewers of
10,000 films each are written in some twenty."""


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="take_imports")
@opens("chalicelib.feedback.bulk.taking", resources.taking, resources.fetched_catalog)
def take_imports(event: SQSEvent) -> Failures:
    """The next step of an import is due. A message that fails is delivered again, later each time."""
    from chalicelib.feedback.bulk.taking import take_step

    def has_time() -> bool:
        return bool(event.context.get_remaining_time_in_millis() > ENDING_SECONDS * 1000)

    failed: list[dict[str, str]] = []
    for record in event.to_dict()["Records"]:
        receives = int(record["attributes"]["ApproximateReceiveCount"])
        try:
            with tracing("take_imports", invocation_of(event), ""):
                message = msgspec.json.decode(record["body"], type=NextStep)
                note(import_id=message.import_id)
                note(done=take_step(resources.taking(), message.import_id, has_time, receives))
        except Exception as error:
            log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
            failed.append({"itemIdentifier": record["messageId"]})
            count("MessagesFailed", queue="imports")
            resources.step_queue().deliver_again_in(record["receiptHandle"], rest_seconds(receives))
    return {"batchItemFailures": failed}
