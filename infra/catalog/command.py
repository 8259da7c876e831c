"""Loads a catalogue of films; readers see the old one or the new, never half of one.

    python -m infra films check films.csv
    python -m infra films load demo
    python -m infra films load films.jsonl --stack films-test
    python -m infra films load imdb/ --min-votes 100 --catalog-url https://my-domain.eu-central-1.es.amazonaws.com

A source that is refused changes nothing, and `check` says beforehand what a load would do. CSV and JSON lines have the
columns that the README names; a CSV may be written as a spreadsheet writes it, in UTF-8 or Windows-1251.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from chalicelib.catalog.model import CatalogUnavailableError
from infra.catalog.load import Summary, check, load
from infra.catalog.sources.rows import SourceRefusedError
from infra.stack_outputs import add_stack, outputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to load, and into which catalogue."""
    actions = parser.add_subparsers(dest="action", required=True)
    loading = actions.add_parser("load", help="replace the catalogue by a source's films")
    loading.add_argument("source", help="films.jsonl, films.csv, a folder of IMDb's TSV files, or demo")
    loading.add_argument("--catalog-url", help="default: $CATALOG_URL, else the stack's own catalogue")
    loading.add_argument("--min-votes", type=int, default=0, help="of IMDb's files: leave out films with fewer votes")
    checking = actions.add_parser("check", help="say what a load would do, and do nothing")
    checking.add_argument("source", help="as for load")
    checking.add_argument("--catalog-url", default="", help="an OpenSearch domain takes more films than a snapshot")
    checking.add_argument("--min-votes", type=int, default=0, help="as for load")
    add_stack(parser, loading, checking)


def run(given: argparse.Namespace) -> int:
    """The exit code: 0 loaded, or fit to be loaded; 1 refused (nothing changed)."""
    if given.action == "check":
        return _check(given)
    url = given.catalog_url or os.environ.get("CATALOG_URL")
    if not url:
        stack = outputs(given.stack)
        url, os.environ["CATALOG_SIGN"] = stack["Catalog"], stack["CatalogSign"]
    started = time.monotonic()
    try:
        summary = load(given.source, url, given.min_votes)
    except (SourceRefusedError, OSError, ValueError) as error:
        print(f"✗ {error}\n  The catalogue is unchanged.", file=sys.stderr)
        return 1
    except CatalogUnavailableError as error:
        cause = f" ({error.__cause__})" if error.__cause__ else ""
        print(f"✗ {url}: {error.detail}{cause}\n  The catalogue is unchanged.", file=sys.stderr)
        return 1
    _tell(given.source, summary)
    took = time.monotonic() - started
    print(f"✓ {summary.films} films loaded, {summary.refused} rows refused, {took:.1f} s")
    return 0


def _check(given: argparse.Namespace) -> int:
    try:
        summary = check(given.source, given.catalog_url, given.min_votes)
    except (SourceRefusedError, OSError, ValueError) as error:
        print(f"✗ {error}\n  A load would be refused, and change nothing.", file=sys.stderr)
        return 1
    _tell(given.source, summary)
    if summary.repeated:
        print(f"  {summary.repeated} rows repeat a film: the last one counts", file=sys.stderr)
    print(f"✓ {summary.films} films would be loaded, {summary.refused} rows refused; nothing was changed")
    return 0


def _tell(source: str, summary: Summary) -> None:
    if summary.ignored:
        print(f"  columns that no film has, left out: {', '.join(summary.ignored)}", file=sys.stderr)
    for refusal in summary.shown_refusals:
        print(f"  {refusal.file or Path(source).name}:{refusal.line}: {refusal.reason}", file=sys.stderr)
