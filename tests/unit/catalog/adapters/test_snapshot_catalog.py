"""What the embedded catalogue promises beyond the contract: snapshots in S3, seen in time and never half."""

import errno
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.adapters.snapshot.storage import S3Place
from chalicelib.catalog.model import CatalogUnavailableError, FilmQuery
from tests.aws import nobodys_account
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIX, film
from tests.fakes import Clock

URL = "s3://films/catalog"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Iterator[Any]:
    nobodys_account(monkeypatch, "us-east-1")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="films")
        yield client


class SmallDisk:
    """A temporary folder with room for `quota` bytes; what has lost its name counts while somebody has it open."""

    def __init__(self, folder: Path, quota: int) -> None:
        self.folder, self.quota, self.write_quota = folder, quota, quota

    def used(self) -> int:
        named = [path.stat() for path in self.folder.rglob("*") if path.is_file()]
        opened = [one.stat() for one in Path("/proc/self/fd").iterdir() if self._is_nameless(one)]
        return sum({one.st_ino: one.st_size for one in (*named, *opened)}.values())

    def _is_nameless(self, descriptor: Path) -> bool:
        try:
            return str(self.folder) in (name := str(descriptor.readlink())) and name.endswith("(deleted)")
        except OSError:  # the listing's own
            return False


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> SmallDisk:
    disk = SmallDisk(tmp_path / "kinosovet-catalog", 2**30)  # beside it lies what moto keeps
    open_path = Path.open

    class Limited(io.FileIO):
        def write(self, content: Any) -> int:
            if disk.used() + len(content) > min(disk.quota, disk.write_quota):
                raise OSError(errno.ENOSPC, "No space left on device")
            return super().write(content)

    def opened(path: Path, mode: str = "r", *more: Any, **options: Any) -> Any:
        return Limited(path, "w") if mode == "wb" else open_path(path, mode, *more, **options)

    monkeypatch.setattr(Path, "open", opened)
    free = lambda _: SimpleNamespace(free=disk.quota - disk.used())  # noqa: E731
    monkeypatch.setattr(shutil, "disk_usage", free)
    return disk


def size_of_snapshots(s3: Any) -> int:
    return max(int(one["Size"]) for one in s3.list_objects_v2(Bucket="films")["Contents"])


def titles(catalog: EmbeddedCatalog) -> set[str]:
    return {film.titles.main for film in catalog.search(FilmQuery(limit=100)).films}


def test_a_worker_sees_the_new_catalogue_when_half_a_minute_has_passed(s3: Any) -> None:
    clock = Clock()
    EmbeddedCatalog(URL).replace_all(FILMS)
    workers = [EmbeddedCatalog(URL, clock), EmbeddedCatalog(URL, clock)]
    assert all(len(titles(worker)) == len({film.titles.main for film in FILMS}) for worker in workers)
    EmbeddedCatalog(URL).replace_all([AMELIE])
    clock.now += 24
    assert all("RoboCop" in titles(worker) for worker in workers)
    clock.now += 1
    assert all(titles(worker) == {"Amélie"} for worker in workers)


def test_the_snapshot_at_hand_serves_on_when_the_bucket_does_not_answer(s3: Any) -> None:
    clock = Clock()
    EmbeddedCatalog(URL).replace_all([MATRIX])
    worker = EmbeddedCatalog(URL, clock)
    assert titles(worker) == {"The Matrix"}
    for listed in s3.list_objects_v2(Bucket="films")["Contents"]:
        s3.delete_object(Bucket="films", Key=listed["Key"])
    s3.delete_bucket(Bucket="films")
    clock.now += 60
    assert titles(worker) == {"The Matrix"}


def said_of(catalog: EmbeddedCatalog) -> str:
    with pytest.raises(CatalogUnavailableError) as caught:
        catalog.search(FilmQuery())
    return caught.value.detail


def test_a_catalogue_that_nobody_has_loaded_is_not_called_down(s3: Any) -> None:
    assert said_of(EmbeddedCatalog(URL)) == "The film catalogue has not been loaded yet."
    s3.delete_bucket(Bucket="films")
    assert said_of(EmbeddedCatalog(URL)) == "The film catalogue does not answer. Try again soon."


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (404, "NoSuchKey", "The film catalogue has not been loaded yet."),
        (403, "AccessDenied", "The film catalogue does not answer. Try again soon."),
        (503, "SlowDown", "The film catalogue does not answer. Try again soon."),
    ],
)
def test_what_s3_says_of_a_missing_object_is_told_from_what_it_says_when_it_may_not_tell(
    s3: Any, monkeypatch: pytest.MonkeyPatch, status: int, code: str, said: str
) -> None:
    """S3 answers 403 for an object that is missing to whoever may not list its bucket."""
    place, catalog = S3Place("films", "catalog"), EmbeddedCatalog(URL)
    monkeypatch.setattr(catalog, "_place", place)
    with Stubber(place.s3) as stub:
        stub.add_client_error("get_object", service_error_code=code, http_status_code=status)
        assert said_of(catalog) == said


