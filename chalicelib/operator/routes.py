"""`/v1/operator/…`: for the role `operator`, and server keys with the scope `operate`."""

import logging
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from chalice import Blueprint

from chalicelib import resources
from chalicelib.auth.accounts import Profile, profile_of
from chalicelib.auth.authorizer import door
from chalicelib.auth.elsewhere.profiles import shown
from chalicelib.auth.emails import folded
from chalicelib.errors import InvalidInputError
from chalicelib.http.endpoint import Call, endpoint, is_uuid, uuid_of
from chalicelib.operator.dead_letters import DeadLetters, Redriven, look, send_again
from chalicelib.operator.experiments import ExperimentsReport, experiments
from chalicelib.operator.outcomes import Outcomes, outcomes
from chalicelib.operator.status import Status, status
from chalicelib.operator.viewer_list import PublishedList, published_list
from chalicelib.outcomes.rates import By
from chalicelib.settings import settings
from chalicelib.tracing import hashed
from chalicelib.viewer_ids import of_server

bp = Blueprint(__name__)
log = logging.getLogger(__name__)
QUEUE_CHARACTERS_MAX = 80  # SQS has no longer ones


class OutcomesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Over which days, and what by."""

    days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 28
    by: By = "source"


class ViewersQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One of both: an e-mail address, or a viewer's id, ours or the site's own."""

    email: Annotated[str, msgspec.Meta(min_length=1, max_length=254)] | None = None
    viewer: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None


class FoundViewer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who may be a viewer here. `profile` is null where nothing was ever chosen."""

    user_id: str
    profile: Profile | None
    has_list: bool


class FoundViewers(msgspec.Struct, frozen=True, kw_only=True):
    """One, or none."""

    viewers: tuple[FoundViewer, ...]


@endpoint(bp, "GET", "/v1/operator/outcomes", query=OutcomesQuery, answer=Outcomes, door=door)
def get_outcomes(call: Call[None, OutcomesQuery]) -> Outcomes:
    """What became of what was shown: by source, place, surface or experiment.

    Each rate is a share of the showings with its 95 % interval; `corrected` is the share as it would be if everything
    had stood where the site's films stand on average. Counted within an hour.
    """
    return outcomes(resources.outcome_days(), call.query.days, call.query.by, datetime.now(UTC))


@endpoint(bp, "GET", "/v1/operator/experiments", answer=ExperimentsReport, door=door)
def get_experiments(call: Call[None, None]) -> ExperimentsReport:  # noqa: ARG001 - whoever is let in sees all of it
    """How the experiments stand: each arm's share, what it came to, what was stopped, and whether the model pays."""
    return experiments(resources.experiment_parts())


@endpoint(bp, "GET", "/v1/operator/status", answer=Status, door=door)
def get_status(call: Call[None, None]) -> Status:  # noqa: ARG001 - whoever is let in sees all of it
    """How the site is doing right now: questions, tokens, lists, queues, catalogue, learning."""
    return status(resources.status_parts(), datetime.now(UTC))


@endpoint(bp, "GET", "/v1/operator/queues/{queue}/dead-letters", answer=DeadLetters, door=door, problems=(404,))
def get_dead_letters(call: Call[None, None], queue: str) -> DeadLetters:  # noqa: ARG001 - whoever is let in sees them
    """Some of a queue's dead letters, at most ten: when they were sent, how often they were tried, the kind of error.

    What is in them is not shown: it may name a viewer."""
    return look(resources.dead_letter_queues(), _checked(queue))


@endpoint(bp, "POST", "/v1/operator/queues/{queue}/dead-letters/redrive", answer=Redriven, door=door, problems=(404,))
def redrive_dead_letters(call: Call[None, None], queue: str) -> Redriven:  # noqa: ARG001
    """Send a queue's dead letters back to work, at most fifty at a time.

    Every step may run twice, so nothing is lost or done wrong by it."""
    redriven = send_again(resources.dead_letter_queues(), _checked(queue), datetime.now(UTC))
    log.info("an operator sent %d dead letters of %s back to work", redriven.sent, redriven.queue)
    return redriven


@endpoint(bp, "GET", "/v1/operator/viewers", query=ViewersQuery, answer=FoundViewers, door=door)
def find_viewers(call: Call[None, ViewersQuery]) -> FoundViewers:
    """Find a viewer by e-mail address or id.

    `viewer` is an id of ours, as `GET /v1/me` shows it, or the site's own id, as its servers send it in `X-Viewer`. A
    viewer from elsewhere who has chosen nothing and has no list is not found.
    """
    asked = call.query
    if (asked.email is None) == (asked.viewer is None):
        raise InvalidInputError("Give either an e-mail address or a viewer.", "email")
    if asked.email is not None:
        user_id = resources.account_store().find_user_id(folded(asked.email))
    else:
        user_id = _user_id(asked.viewer or "")
    if user_id is None:
        return FoundViewers(viewers=())
    profile = _profile(user_id)
    has_list = resources.recommendation_store().read_page(user_id).list_ is not None
    if profile is None and not has_list:
        return FoundViewers(viewers=())
    log.info("an operator looked somebody up: user %s", hashed(user_id))
    return FoundViewers(viewers=(FoundViewer(user_id=user_id, profile=profile, has_list=has_list),))


@endpoint(bp, "GET", "/v1/operator/viewers/{user_id}/list", answer=PublishedList, door=door, problems=(404,))
def get_viewer_list(call: Call[None, None], user_id: str) -> PublishedList:
    """A viewer's list as published, each place with what put it there."""
    log.info("an operator looked at the list of user %s", hashed(user_id))
    return published_list(resources.recommendation_store(), user_id, call.language, datetime.now(UTC))


def _checked(queue: str) -> str:
    """The name, if it can be a queue's. Raises `InvalidInputError`."""
    if len(queue) > QUEUE_CHARACTERS_MAX:
        raise InvalidInputError("No queue has a name so long.", "queue")
    return queue


def _profile(user_id: str) -> Profile | None:
    account = resources.account_store().find(user_id)
    if account is not None:
        return profile_of(account, settings())
    chosen = resources.foreign_store().find(user_id)
    return shown(chosen, is_operator=False) if chosen else None


def _user_id(viewer: str) -> str:
    return uuid_of(viewer, "viewer") if is_uuid(viewer) else of_server(viewer)
