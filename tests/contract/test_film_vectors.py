"""Films' vectors, whatever keeps them: the nearest of one model, replaced, taken away, never lost to another writer."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.catalog.adapters.meaning_file import LOOK_EVERY_SECONDS, FilmVectorFile
from chalicelib.catalog.meaning import FilmVectorStore, Spent, Vector, digest_of, in_bytes
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError
from tests.aws import nobodys_account
from tests.fake_meaning import FakeFilmVectors
from tests.fakes import Clock

NORTH, EAST, SOUTH = (0.0, 1.0), (1.0, 0.0), (0.0, -1.0)
TODAY = Spent("2026-11-29", 700)


def row(*components: float, text: str = "") -> tuple[bytes, bytes]:
    return digest_of(text), in_bytes(components)


def vector(*components: float, model: str = "m") -> Vector:
    return Vector(model, in_bytes(components))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    nobodys_account(monkeypatch)
    with mock_aws():
        place = {"LocationConstraint": "eu-central-1"}
        boto3.client("s3").create_bucket(Bucket="films", CreateBucketConfiguration=place)  # type: ignore[arg-type]
        yield "s3://films/meaning"


@pytest.fixture(params=["fake", "s3"])
def store(request: pytest.FixtureRequest) -> FilmVectorStore:
    return FakeFilmVectors() if request.param == "fake" else FilmVectorFile(request.getfixturevalue("bucket"))


def test_the_nearest_come_first(store: FilmVectorStore) -> None:
    store.put("m", {"north": row(*NORTH), "east": row(*EAST), "south": row(*SOUTH)}, TODAY)
    assert store.nearest(vector(0.3, 0.9), 3) == ["north", "east", "south"]
    assert store.nearest(vector(0.3, 0.9), 1) == ["north"]


def test_nothing_is_near_before_the_first_or_by_another_model_or_length(store: FilmVectorStore) -> None:
    assert store.nearest(vector(*NORTH), 3) == []
    store.put("m", {"north": row(*NORTH)}, TODAY)
    assert store.known("m").digests == {"north": digest_of("")}
    for other in (vector(*NORTH, model="other"), vector(1.0, 0.0, 0.0)):
        assert store.nearest(other, 3) == []


def test_what_was_embedded_is_known_with_its_cost(store: FilmVectorStore) -> None:
    assert store.known("m") == ({}, Spent())
    store.put("m", {"north": row(*NORTH, text="a film")}, TODAY)
    assert store.known("m") == ({"north": digest_of("a film")}, TODAY)
    assert store.known("other") == ({}, TODAY)


def test_a_film_is_replaced_and_taken_away(store: FilmVectorStore) -> None:
    store.put("m", {"north": row(*NORTH), "east": row(*EAST)}, TODAY)
    store.put("m", {"north": row(*SOUTH, text="again")}, Spent("2026-11-30", 5), gone=["east", "unknown"])
    assert store.known("m") == ({"north": digest_of("again")}, Spent("2026-11-30", 5))


def test_another_models_vectors_go(store: FilmVectorStore) -> None:
    store.put("m", {"north": row(*NORTH)}, TODAY)
    store.put("better", {"east": row(1.0, 0.0, 0.0)}, TODAY)
    assert store.known("m").digests == {}
    assert store.nearest(vector(1.0, 0.0, 0.0, model="better"), 3) == ["east"]


def test_a_write_is_lost_to_another_one_meanwhile(bucket: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = FilmVectorFile(bucket), FilmVectorFile(bucket)
    for name in ("north", "east"):  # the first object, and one that is there
        read = mine._read()
        other.put("m", {name: row(*NORTH)}, TODAY)
        with monkeypatch.context() as patched:
            patched.setattr(mine, "_read", lambda read=read: read)
            with pytest.raises(CatalogChangedError):
                mine.put("m", {"lost": row(*EAST)}, TODAY)
    assert set(other.known("m").digests) == {"north", "east"}


def test_new_vectors_are_seen_after_a_while_and_old_ones_serve_while_s3_is_away(bucket: str) -> None:
    clock = Clock()
    reader, writer = FilmVectorFile(bucket, clock), FilmVectorFile(bucket)
    writer.put("m", {"north": row(*NORTH)}, TODAY)
    assert reader.nearest(vector(*NORTH), 3) == ["north"]
    clock.now += LOOK_EVERY_SECONDS
    assert reader.nearest(vector(*NORTH), 3) == ["north"], "it has not changed"
    writer.put("m", {"south": row(*SOUTH)}, TODAY)
    assert reader.nearest(vector(*NORTH), 3) == ["north"]
    clock.now += LOOK_EVERY_SECONDS
    assert reader.nearest(vector(*NORTH), 3) == ["north", "south"]
    client = boto3.client("s3")
    client.put_object(Bucket="films", Key="meaning/films.v1", Body=b"no vectors")
    clock.now += LOOK_EVERY_SECONDS
    assert reader.nearest(vector(*NORTH), 3) == ["north", "south"]
    with pytest.raises(CatalogUnavailableError):
        FilmVectorFile(bucket).nearest(vector(*NORTH), 3)
    with pytest.raises(CatalogUnavailableError):
        FilmVectorFile("s3://nobodys-bucket/meaning").known("m")
