"""What the learning job reads: a gzipped CSV for each imported rating file, and one for the site's own feedback where
that cannot be exported.

All lie under `judgements/` of the learning bucket, where the Glue table points; rows are user, film, 1 (liked),
0 (disliked) or 2 (only seen), and microseconds. Imported files are put there once (`python -m infra train add`) and
never pass the feedback stream.
"""

import csv
import gzip
import io
import tempfile
from collections.abc import Iterable
from typing import IO, Any

from chalicelib.feedback.model import Interaction

PREFIX = "judgements/"  # as 0.1 named it: imported files of other sites lie there
OWN = "feedback"


def write_interactions(s3: Any, bucket: str, name: str, interactions: Iterable[Interaction]) -> int:
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


def _write(file: IO[bytes], interactions: Iterable[Interaction]) -> int:
    count = 0
    with gzip.open(file, "wb", compresslevel=5) as packed, io.TextIOWrapper(packed, "utf-8", newline="") as text:
        writer = csv.writer(text, lineterminator="\n")
        for one in interactions:
            writer.writerow((one.user_id, one.film_id, one.said, one.rated_at))
            count += 1
    return count
