"""The vectors of the demo's films and of what is asked, by the stand-in's own model. Made once for each state of the
films' texts: 9,453 films take minutes."""

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import msgspec
from tqdm import tqdm

from chalicelib.catalog.adapters.opensearch.catalog import OpenSearchCatalog
from chalicelib.catalog.adapters.opensearch.meaning import MeaningIndex
from chalicelib.catalog.meaning import (
    FilmVectors,
    Nearest,
    Spent,
    Vector,
    digest_of,
    film_text,
    in_bytes,
    rows_of,
    with_new,
)
from chalicelib.catalog.model import Film
from chalicelib.catalog.port import Catalog
from infra.local.gigachat.embeddings import embeddings
from infra.local.opensearch.node import PATIENT_SECONDS

MODEL = "Embeddings"
BATCH = 64
CACHE = Path(__file__).parent.parent.parent / ".local" / "bench"


type FindNearest = Callable[[Vector, int], Sequence[str]]


def film_vectors(films: Sequence[Film], catalog: Catalog) -> FindNearest:
    """All films' vectors, beside the catalogue's films where it is OpenSearch."""
    held = _held(films)
    if not isinstance(catalog, OpenSearchCatalog):
        return Nearest(held)
    index = MeaningIndex(catalog._client, catalog._alias)
    index.put_vectors(MODEL, rows_of(held), Spent(), (), PATIENT_SECONDS)
    return partial(index.nearest, timeout=PATIENT_SECONDS)


def _held(films: Sequence[Film]) -> FilmVectors:
    texts = {film.film_id: film_text(film) for film in films}
    state = hashlib.sha256("\n".join(texts.values()).encode()).hexdigest()[:16]
    kept = CACHE / f"vectors-{state}.msgpack"
    if not kept.exists():
        ids, new = list(texts), {}
        for at in tqdm(range(0, len(ids), BATCH), desc="films' vectors"):
            some = ids[at : at + BATCH]
            for film_id, vector in zip(some, vectors_of([texts[one] for one in some]), strict=True):
                new[film_id] = digest_of(texts[film_id]), vector.values
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(msgspec.msgpack.encode(with_new(FilmVectors(), MODEL, new, Spent())))
    return msgspec.msgpack.decode(kept.read_bytes(), type=FilmVectors)


def vector_of(words: str) -> Vector:
    """What is asked for, as a vector; made once, and kept beside the films'."""
    kept = CACHE / f"words-{hashlib.sha256(words.encode()).hexdigest()[:24]}"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(vectors_of([words])[0].values)
    return Vector(MODEL, kept.read_bytes())


def vectors_of(texts: Sequence[str]) -> list[Vector]:
    """A vector a text."""
    return [Vector(MODEL, in_bytes(one["embedding"])) for one in embeddings(texts, MODEL)["data"]]
