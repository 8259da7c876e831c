"""Bring in what your viewers did, or many films, by a file of JSON lines (gzip or not).

    python -m infra import interactions.ndjson.gz
    python -m infra import films.jsonl --kind films
    python -m infra import history.ndjson --language en --stack films-test

The same as `POST /v1/imports`, with your own rights in AWS and no server key: the file goes to the stack's bucket, and
the stack's functions take it. Whoever stops this command stops nothing: the import goes on, and its id tells of it.
"""

import argparse
import os
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from chalicelib.catalog.imports import Import, ImportStore, begin_import, get_import
from infra.stack_outputs import add_stack, outputs

POLL_SECONDS = 2.0
SEND_SECONDS = 3_600  # as long as the address is good
BAR = 30  # letters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file, of what, into which stack."""
    parser.add_argument("file", type=Path)
    parser.add_argument("--kind", choices=("interactions", "films"), default="interactions")
    parser.add_argument("--language", choices=("ru", "en"), default="ru", help="of viewers who have chosen none")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Sends the file and follows it. The exit code: 1 when it is refused, or cannot be sent."""
    stack = outputs(given.stack)
    os.environ |= {"IMPORTS_BUCKET": stack["ImportsBucket"], "IMPORTS_QUEUE_URL": stack["ImportsQueue"]}
    from chalicelib import resources

    store = resources.import_store()
    begun = begin_import(store, datetime.now(UTC), given.kind, given.language)
    try:
        _send(given.file, begun.upload_url)
    except OSError as error:
        print(f"✗ {given.file} cannot be sent: {getattr(error, 'reason', None) or error}", file=sys.stderr)
        return 1
    print(f"import {begun.import_id}")
    if given.kind == "interactions":  # films are looked for each minute alone
        resources.step_queue().send(begun.import_id, f"{begun.import_id}-sent")
    held = _followed(store, begun.import_id)
    for one in held.errors:
        print(f"  row {one.row}, {one.field or 'the line'}: {one.message}" if one.row else f"  {one.message}")
    sign = "✓" if held.state == "done" else "✗"
    print(f"{sign} {held.accepted:,} of {held.rows:,} rows are taken, {held.rejected:,} are not")
    return 0 if held.state == "done" else 1


def _send(path: Path, url: str) -> None:
    """Raises `OSError`."""
    with path.open("rb") as file:
        headers = {"Content-Length": str(path.stat().st_size), "Content-Type": ""}
        request = urllib.request.Request(url, file, headers, method="PUT")  # noqa: S310 - the bucket's own address
        with urllib.request.urlopen(request, timeout=SEND_SECONDS):  # noqa: S310
            pass


def _followed(store: ImportStore, import_id: str) -> Import:
    """What became of it; until then, how far it is, in one line that changes where somebody looks on."""
    shows = sys.stderr.isatty()
    for held in _seen(store, import_id):
        if shows:
            print(f"\r{progress(held)}", end="", file=sys.stderr, flush=True)
        if held.state in ("done", "failed"):
            if shows:
                print(file=sys.stderr)
            return held
    raise AssertionError("an import is looked at until it has ended")


def _seen(store: ImportStore, import_id: str) -> Iterator[Import]:
    while True:
        yield get_import(store, import_id)
        time.sleep(POLL_SECONDS)


def progress(held: Import) -> str:
    """One line, as wide every time."""
    known = held.progress
    if held.state == "done":
        share, doing = 1.0, "done"
    elif known is None or not known.is_sorted:
        share, doing = 0.0, f"{held.rows:,} rows read" if held.rows else held.state
    else:
        share, doing = known.kept / known.parts, f"{held.accepted:,} of {held.rows:,} rows kept"
    full = round(share * BAR)
    return f"{'█' * full}{'·' * (BAR - full)} {share:4.0%} {doing}".ljust(BAR + 50)
