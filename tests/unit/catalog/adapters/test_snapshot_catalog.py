"""What the embedded catalogue promises beyond the contract: snapshots in S3, seen in time and never half."""

import errno
import gzip
import hashlib
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import msgspec
import pytest
from botocore.exceptions import ConnectTimeoutError
from botocore.stub import Stubber
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.adapters.snapshot.formats import FORMAT
from chalicelib.catalog.adapters.snapshot.pointer import FOLD_CHANGES
from chalicelib.catalog.adapters.snapshot.storage import S3Place
from chalicelib.catalog.flat_fields import document_of
from chalicelib.catalog.model import (
    CatalogUnavailableError,
    Film,
    FilmNotFoundError,
    FilmQuery,
    without_description,
)
from tests.aws import nobodys_account
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIX, film
from tests.fakes import Clock

URL = "s3://films/catalog"
RELEASED = Path(__file__).parents[3] / "released"


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


def snapshots(s3: Any) -> list[str]:
    """Their keys."""
    return [one["Key"] for one in s3.list_objects_v2(Bucket="films")["Contents"] if one["Key"].endswith(".sqlite.gz")]


def size_of_snapshots(s3: Any) -> int:
    """Bytes of the largest one on a worker's disk."""
    return max(len(gzip.decompress(s3.get_object(Bucket="films", Key=key)["Body"].read())) for key in snapshots(s3))


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


@pytest.mark.parametrize("kept", [0, 1, 2, 2_000])
def test_films_asked_for_again_are_those_of_the_snapshot_that_counts_however_few_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kept: int
) -> None:
    monkeypatch.setattr("chalicelib.catalog.adapters.snapshot.catalog.FILMS_KEPT", kept)
    catalog, others = (EmbeddedCatalog(f"sqlite:///{tmp_path}/films") for _ in range(2))
    others.replace_all(FILMS)
    ids = [one.film_id for one in FILMS]
    for asked in (ids[:3], ids[:1], ids[::-1], [*ids, *ids, "unknown"]):
        assert catalog.get_many(asked).keys() == set(asked) - {"unknown"}
    others.upsert([msgspec.structs.replace(MATRIX, year=2_003)])
    others.withdraw([AMELIE.film_id])
    found = catalog.get_many(ids)
    assert (found[MATRIX.film_id].year, AMELIE.film_id in found) == (2_003, False)


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
        for _ in range(2 if status == 404 else 1):  # what an earlier version wrote would do as well
            stub.add_client_error("get_object", service_error_code=code, http_status_code=status)
        assert said_of(catalog) == said


def test_the_catalogue_is_unavailable_when_it_was_never_loaded_or_is_damaged(s3: Any) -> None:
    with pytest.raises(CatalogUnavailableError):
        EmbeddedCatalog(URL).search(FilmQuery())
    EmbeddedCatalog(URL).replace_all([MATRIX])
    (snapshot,) = snapshots(s3)
    whole = s3.get_object(Bucket="films", Key=snapshot)["Body"].read()
    for damaged in (b"cut off", whole[:-100], gzip.compress(b"another file")):
        s3.put_object(Bucket="films", Key=snapshot, Body=damaged)
        with pytest.raises(CatalogUnavailableError):
            EmbeddedCatalog(URL).search(FilmQuery())
    s3.put_object(Bucket="films", Key=snapshot, Body=whole)
    assert titles(EmbeddedCatalog(URL)) == {"The Matrix"}


