"""What this package holds about a user, for the export: the feedback under the names it is stored by."""

from typing import Any

from chalicelib.catalog.flat_fields import flat
from chalicelib.feedback.model import FeedbackStore


def holdings(user_id: str, store: FeedbackStore) -> list[dict[str, Any]]:
    """All of it, read consistently, newest first."""
    return [flat(item) for item in store.list_all(user_id)]
