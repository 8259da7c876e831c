"""What wakes the catalogue's own function: the clock."""

import logging

from chalice import Blueprint
from chalice.app import CloudWatchEvent

from chalicelib import resources
from chalicelib.init_phase import opens
from chalicelib.settings import PLACEHOLDER

bp = Blueprint(__name__)
log = logging.getLogger(__name__)


@bp.schedule(PLACEHOLDER, name="tend_catalog")
@opens("chalicelib.catalog.port", resources.fetched_catalog)
def tend_catalog(event: CloudWatchEvent) -> dict[str, int]:  # noqa: ARG001 - Chalice passes it
    """Works single changes into the catalogue once they are many. Twice at once, or none at all, does no harm."""
    folded = resources.whole_catalog().fold_changes()
    if folded:
        log.info("tend_catalog: %d changes folded in", folded)
    return {"folded": folded}
