"""What wakes the weekly letter: a schedule, which is off until the operator wants it, and the queue of an issue."""

import logging
from datetime import UTC, datetime

import msgspec
from chalice import Blueprint
from chalice.app import CloudWatchEvent, SQSEvent

from chalicelib import resources
from chalicelib.init_phase import opens
from chalicelib.metrics import count
from chalicelib.settings import PLACEHOLDER, settings
from chalicelib.tracing import hashed, invocation_of, note, tracing

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]


@bp.schedule(PLACEHOLDER, name="begin_weekly")
@opens("chalicelib.weekly.send", resources.due_queue)
def begin_weekly(event: CloudWatchEvent) -> dict[str, bool]:
    """A weekend is near. The issue is known by the event's own time, so one that comes twice begins the same one."""
    from chalicelib.weekly.send import begin_issue

    issue = datetime.fromisoformat(event.to_dict()["time"]).astimezone(UTC)
    with tracing("begin_weekly", invocation_of(event), ""):
        begun = begin_issue(resources.due_queue(), settings(), issue)
        note(begun=begun)
    return {"begun": begun}


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="send_weekly")
@opens("chalicelib.weekly.send", resources.sending, resources.due_queue, resources.fetched_catalog)
def send_weekly(event: SQSEvent) -> Failures:
    """Pages of subscribers and single letters are due. A message that fails is delivered again alone."""
    from chalicelib.weekly.model import Due, Page
    from chalicelib.weekly.send import BeingSentError, queue_page, send_letter

    failed: list[dict[str, str]] = []
    for record in event.to_dict()["Records"]:
        try:
            with tracing("send_weekly", invocation_of(event), ""):
                due: Due = msgspec.json.decode(record["body"], type=Due)
                if isinstance(due, Page):
                    queue_page(due, resources.subscribers(), resources.due_queue(), datetime.now(UTC))
                    note(page=True)
                else:
                    note(viewer=hashed(due.user_id))
                    if send_letter(due, resources.sending(), lambda: datetime.now(UTC)):
                        note(sent=True)
                        count("WeeklyLetters")
        except BeingSentError:
            failed.append({"itemIdentifier": record["messageId"]})  # the same message twice: no failure of ours
        except Exception as error:
            log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
            failed.append({"itemIdentifier": record["messageId"]})
            count("MessagesFailed", queue="weekly")
    return {"batchItemFailures": failed}
