"""`/v1/events`: what viewers were shown, and what they did with it."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from chalice import Blueprint, Response

from chalicelib import resources
from chalicelib.auth.authorizer import door
from chalicelib.http.endpoint import Call, answer_of, endpoint
from chalicelib.init_phase import API, open_in
from chalicelib.outcomes.tell import EVENTS_MAX, Event, tell

bp = Blueprint(__name__)
open_in(API, resources.pseudonyms, resources.telling, resources.experiments, resources.prompt_versions)


class EventsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happened since the client told the last time."""

    events: Annotated[tuple[Event, ...], msgspec.Meta(max_length=EVENTS_MAX)]


class EventsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many events were taken: all of them."""

    accepted: int


@endpoint(bp, "POST", "/v1/events", body=EventsBody, answer=EventsAnswer, status=202, door=door)
def tell_events(call: Call[EventsBody, None]) -> Response:
    """Tell what I was shown and did.

    At most 100 events, none of the future and none older than seven days; if one is wrong, none is taken. Telling an
    event again changes nothing. They are kept for five weeks, under a name that nobody can lead back to the viewer
    once the account is deleted.
    """
    events, user_id, now = call.body.events, call.viewer.user_id, datetime.now(UTC)
    accepted = tell(
        events, user_id, resources.pseudonyms(), resources.telling(), now, resources.experiments(),
        resources.prompt_versions(),
    )  # fmt: skip
    return answer_of(EventsAnswer(accepted=accepted), 202)
