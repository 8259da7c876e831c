"""A snapshot with changes beside it: what is seen, and that the file stays as it is."""

import gzip
import hashlib
from pathlib import Path

import msgspec
import pytest

from chalicelib.catalog.adapters.snapshot.build import build_snapshot
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.adapters.snapshot.overlay import opened
from chalicelib.catalog.adapters.snapshot.pointer import Change
from chalicelib.catalog.flat_fields import document_of
from chalicelib.catalog.model import Film, FilmQuery
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIX, film

RELEASED = Path(__file__).parents[4] / "released" / "0.1" / "catalog.sqlite.gz"


def change(number: int, held: Film, gone: bool = False) -> Change:
    document = b"null" if gone else msgspec.json.encode(document_of(held))
    return Change(number, held.film_id, msgspec.Raw(document))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_file_stays_as_it_is_when_many_changes_are_read_with_it(tmp_path: Path) -> None:
    path = tmp_path / "s.sqlite"
    build_snapshot(FILMS, path)
    before, folder = digest(path), set(tmp_path.iterdir())
    many = [change(n, film(f"m{n}", f"Film {n}", 2000, description="words " * 900)) for n in range(1_500)]
    one, other = opened(path, many), opened(path, [change(1, MATRIX, gone=True)])
    assert one.execute("SELECT count(*) FROM films").fetchone() == (1_500 + len(FILMS),)
    assert other.execute("SELECT count(*) FROM films").fetchone() == (len(FILMS) - 1,), "each has its own"
    assert opened(path).execute("SELECT count(*) FROM films").fetchone() == (len(FILMS),)
    assert (digest(path), set(tmp_path.iterdir())) == (before, folder)
    one.close()
    other.close()
    assert (digest(path), set(tmp_path.iterdir())) == (before, folder)


def test_a_new_film_is_not_found_by_the_words_of_the_one_that_went(tmp_path: Path) -> None:
    """The newest row is withdrawn, and the next one to come must not inherit its keys and texts."""
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 's.sqlite'}")
    catalog.replace_all([AMELIE, MATRIX])
    catalog.withdraw([MATRIX.film_id])
    other = film("x9", "Brand New", 2026, imdb_id="tt0133093")
    catalog.upsert([other])
    assert catalog.search(FilmQuery(text="матрица")).films == ()
    assert catalog.find_by_title("The Matrix") == []
    assert catalog.find_by_source_ids(["tt0133093"]) == {"tt0133093": other}


def test_mistyped_words_find_a_film_that_came_alone(tmp_path: Path) -> None:
    catalog = EmbeddedCatalog(f"sqlite://{tmp_path / 's.sqlite'}")
    catalog.replace_all([AMELIE])
    added = film("x9", "Чебурашка", 2022, directors=("Дмитрий Дьяченко",))
    catalog.upsert([added])
    for typed in ("чебурашка", "чубурашка", "cheburashka", "дяченко дмитрий", "чебур"):
        assert catalog.search(FilmQuery(text=typed)).films == (added,), typed


@pytest.mark.parametrize("sort", ["relevance", "rating", "year", "new"])
def test_a_snapshot_of_0_1_takes_changes_too(tmp_path: Path, sort: str) -> None:
    path = tmp_path / "catalog.sqlite"
    path.write_bytes(gzip.decompress(RELEASED.read_bytes()))
    catalog = EmbeddedCatalog(f"sqlite://{path}")
    held = catalog.search(FilmQuery(limit=100)).films
    catalog.upsert([AMELIE])
    catalog.withdraw([held[0].film_id])
    now = catalog.search(FilmQuery(limit=100, sort=sort)).films  # type: ignore[arg-type]
    assert {one.film_id for one in now} == {one.film_id for one in (*held[1:], AMELIE)}
    assert catalog.search(FilmQuery(text="amelie", sort=sort)).films == (AMELIE,)  # type: ignore[arg-type]
