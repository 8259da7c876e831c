"""A source of films → a catalogue, in one step. Bad rows are refused one by one; too many refuse the source."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tqdm import tqdm

from chalicelib.catalog.change_films import dated
from chalicelib.catalog.model import Film
from chalicelib.resources import open_catalog
from infra.catalog.sources.rows import IgnoredColumns, Refusal, SourceRefusedError, read_csv, read_jsonl

BAD_SHARE_MAX = 0.05  # issue: over 5 % bad rows, the source is not what we think it is
SHOWN_REFUSALS_MAX = 20
LOAD_SECONDS = 60.0  # patience of a load, not of a viewer
EMBEDDED_FILMS_MAX = 100_000  # design.md: beyond, a worker's download and memory want OpenSearch


@dataclass
class Summary:
    """What a load did."""

    films: int = 0
    refused: int = 0
    repeated: int = 0  # films that come more than once: the last one counts
    ignored: tuple[str, ...] = ()  # columns that no film has
    shown_refusals: list[Refusal] = field(default_factory=list)


def load(source: str, catalog_url: str, min_votes: int = 0) -> Summary:
    """Loads a source: `demo`, a .jsonl or a .csv file, or a folder of IMDb's TSV files.

    Raises:
        SourceRefusedError: over 5 % of the rows are bad, there is no film, or too many for the embedded catalogue.
    """
    summary = Summary()
    catalog = open_catalog(catalog_url, LOAD_SECONDS)
    films = _counted(_rows_of(source, min_votes), summary, catalog_url)
    summary.films = catalog.replace_all(dated(catalog, films, datetime.now(UTC)))
    return summary


def _rows_of(source: str, min_votes: int) -> Iterator[Film | Refusal | IgnoredColumns]:
    if source == "demo":
        from infra.catalog.sources.demo import demo_films

        return iter(demo_films())
    path = Path(source)
    if path.is_dir():
        from infra.catalog.sources.imdb import read_imdb

        return read_imdb(path, min_votes)
    readers: dict[str, Callable[[Path], Iterator[Film | Refusal | IgnoredColumns]]] = {
        ".jsonl": read_jsonl,
        ".csv": read_csv,
    }
    reader = readers.get(path.suffix)
    if reader is None:
        raise SourceRefusedError(f"{source} is neither .jsonl nor .csv nor a folder of IMDb files")
    return reader(path)


def check(source: str, catalog_url: str = "", min_votes: int = 0) -> Summary:
    """What a load of this source would do, without doing it. `catalog_url` says into what, where that matters.

    Raises:
        SourceRefusedError: as `load`.
    """
    summary = Summary()
    seen: set[str] = set()
    for film in _counted(_rows_of(source, min_votes), summary, catalog_url):
        summary.repeated += film.film_id in seen
        seen.add(film.film_id)
    summary.films = len(seen)
    return summary


def _counted(rows: Iterator[Film | Refusal | IgnoredColumns], summary: Summary, catalog_url: str) -> Iterator[Film]:
    """Passes films on and counts the rest. Raises at the end, before the swap, when too much was refused."""
    passed = 0
    for row in tqdm(rows, desc="films", unit="", disable=None):
        if isinstance(row, Refusal):
            summary.refused += 1
            if len(summary.shown_refusals) < SHOWN_REFUSALS_MAX:
                summary.shown_refusals.append(row)
            continue
        if isinstance(row, IgnoredColumns):
            summary.ignored = row.names
            continue
        passed += 1
        if passed > EMBEDDED_FILMS_MAX and not catalog_url.startswith("http"):
            raise SourceRefusedError(f"more than {EMBEDDED_FILMS_MAX:,} films want OpenSearch (or --min-votes)")
        yield row
    if not passed:
        raise SourceRefusedError("the source holds no film")
    if summary.refused > BAD_SHARE_MAX * (passed + summary.refused):
        first = summary.shown_refusals[0]
        raise SourceRefusedError(
            f"{summary.refused} of {passed + summary.refused} rows are bad; first, line {first.line}: {first.reason}"
        )
