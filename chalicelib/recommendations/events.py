"""What wakes the recommendation functions: a stream, two queues and a schedule. Parse, call, say what failed."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from chalice import Blueprint
from chalice.app import CloudWatchEvent, DynamoDBEvent, SQSEvent

from chalicelib import resources
from chalicelib.init_phase import opens
from chalicelib.metrics import count
from chalicelib.patience import rest_seconds
from chalicelib.recommendations.messages import Ask, Rebuild
from chalicelib.settings import PLACEHOLDER, queue_url, settings
from chalicelib.tracing import invocation_of, note, tracing, write_line

bp = Blueprint(__name__)
log = logging.getLogger(__name__)

type Failures = dict[str, list[dict[str, str]]]

POISON = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError)
"""What no waiting heals: a message that nobody can read, or a defect of ours."""
POISON_RECEIVES = 5
HANDLING_SECONDS = 10
"""Left of the function's time when another message of the batch is begun: with a slow catalogue the rest of the batch
is given back at once, where a killed worker would keep it out of sight for minutes."""
PUBLISHING_SECONDS = 10  # of the ask function's time, kept for matching and publishing after the model has answered


@bp.on_dynamodb_record(stream_arn=PLACEHOLDER, name="plan")
@opens("chalicelib.recommendations.plan", resources.recommendation_store, resources.outbox, resources.feedback_store)
def plan(event: DynamoDBEvent) -> Failures:
    """Feedback changed. Fails as a whole or not at all: sending twice is harmless. What a site brings in wakes nobody:
    the viewer's first look at their page does. Nor does a film put on the watchlist: the page subtracts it. What was
    taken away wakes in any case: nobody can see what it was, whatever stands there since."""
    from chalicelib.recommendations.plan import plan as use_case

    changed = [(record.keys["user_id"]["S"], record.keys["film_id"]["S"], record.event_name) for record in event]
    users = {user_id: "" for user_id, _, happened in changed if happened == "REMOVE"}
    users |= resources.feedback_store().said_here({(user_id, film_id) for user_id, film_id, _ in changed})
    use_case(resources.recommendation_store(), resources.outbox(), users, datetime.now(UTC), users)
    for user_id, trace in users.items():
        write_line("plan", invocation_of(event), trace, user_id, {})
    return {"batchItemFailures": []}


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="rebuild")
@opens(
    "chalicelib.recommendations.rebuild",
    resources.rebuild_dependencies,
    resources.fetched_catalog,
    resources.open_tallies,
)
def rebuild(event: SQSEvent) -> Failures:
    """Lists are due, as far as their marks say: a message is a hint, and a second one finds nothing to do."""
    from chalicelib.recommendations.rebuild import rebuild as use_case

    dependencies = resources.rebuild_dependencies()

    def handle(record: Any) -> None:
        message = msgspec.json.decode(record["body"], type=Rebuild)
        with tracing("rebuild", invocation_of(event), message.trace, message.user_id):
            note(done=use_case(dependencies, message.user_id, datetime.now(UTC)))

    return _each(event, handle, "rebuild")


@bp.on_sqs_message(queue_arn=PLACEHOLDER, name="ask")
@opens(
    "chalicelib.recommendations.ask",
    resources.ask_dependencies,
    resources.opened_model,
    resources.fetched_catalog,
    resources.film_dependencies,
    resources.text_dependencies,
    resources.embedding_dependencies,
    resources.open_tallies,
)
def ask(event: SQSEvent) -> Failures:
    """A question is due: of a viewer, about a film, or about a text; or a batch of films' vectors."""
    from chalicelib.recommendations.ask import ask as use_case
    from chalicelib.recommendations.premieres.ask_about import ask_about
    from chalicelib.recommendations.premieres.note import film_of
    from chalicelib.recommendations.wishes.ask_about_text import ask_about_text
    from chalicelib.recommendations.wishes.embed_films import embed_films, is_films
    from chalicelib.recommendations.wishes.texts import is_text

    dependencies = resources.ask_dependencies()

    def handle(record: Any) -> None:
        message = msgspec.json.decode(record["body"], type=Ask)
        left = event.context.get_remaining_time_in_millis() / 1000 - PUBLISHING_SECONDS
        film_id, text, films = film_of(message.user_id), is_text(message.user_id), is_films(message.user_id)
        viewer = "" if film_id or text or films else message.user_id
        with tracing("ask", invocation_of(event), message.trace, viewer):
            if films:
                note(about="films' vectors", ending=embed_films(resources.embedding_dependencies(), left))
                return
            if film_id:
                note(about="film", film_id=film_id)
                ending = ask_about(resources.film_dependencies(), film_id, left)
            elif text:
                note(about="text")
                ending = ask_about_text(resources.text_dependencies(), message.user_id, left)
            else:
                ending = use_case(dependencies, message.user_id, left)
            note(ending=ending)
        resources.tally_question(ending)

    return _each(event, handle, "ask")


