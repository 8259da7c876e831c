"""`/v1/operator/…`: for the role `operator`, and server keys with the scope `operate`."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from chalice import Blueprint

from chalicelib import resources
from chalicelib.auth.authorizer import door
from chalicelib.http.endpoint import Call, endpoint
from chalicelib.operator.outcomes import Outcomes, outcomes
from chalicelib.operator.status import Status, status
from chalicelib.outcomes.rates import By

bp = Blueprint(__name__)


class OutcomesQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Over which days, and what by."""

    days: Annotated[int, msgspec.Meta(ge=1, le=400)] = 28
    by: By = "source"


@endpoint(bp, "GET", "/v1/operator/outcomes", query=OutcomesQuery, answer=Outcomes, door=door)
def get_outcomes(call: Call[None, OutcomesQuery]) -> Outcomes:
    """What became of what was shown: by source, place, surface or experiment.

    Each rate is a share of the showings with its 95 % interval; `corrected` is the share as it would be if everything
    had stood where the site's films stand on average. Counted within an hour.
    """
    return outcomes(resources.outcome_days(), call.query.days, call.query.by, datetime.now(UTC))


@endpoint(bp, "GET", "/v1/operator/status", answer=Status, door=door)
def get_status(call: Call[None, None]) -> Status:  # noqa: ARG001 - whoever is let in sees all of it
    """How the site is doing right now: questions, tokens, lists, queues, catalogue, learning."""
    return status(resources.status_parts(), datetime.now(UTC))
