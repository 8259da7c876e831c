"""Loads a catalogue of films; readers see the old one or the new, never half of one.

    python -m infra films load demo
    python -m infra films load films.jsonl --stack films-test
    python -m infra films load imdb/ --min-votes 100 --catalog-url https://my-domain.eu-central-1.es.amazonaws.com

A source that is refused changes nothing. CSV and JSON lines have the columns that the README names.
"""

import argparse
import os
import sys
import time
from pathlib import Path

from chalicelib.catalog.model import CatalogUnavailableError
from infra.catalog.load import SourceRefusedError, load
from infra.stack_outputs import add_stack, outputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to load, and into which catalogue."""
    actions = parser.add_subparsers(dest="action", required=True)
    loading = actions.add_parser("load", help="replace the catalogue by a source's films")
    loading.add_argument("source", help="films.jsonl, films.csv, a folder of IMDb's TSV files, or demo")
    loading.add_argument("--catalog-url", help="default: $CATALOG_URL, else the stack's own catalogue")
    loading.add_argument("--min-votes", type=int, default=0, help="of IMDb's files: leave out films with fewer votes")
    add_stack(parser, loading)


def run(given: argparse.Namespace) -> int:
    """The exit code: 0 loaded, 1 refused (nothing changed)."""
    url = given.catalog_url or os.environ.get("CATALOG_URL")
    if not url:
        stack = outputs(given.stack)
        url, os.environ["CATALOG_SIGN"] = stack["Catalog"], stack["CatalogSign"]
    started = time.monotonic()
    try:
        summary = load(given.source, url, given.min_votes)
    except (SourceRefusedError, FileNotFoundError) as error:
        print(f"✗ {error}\n  The catalogue is unchanged.", file=sys.stderr)
        return 1
    except CatalogUnavailableError as error:
        print(f"✗ {error.detail}\n  The catalogue is unchanged.", file=sys.stderr)
        return 1
    for refusal in summary.shown_refusals:
        print(f"  {refusal.file or Path(given.source).name}:{refusal.line}: {refusal.reason}", file=sys.stderr)
    took = time.monotonic() - started
    print(f"✓ {summary.films} films loaded, {summary.refused} rows refused, {took:.1f} s")
    return 0