def test_few_snapshots_are_kept_when_reloaded_often(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.catalog.adapters.snapshot.storage.FORGET_AFTER", timedelta(0))
    for films in ([MATRIX], [AMELIE], FILMS, FILMS[:2], FILMS[:3]):
        EmbeddedCatalog(URL).replace_all(films)
    keys = [listed["Key"] for listed in s3.list_objects_v2(Bucket="films")["Contents"]]
    kept = {key.removesuffix(".sqlite.gz") for key in snapshots(s3)}
    assert len(kept) == 3
    assert {key.removesuffix(".descriptions") for key in keys if key.endswith(".descriptions")} == kept
    assert len(titles(EmbeddedCatalog(URL))) == 3


class Listed:
    """A bucket that lists snapshots of these ages in hours, in no order."""

    def __init__(self, *hours: float) -> None:
        self.ages = {f"catalog/{hour}.v3.sqlite.gz": timedelta(hours=hour) for hour in hours}
        self.deleted: set[str] = set()

    def list_objects_v2(self, **_: str) -> dict[str, Any]:
        now = datetime.now(UTC)
        return {"Contents": [{"Key": key, "LastModified": now - age} for key, age in self.ages.items()]}

    def delete_object(self, Bucket: str, Key: str) -> None:  # noqa: ARG002, N803
        self.deleted.add(Key.removeprefix("catalog/").partition(".v3")[0])


@pytest.mark.parametrize(
    ("hours", "forgotten"), [((4, 2, 6, 0.5, 5, 3), {"3", "4", "6"}), ((0.1, 0.2, 0.3, 0.4, 0.5, 5), set())]
)
def test_the_oldest_snapshots_go_but_for_what_counts_and_what_came_just_now(
    monkeypatch: pytest.MonkeyPatch, hours: tuple[float, ...], forgotten: set[str]
) -> None:
    bucket = Listed(*hours)
    monkeypatch.setattr(S3Place, "s3", bucket)
    S3Place("films", "catalog").forget_old("5")
    assert bucket.deleted == forgotten


def test_a_bucket_that_does_not_answer_is_asked_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    nobodys_account(monkeypatch, "us-east-1")
    asked = []

    def away(_: Any, request: Any) -> None:
        asked.append(request.url)
        raise ConnectTimeoutError(endpoint_url=request.url)

    monkeypatch.setattr("botocore.httpsession.URLLib3Session.send", away)
    with pytest.raises(CatalogUnavailableError):
        S3Place("films", "catalog").find_current()
    assert len(asked) == 2


@pytest.mark.parametrize("room_for", [2.4, 1.4])
def test_each_reload_is_seen_when_many_come_within_ten_minutes_and_the_disk_is_small(
    s3: Any, small_disk: SmallDisk, monkeypatch: pytest.MonkeyPatch, room_for: float
) -> None:
    """With room for two a reader goes on with the old one meanwhile; with room for one the old one goes first."""
    monkeypatch.setattr("chalicelib.catalog.adapters.snapshot.local_copy.SPARE_BYTES", 0)
    clock = Clock()
    worker = EmbeddedCatalog(URL, clock)
    for films, title in (([MATRIX], "The Matrix"), ([AMELIE], "Amélie")) * 5:
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


def told(number: int, words: str = "Once upon a time. ") -> Film:
    return film(f"t{number}", f"Film {number}", 2000, description=f"{words * 40}{number}")


def requests_of(catalog: EmbeddedCatalog) -> list[dict[str, Any]]:
    """What the catalogue asks of S3 from now on."""
    asked: list[dict[str, Any]] = []
    client: Any = catalog._place.s3  # type: ignore[attr-defined]
    client.meta.events.register("provide-client-params.s3.GetObject", lambda params, **_: asked.append(dict(params)))
    return asked


def test_a_description_is_read_when_its_film_is_opened_and_not_before(s3: Any) -> None:
    films = [told(number) for number in range(300)] + [MATRIX]
    EmbeddedCatalog(URL).replace_all(films)
    worker = EmbeddedCatalog(URL, Clock())
    assert {one.description for one in worker.get_many([one.film_id for one in films]).values()} == {None}
    assert worker.search(FilmQuery(text="once upon 77")).films[0] == without_description(films[77])
    asked = requests_of(worker)
    assert [worker.get(one.film_id) for one in films] == films
    assert 1 < len(asked) < 10, "one for each block, and none for a film without"
    assert all(one["Range"] for one in asked)
    (packed,) = [one["Size"] for one in s3.list_objects_v2(Bucket="films")["Contents"] if "descr" in one["Key"]]
    assert packed < sum(len(one.description or "") for one in films) / 4


def test_the_description_is_the_old_ones_until_the_new_snapshot_is_seen(s3: Any) -> None:
    clock = Clock()
    EmbeddedCatalog(URL).replace_all([told(1)])
    worker = EmbeddedCatalog(URL, clock)
    assert titles(worker) == {"Film 1"}
    EmbeddedCatalog(URL).replace_all([told(0), told(1, "Anew. ")])
    assert worker.get(told(1).film_id) == told(1)
    clock.now += 30
    assert worker.get(told(1).film_id) == told(1, "Anew. ")


def test_descriptions_stay_when_changes_come_and_are_folded_in(s3: Any) -> None:
    films = [told(number) for number in range(120)]
    catalog = EmbeddedCatalog(URL)
    catalog.replace_all(films)
    changed, bare = told(5, "Anew. "), msgspec.structs.replace(films[6], description=None)
    catalog.upsert([changed, bare, told(500)])
    catalog.withdraw([films[0].film_id])
    expected = [*films[1:5], changed, bare, *films[7:], told(500)]
    assert [catalog.get(one.film_id) for one in expected] == expected
    catalog.upsert([film(f"m{number}", f"Many {number}", 2001) for number in range(FOLD_CHANGES)])
    place = S3Place("films", "catalog")
    assert (held := place.find_current())
    assert held.pointer.changes == ()
    assert [EmbeddedCatalog(URL).get(one.film_id) for one in expected] == expected
    with pytest.raises(FilmNotFoundError):
        catalog.get(films[0].film_id)


@pytest.mark.parametrize("damaged", [b"", b"x" * 100_000, None])
def test_no_description_is_shown_when_it_is_not_what_was_written(s3: Any, damaged: bytes | None) -> None:
    EmbeddedCatalog(URL).replace_all([told(1), MATRIX])
    worker = EmbeddedCatalog(URL)
    (key,) = [one["Key"] for one in s3.list_objects_v2(Bucket="films")["Contents"] if "descr" in one["Key"]]
    whole = s3.get_object(Bucket="films", Key=key)["Body"].read()
    if damaged is None:
        s3.delete_object(Bucket="films", Key=key)
    else:
        s3.put_object(Bucket="films", Key=key, Body=damaged)
    for _ in range(2):
        with pytest.raises(CatalogUnavailableError):
            worker.get(told(1).film_id)
    assert (worker.get(MATRIX.film_id), len(titles(worker))) == (MATRIX, 2)
    s3.put_object(Bucket="films", Key=key, Body=whole)
    assert worker.get(told(1).film_id) == told(1), "a failure is not remembered"


@pytest.fixture
def released(s3: Any) -> list[str]:
    """A bucket as 0.2 left it; the source ids of its films."""
    raw = gzip.decompress((RELEASED / "0.2" / "catalog.sqlite.gz").read_bytes())
    version = hashlib.sha256(raw).hexdigest()
    s3.put_object(Bucket="films", Key=f"catalog/{version}.v2.sqlite", Body=raw)
    change = {"number": 7, "film_id": AMELIE.film_id, "film": document_of(AMELIE)}
    pointer = {"sha256": version, "films": 2, "generation": 3, "last_change": 7, "changes": [change]}
    s3.put_object(Bucket="films", Key="catalog/current.v2.json", Body=msgspec.json.encode(pointer))
    return ["tt0133093", "x1", AMELIE.source_id]


def test_what_an_earlier_version_left_in_the_bucket_is_read_and_changed(s3: Any, released: list[str]) -> None:
    before = {one["Key"]: one["ETag"] for one in s3.list_objects_v2(Bucket="films")["Contents"]}
    held = EmbeddedCatalog(URL).find_by_source_ids(released)
    assert held.keys() == set(released)
    matrix = EmbeddedCatalog(URL).get(held["tt0133093"].film_id)
    assert matrix.description == "A hacker learns what the world is."
    writers = [EmbeddedCatalog(URL, pause=lambda: None) for _ in range(2)]
    writers[0].upsert([told(1)])
    writers[1].withdraw([AMELIE.film_id])
    assert titles(EmbeddedCatalog(URL)) == {"The Matrix", "Nobody Saw It", "Film 1"}
    many = [film(f"m{number}", f"Many {number}", 2001) for number in range(FOLD_CHANGES)]
    writers[0].upsert(many)
    folded = EmbeddedCatalog(URL)
    assert (folded.get(matrix.film_id), folded.get(told(1).film_id)) == (matrix, told(1))
    assert folded.get_many([AMELIE.film_id]) == {}
    assert (now := S3Place("films", "catalog").find_current())
    assert (now.pointer.format, now.pointer.generation, now.pointer.last_change) == (FORMAT, 4, 9)
    after = {one["Key"]: one["ETag"] for one in s3.list_objects_v2(Bucket="films")["Contents"]}
    assert before.items() <= after.items(), "the earlier version still finds its own"


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
