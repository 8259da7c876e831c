"""Files of events in S3: `events/day=YYYY-MM-DD/NAME.csv.gz`, without a header, where the Glue table points.

Their bucket forgets them after 35 days (`infra/deploy/template/learning.py`).
"""

import csv
import gzip
import hashlib
import io
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

PREFIX = "events/"


class S3EventFiles:
    """`EventFiles` in a bucket."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3, self._bucket = s3, bucket

    def write_file(self, day: date, name: str, rows: Iterable[Sequence[object]]) -> None:
        """One PUT. `mtime`: the same rows are the same bytes."""
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(rows)
        body = gzip.compress(text.getvalue().encode(), compresslevel=6, mtime=0)
        self._s3.put_object(Bucket=self._bucket, Key=f"{_folder(day)}{name}.csv.gz", Body=body)

    def fingerprint(self, day: date) -> str:
        """One LIST for a thousand files."""
        digest, found = hashlib.sha256(), False
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=_folder(day)):
            for one in page.get("Contents", []):
                found = True
                digest.update(f"{one['Key']} {one['ETag']}\n".encode())
        return digest.hexdigest()[:16] if found else ""

    def has_any(self) -> bool:
        """One LIST of one key."""
        return bool(self._s3.list_objects_v2(Bucket=self._bucket, Prefix=PREFIX, MaxKeys=1).get("KeyCount"))


def _folder(day: date) -> str:
    return f"{PREFIX}day={day.isoformat()}/"
