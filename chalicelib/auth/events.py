"""What wakes the functions of accounts: their table's stream, the erasure queue and the letters' queue."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from chalice import Blueprint
from chalice.app import DynamoDBEvent, SQSEvent

from chalicelib import resources
from chalicelib.init_phase import opens
from chalicelib.metrics import count
from chalicelib.settings import PLACEHOLDER, settings
from chalicelib.tracing import hashed, invocation_of, note, tracing

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]

TOMBSTONE = "erased#"  # what a tombstone's key begins with; the stream needs to carry no more than keys


@bp.on_dynamodb_record(stream_arn=PLACEHOLDER, name="erase")
@opens("chalicelib.auth.leaving.erasure", resources.erasers, resources.recommendation_store, resources.erasure_queue)
def erase(event: DynamoDBEvent) -> Failures:
    """An account was deleted. Stops at the first failure: Lambda delivers the batch again from there."""
    from chalicelib.auth.leaving.erasure import purge_first

    for record in event:
        pk = record.keys["pk"]["S"]
        if not pk.startswith(TOMBSTONE) or record.event_name == "REMOVE":
            continue
        user_id = pk.removeprefix(TOMBSTONE)
        try:
            with tracing("erase", invocation_of(event), "", user_id):
                purge_first(user_id, resources.erasers(), resources.erasure_queue(), settings(), datetime.now(UTC))
        except Exception:
            log.exception("purge failed: user %s", hashed(user_id))
            return {"batchItemFailures": [{"itemIdentifier": record.sequence_number}]}
    return {"batchItemFailures": []}


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="purge_again")
@opens(
    "chalicelib.auth.leaving.erasure",
    resources.account_store,
    resources.foreign_store,
    resources.attempt_store,
    resources.erasers,
    resources.recommendation_store,
    resources.erasure_queue,
)
def purge_again(event: SQSEvent) -> Failures:
    """Second purges are due. A message that fails is delivered again alone."""
    from chalicelib.auth.leaving.erasure import PurgeAgain
    from chalicelib.auth.leaving.erasure import purge_again as use_case

    def again(body: str) -> None:
        message = msgspec.json.decode(body, type=PurgeAgain)
        accounts, queue = resources.account_store(), resources.erasure_queue()
        with tracing("purge_again", invocation_of(event), "", message.user_id):
            use_case(message, accounts, resources.erasers(), queue, datetime.now(UTC), resources.readmit)

    return _each(event, "erasure", again)


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="post_letters")
@opens("chalicelib.auth.letters.post", resources.account_store, resources.code_store, resources.mailer)
def post_letters(event: SQSEvent) -> Failures:
    """Letters were asked for. A message that fails is delivered again alone."""
    from chalicelib.auth.letters.port import LetterWanted
    from chalicelib.auth.letters.post import post_letter

    def post(body: str) -> None:
        message = msgspec.json.decode(body, type=LetterWanted)
        accounts, codes = resources.account_store(), resources.code_store()
        with tracing("post_letters", invocation_of(event), ""):
            note(purpose=message.purpose)
            post_letter(message, accounts, codes, resources.mailer(), datetime.now(UTC))

    return _each(event, "letters", post)


def _each(event: SQSEvent, queue: str, act: Callable[[str], None]) -> Failures:
    """Has each message acted upon. One that fails is logged without its text, counted, and delivered again alone."""
    failed: list[dict[str, str]] = []
    for record in event.to_dict()["Records"]:
        try:
            act(record["body"])
        except Exception as error:
            log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
            failed.append({"itemIdentifier": record["messageId"]})
            count("MessagesFailed", queue=queue)
    return {"batchItemFailures": failed}
