"""What wakes the catalogue's own function: the clock."""

from datetime import UTC, datetime

from chalice import Blueprint
from chalice.app import CloudWatchEvent

from chalicelib import resources
from chalicelib.init_phase import opens
from chalicelib.settings import PLACEHOLDER
from chalicelib.tracing import invocation_of, note, tracing

bp = Blueprint(__name__)


@bp.schedule(PLACEHOLDER, name="tend_catalog")
@opens("chalicelib.catalog.imports", resources.import_store, resources.fetched_catalog, resources.step_queue)
def tend_catalog(event: CloudWatchEvent) -> dict[str, int]:
    """Takes the files that have come, and works single changes into the catalogue once they are many. Twice at once, or
    none at all, does no harm."""
    from chalicelib.catalog.imports import take_waiting

    with tracing("tend_catalog", invocation_of(event), ""):
        folded = resources.whole_catalog().fold_changes()
        store, steps = resources.import_store(), resources.step_queue()
        taken = take_waiting(store, resources.whole_catalog(), steps, datetime.now(UTC))
        note(taken=taken, folded=folded)
    return {"taken": taken, "folded": folded}
