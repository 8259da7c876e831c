"""Films' vectors in memory and in S3: the contract, and in S3 that no write is lost to another one. OpenSearch is asked
the same in `tests/real`."""

from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.catalog.adapters.meaning_file import LOOK_EVERY_SECONDS, FilmVectorFile
from chalicelib.catalog.meaning import FilmVectorStore
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError
from tests.aws import nobodys_account
from tests.contract.film_vectors_contract import EAST, NORTH, SOUTH, TODAY, FilmVectorsContract, row, vector
from tests.fake_meaning import FakeFilmVectors
from tests.fakes import Clock


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


class TestFilmVectors(FilmVectorsContract):
    """All of it."""


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