def test_the_catalogue_is_unavailable_when_it_was_never_loaded_or_is_damaged(s3: Any) -> None:
    with pytest.raises(CatalogUnavailableError):
        EmbeddedCatalog(URL).search(FilmQuery())
    EmbeddedCatalog(URL).replace_all([MATRIX])
    snapshot = next(o["Key"] for o in s3.list_objects_v2(Bucket="films")["Contents"] if o["Key"].endswith(".sqlite"))
    s3.put_object(Bucket="films", Key=snapshot, Body=b"cut off")
    with pytest.raises(CatalogUnavailableError):
        EmbeddedCatalog(URL).search(FilmQuery())


def test_few_snapshots_are_kept_when_reloaded_often(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.catalog.adapters.snapshot.storage.FORGET_AFTER", timedelta(0))
    for films in ([MATRIX], [AMELIE], FILMS, FILMS[:2], FILMS[:3]):
        EmbeddedCatalog(URL).replace_all(films)
    keys = [listed["Key"] for listed in s3.list_objects_v2(Bucket="films")["Contents"]]
    assert len([key for key in keys if key.endswith(".sqlite")]) == 3
    assert len(titles(EmbeddedCatalog(URL))) == 3


@pytest.mark.parametrize("room_for", [2.4, 1.4])
def test_each_reload_is_seen_when_many_come_within_ten_minutes_and_the_disk_is_small(
    s3: Any, small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, room_for: float
) -> None:
    """With room for two a reader goes on with the old one meanwhile; with room for one the old one goes first."""
    monkeypatch.setattr("chalicelib.catalog.adapters.snapshot.local_copy.SPARE_BYTES", 0)
    clock = Clock()
    worker = EmbeddedCatalog(URL, clock)
    for films, title in (([MATRIX], "The Matrix"), ([AMELIE], "Amélie")) * 2:
        EmbeddedCatalog(URL).replace_all(films)
        small_disk.quota = int(room_for * size_of_snapshots(s3))
        clock.now += 30
        assert titles(worker) == {title}
    assert small_disk.used() == size_of_snapshots(s3)


def test_the_old_snapshot_serves_on_when_the_new_one_does_not_fit_after_all(s3: Any, small_disk: SmallDisk) -> None:
    """Somebody else has filled the disk between the look at its room and the writing."""
    clock = Clock()
    worker = EmbeddedCatalog(URL, clock)
    EmbeddedCatalog(URL).replace_all([MATRIX])
    assert titles(worker) == {"The Matrix"}
    EmbeddedCatalog(URL).replace_all([AMELIE])
    small_disk.write_quota = size_of_snapshots(s3) + 1
    clock.now += 30
    assert titles(worker) == {"The Matrix"}
    assert small_disk.used() == size_of_snapshots(s3)


BESIDE_EACH_OTHER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.model import FilmQuery, Showing

catalog = EmbeddedCatalog(sys.argv[1])
ids = [film.film_id for film in catalog.top(50)]
query = FilmQuery(showing=Showing(at=datetime(2026, 3, 1, tzinfo=UTC), age_limit=12, region=None))
with ThreadPoolExecutor(2) as pool:
    looking = pool.submit(lambda: [catalog.search(query) for _ in range(100)])
    reading = pool.submit(lambda: [catalog.get_many(ids) for _ in range(1_000)])
    print(len(looking.result()), len(reading.result()))
"""


def test_two_threads_get_on_when_they_read_one_catalogue(tmp_path: Path) -> None:
    """In a process of its own: one that stands still in SQLite cannot even be told to stop."""
    url = f"sqlite://{tmp_path / 'catalog.sqlite'}"
    EmbeddedCatalog(url).replace_all(
        film(f"f{n}", f"Film {n}", 2000, imdb_rating=7.0, imdb_votes=n) for n in range(2_000)
    )
    done = subprocess.run(
        [sys.executable, "-c", BESIDE_EACH_OTHER, url], capture_output=True, text=True, timeout=120, check=False
    )
    assert done.stdout.split() == ["100", "1000"], done.stderr
