"""What this package holds about a user, for the export."""

from typing import Any

import msgspec

from chalicelib.catalog.flat_fields import flat, title_fields
from chalicelib.recommendations.model import StoredFilm, StoredList
from chalicelib.recommendations.ports import RecommendationStore


def holdings(user_id: str, store: RecommendationStore) -> dict[str, Any]:
    """The list, the model's reply (as `answer`, its stored name) and the hot facts, read consistently; a film of the
    list is one flat object."""
    record = store.read(user_id)
    fields = msgspec.structs.asdict(record)
    reply = fields.pop("reply")
    return fields | {"list_": _list(record.list_) if record.list_ else None, "answer": reply}


def _list(held: StoredList) -> dict[str, Any]:
    causes = {film_id: tuple(title_fields(titles).values()) for film_id, titles in held.because_titles.items()}
    return msgspec.structs.asdict(held) | {"films": [_place(film) for film in held.films], "because_titles": causes}


def _place(film: StoredFilm) -> dict[str, Any]:
    fields = msgspec.structs.asdict(film)
    return flat(fields.pop("card")) | fields
