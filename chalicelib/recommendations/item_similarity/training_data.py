"""What the learning job reads: a gzipped CSV for each imported rating file, one for the site's own feedback where that
cannot be exported, and one for what viewers have watched.

All lie under `judgements/` of the learning bucket, where the Glue table points; rows are user, film, 1 (liked),
0 (disliked), 2 (only seen), 3 (began to play) or 4 (seen to its end), and microseconds. Imported files are put there
once (`python -m infra train add`) and never pass the feedback stream.
"""

import csv
import gzip
import io
import logging
import tempfile
from collections.abc import Iterable
from typing import IO, Any, NamedTuple, Protocol

from chalicelib.errors import UnavailableError
from chalicelib.outcomes.watched import Watched

log = logging.getLogger(__name__)

PREFIX = "judgements/"  # as 0.1 named it: imported files of other sites lie there
OWN = "feedback"
WATCHED = "watched"


class Row(Protocol):
    """Of such a file."""

    @property
    def user_id(self) -> str: ...
    @property
    def film_id(self) -> str: ...
    @property
    def said(self) -> int: ...
    @property
    def rated_at(self) -> int: ...


class WatchedRow(NamedTuple):
    """A film that was played."""

    user_id: str
    film_id: str
    said: int
    rated_at: int


def write_watched(s3: Any, bucket: str, watched: Iterable[Watched]) -> int:
    """Replaces the file of what viewers have watched. Where that cannot be told it goes, and the day's learning has
    what was said alone: nobody waits for it."""
    rows = (WatchedRow(one.user_id, one.film_id, 3 + one.finished, one.moment) for one in watched)
    try:
        return write_interactions(s3, bucket, WATCHED, rows)
    except UnavailableError:
        log.warning("learn: what was watched cannot be told today", exc_info=True)
        s3.delete_object(Bucket=bucket, Key=key_of(WATCHED))
        return 0


def write_interactions(s3: Any, bucket: str, name: str, interactions: Iterable[Row]) -> int:
    """Replaces the object `name` in one step: a query that runs meanwhile reads the old or the new one. Returns how
    many rows it holds. Takes about 45 bytes of temporary disk a row."""
    with tempfile.TemporaryFile() as file:
        count = _write(file, interactions)
        file.seek(0)
        s3.upload_fileobj(file, bucket, key_of(name))
    return count


def key_of(name: str) -> str:
    """Where the file of that name lies."""
    return f"{PREFIX}{name}.csv.gz"


def _write(file: IO[bytes], interactions: Iterable[Row]) -> int:
    count = 0
    with gzip.open(file, "wb", compresslevel=5) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        for one in interactions:
            writer.writerow((one.user_id, one.film_id, one.said, one.rated_at))
            count += 1
    return count
