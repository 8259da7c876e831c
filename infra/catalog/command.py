"""`python -m infra.catalog load SOURCE [--catalog-url URL]`: loads a catalogue; readers see the old one or the new."""

import argparse
import os
import sys
import time
from pathlib import Path

from chalicelib.catalog.model import CatalogUnavailableError
from infra.catalog.load import SourceRefusedError, load


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 loaded, 1 refused (nothing changed)."""
    parser = argparse.ArgumentParser(prog="python -m infra.catalog", description=__doc__)
    parser.add_argument("command", choices=["load"])
    parser.add_argument("source", help="films.jsonl, films.csv, a folder of IMDb TSV files, or demo")
    parser.add_argument("--catalog-url", default=os.environ.get("CATALOG_URL", ""), help="default: CATALOG_URL")
    parser.add_argument("--min-votes", type=int, default=0, help="of IMDb's files: leave out films with fewer votes")
    given = parser.parse_args(arguments)
    if not given.catalog_url:
        parser.error("say where the catalogue lies: --catalog-url or CATALOG_URL")
    started = time.monotonic()
    try:
        summary = load(given.source, given.catalog_url, given.min_votes)
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


if __name__ == "__main__":
    sys.exit(main())
