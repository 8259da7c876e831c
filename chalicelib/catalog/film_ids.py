"""The one place where a source's name for a film becomes our id."""

import uuid

# Never change it: every stored like points to an id made with it.
FILMS_NAMESPACE = uuid.UUID("6f5b0d1e-3c1d-5b0a-9d3f-7a1c52c0f1b4")


def film_id_of(source_id: str) -> str:
    """The id of the film that its source calls `source_id` (tt0111161, kp326, ml318): uuid5, so a reload keeps it."""
    return str(uuid.uuid5(FILMS_NAMESPACE, source_id.strip()))
