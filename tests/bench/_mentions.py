"""Catalogues and mentions for the title benches: read from files, dressed up, or made from the demo catalogue."""

import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import Film
from chalicelib.catalog.titles.normalize import is_cyrillic, title_key
from tests.bench._noise import dress_up
from tests.factories import film_with


class Expected(NamedTuple):
    """A mention and the source id of the film it means; `scored` False: nobody says what it means."""

    text: str
    year: int | None
    film: str | None
    kind: str
    scored: bool


def read_catalogue(path: Path) -> Iterator[Film]:
    """Films of a JSON Lines catalogue."""
    with path.open(encoding="utf-8") as file:
        for line in filter(str.strip, file):
            row = json.loads(line)
            known = {name: row.get(name) for name in ("title_ru", "title_en", "original_title") if row.get(name)}
            yield film_with(
                film_id=film_id_of(str(row["id"])),
                source_id=str(row["id"]),
                title=str(row["title"]),
                alternative_titles=tuple(row.get("alternative_titles") or ()),
                year=int(row["year"]) if row.get("year") else None,
                imdb_rating=float(row["imdb_rating"]) if row.get("imdb_rating") else None,
                imdb_votes=int(row["imdb_votes"]) if row.get("imdb_votes") else None,
                **known,
            )


def read_mentions(path: Path) -> Iterator[Expected]:
    """Mentions of a JSON Lines file; `noise`, if a row has it, is what it is reported by."""
    with path.open(encoding="utf-8") as file:
        for line in filter(str.strip, file):
            row = json.loads(line)
            kind = str(row.get("kind") or "")
            label = kind if kind.startswith("aka") else str(row.get("noise") or kind or "mention")
            year = int(row["year"]) if row.get("year") else None
            yield Expected(row["text"], year, row.get("expected"), label, "expected" in row)


def dressed_up(mentions: Sequence[Expected], films: Sequence[Film], seed: int) -> Iterator[Expected]:
    """The same mentions with noise; `aka…` ones stay a kind of their own. A negative that shares its title with a held
    film keeps its year: without it nobody could tell."""
    rng = random.Random(seed)
    held = {film.source_id: film for film in films}
    keys = {title_key(name) for film in films for name in (film.titles.main, film.original_title) if name}
    for mention in mentions:
        film = held.get(mention.film or "")
        keep_year = film is None and (title_key(mention.text) in keys or mention.kind.startswith("neg_near"))
        names = (film.titles.main, film.original_title) if film else ()
        original = next((name for name in names if name and is_cyrillic(name) != is_cyrillic(mention.text)), None)
        said = dress_up(rng, mention.text, mention.year, original, keep_year=keep_year)
        kind = mention.kind if mention.kind.startswith("aka") else said.noise
        yield mention._replace(text=said.text, year=said.year, kind=kind)


def from_demo(films: Sequence[Film], seed: int) -> tuple[list[Film], list[Expected]]:
    """Four fifths of the demo catalogue, and mentions of films within it and outside it."""
    rng = random.Random(seed)
    held = [film for film in films if rng.random() < 0.8]
    ids = {film.film_id for film in held}
    mentions = [
        Expected(title, film.year, film.source_id if film.film_id in ids else None, "demo", True)
        for film in rng.sample(list(films), min(len(films), 3_000))
        for title in dict.fromkeys((film.titles.main, film.titles.in_language("ru")))
    ]
    return held, list(dressed_up(mentions, held, seed))
