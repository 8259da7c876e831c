"""The vectors of the demo's films and of what is asked, by the stand-in's own model. Made once for each state of the
films' texts: 9,453 films take minutes."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
from tqdm import tqdm

from chalicelib.catalog.meaning import FilmVectors, Nearest, Spent, Vector, digest_of, film_text, in_bytes, with_new
from chalicelib.catalog.model import Film
from infra.local.gigachat.embeddings import embeddings

MODEL = "Embeddings"
BATCH = 64
CACHE = Path(__file__).parent.parent.parent / ".local" / "bench"


def film_vectors(films: Sequence[Film]) -> Nearest:
    """All films' vectors."""
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
    return Nearest(msgspec.msgpack.decode(kept.read_bytes(), type=FilmVectors))


def vectors_of(texts: Sequence[str]) -> list[Vector]:
    """A vector a text."""
    return [Vector(MODEL, in_bytes(one["embedding"])) for one in embeddings(texts, MODEL)["data"]]