@bp.schedule(PLACEHOLDER, name="sweep")
@opens("chalicelib.recommendations.sweep", resources.gate)
def sweep(event: CloudWatchEvent) -> None:
    """The look at who waits."""
    from chalicelib.recommendations.sweep import sweep as use_case

    with tracing("sweep", invocation_of(event), ""):
        swept = use_case(resources.gate(), datetime.now(UTC))
        note(rebuilds=swept.rebuilds, questions=swept.questions)


@bp.schedule(PLACEHOLDER, name="note_premieres")
@opens(
    "chalicelib.recommendations.premieres.note",
    "chalicelib.recommendations.wishes.embed_films",
    resources.recommendation_store,
    resources.film_questions,
    resources.fetched_catalog,
)
def note_premieres(event: CloudWatchEvent) -> dict[str, int]:
    """The look for films that have come, and whether the films wait for their vectors."""
    from chalicelib.recommendations.premieres.note import note_premieres as use_case
    from chalicelib.recommendations.wishes.embed_films import note_films

    store, questions, films = resources.recommendation_store(), resources.film_questions(), resources.catalog()
    with tracing("note_premieres", invocation_of(event), ""):
        note_films(store, settings(), datetime.now(UTC))
        noted = use_case(store, questions, films, settings(), datetime.now(UTC))
        note(noted=noted)
    return {"noted": noted}


@bp.schedule(PLACEHOLDER, name="learn")
@opens("chalicelib.recommendations.item_similarity.daily", resources.daily_dependencies, resources.fetched_catalog)
def learn(event: CloudWatchEvent) -> dict[str, str]:
    """A step of the daily learning of item similarity. A failure is an error of the function: yesterday's model stays.
    By hand (`detail: {"at_once": true}`) it does not wait for the day to be over."""
    from chalicelib.recommendations.item_similarity.daily import take_step

    at_once = bool(event.detail.get("at_once"))
    with tracing("learn", invocation_of(event), ""):
        outcome = take_step(resources.daily_dependencies(), datetime.now(UTC), at_once=at_once)
        note(outcome=outcome)
    return {"outcome": outcome}


def _each(event: SQSEvent, handle: Callable[[Any], None], queue: str) -> Failures:
    """Handles each message by itself. A fault that passes is waited for, longer each time; poison becomes a dead
    letter, at once when it cannot be read."""
    failed: list[dict[str, str]] = []
    for place, record in enumerate(event.to_dict()["Records"]):
        if place and event.context.get_remaining_time_in_millis() < HANDLING_SECONDS * 1000:
            failed.append({"itemIdentifier": record["messageId"]})
            resources.outbox().deliver_again_in(queue_url(queue), record["receiptHandle"], 0)
            continue
        try:
            handle(record)
        except Exception as error:
            log.exception("message %s failed: %r", record["messageId"], error)  # `dead-letters` looks for it
            if _is_poison(error, record) and _buried(queue, record, error):
                continue
            failed.append({"itemIdentifier": record["messageId"]})
            count("MessagesFailed", queue=queue)
            seconds = rest_seconds(int(record["attributes"]["ApproximateReceiveCount"]))
            resources.outbox().deliver_again_in(queue_url(queue), record["receiptHandle"], seconds)
    return {"batchItemFailures": failed}


def _is_poison(error: Exception, record: Any) -> bool:
    receives = int(record["attributes"]["ApproximateReceiveCount"])
    return isinstance(error, msgspec.MsgspecError) or (isinstance(error, POISON) and receives >= POISON_RECEIVES)


def _buried(queue: str, record: Any, error: Exception) -> bool:
    try:
        resources.outbox().bury(queue_url(f"{queue}_dead_letters"), record["body"], repr(error))
    except Exception:
        log.exception("message %s could not be put among the dead letters", record["messageId"])
        return False
    return True
