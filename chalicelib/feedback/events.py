"""What wakes the feedback's own function: the queue of files that are brought in."""

import logging

import msgspec
from chalice import Blueprint
from chalice.app import SQSEvent

from chalicelib import resources
from chalicelib.catalog.imports import NextStep
from chalicelib.init_phase import opens
from chalicelib.metrics import count
from chalicelib.settings import PLACEHOLDER

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]

ENDING_SECONDS = 60
"""Left of the function's time when nothing more is begun: a round is read in some five seconds, and eight viewers of
10,000 films each are written in some twenty."""
RETRY_SECONDS, RETRY_SECONDS_MAX = 5, 240
"""Before the second delivery, twice as long before each later one: an outage is over some time."""


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
            message = msgspec.json.decode(record["body"], type=NextStep)
            done = take_step(resources.taking(), message.import_id, has_time, receives)
            log.info("import %s: %s", message.import_id, done)
        except Exception as error:
            log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
            failed.append({"itemIdentifier": record["messageId"]})
            count("MessagesFailed", queue="imports")
            # Without this it would rest for its whole visibility time-out, and with it whoever waits behind it.
            seconds = min(RETRY_SECONDS_MAX, RETRY_SECONDS * 2 ** min(receives - 1, 10))
            resources.step_queue().deliver_again_in(record["receiptHandle"], seconds)
    return {"batchItemFailures": failed}
