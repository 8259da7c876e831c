"""Single changes beside a snapshot in S3: seen in time, folded in when there are many, lost by nobody."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from chalicelib.catalog.adapters.snapshot import catalog as embedded
from chalicelib.catalog.adapters.snapshot import storage
from chalicelib.catalog.adapters.snapshot.catalog import EmbeddedCatalog
from chalicelib.catalog.adapters.snapshot.pointer import CHANGES_MAX, FOLD_CHANGES
from chalicelib.catalog.adapters.snapshot.storage import S3Place
from chalicelib.catalog.film_ids import film_id_of
from chalicelib.catalog.model import CatalogChangedError, Film, FilmQuery, TooManyChangesError
from tests.aws import nobodys_account, one_request_at_a_time
from tests.contract.catalog_contract import AMELIE, FILMS, MATRIX, film
from tests.fakes import Clock

URL = "s3://films/catalog"


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Any]:
    nobodys_account(monkeypatch, "us-east-1")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    one_request_at_a_time(monkeypatch)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket="films")
        yield client


def opened(clock: Callable[[], float] = Clock()) -> EmbeddedCatalog:  # noqa: B008 - one that stands still
    return EmbeddedCatalog(URL, clock, pause=lambda: None)


def held(catalog: EmbeddedCatalog | None = None) -> set[str]:
    """Every source id there is, as a worker that starts now sees it."""
    found: set[str] = set()
    after = None
    catalog = catalog or opened()
    while True:
        page = catalog.search(FilmQuery(limit=100, after=after))
        found |= {one.source_id for one in page.films}
        if (after := page.after) is None:
            return found


def many(count: int, name: str = "m") -> list[Film]:
    return [film(f"{name}{n}", f"Number {n}", 2000) for n in range(count)]


def noted() -> int:
    """Changes that lie beside the snapshot."""
    found = S3Place("films", "catalog").find_current()
    assert found
    return len(found.pointer.changes)


SOURCES = {one.source_id for one in FILMS}


def test_a_worker_sees_a_change_after_half_a_minute_and_who_made_it_at_once(s3: Any) -> None:
    clock = Clock()
    writer, reader = opened(clock), opened(clock)
    writer.replace_all(FILMS)
    assert held(reader) == SOURCES
    writer.withdraw([MATRIX.film_id])
    writer.upsert(many(1))
    expected = SOURCES - {MATRIX.source_id} | {"m0"}
    assert held(writer) == expected
    clock.now += 24
    assert held(reader) == SOURCES
    clock.now += 1
    assert held(reader) == expected


def test_a_change_that_comes_during_a_look_is_seen_by_the_next_one_in_time(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A look takes seconds where the network is slow: the half minute counts from its beginning."""
    clock = Clock()
    writer, reader = opened(clock), opened(clock)
    writer.replace_all(FILMS)
    fetch = S3Place.fetch

    def slowly(self: S3Place, *given: Any) -> Path:
        clock.now += 1
        writer.withdraw([MATRIX.film_id])
        clock.now += 9
        return fetch(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(S3Place, "fetch", slowly)
        assert held(reader) == SOURCES
    clock.now += 30 - 9
    assert held(reader) == SOURCES - {MATRIX.source_id}


def test_a_change_costs_one_read_and_one_write_and_a_look_one_read(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The figures of decision 028."""
    clock = Clock()
    catalog = opened(clock)
    catalog.replace_all(FILMS)
    held(catalog)
    calls: list[str] = []
    client: Any = catalog._place.s3  # type: ignore[attr-defined]
    client.meta.events.register("before-call.s3", lambda model, **_: calls.append(model.name))
    catalog.withdraw([MATRIX.film_id])
    assert calls == ["GetObject", "PutObject"]
    calls.clear()
    for _ in range(60):
        clock.now += 1
        held(catalog)
    assert calls == ["GetObject"] * 3, "a look at 1, 26 and 51 seconds"


def test_a_catalogue_begins_with_single_films_when_nobody_has_loaded_any(s3: Any) -> None:
    opened().upsert([AMELIE])
    assert held() == {AMELIE.source_id}


def test_many_changes_become_a_snapshot_and_few_do_not(s3: Any) -> None:
    opened().replace_all(FILMS)
    for one in many(FOLD_CHANGES - 1):
        opened().upsert([one])
    assert opened().fold_changes() == 0
    opened().withdraw([MATRIX.film_id])
    before = held()
    assert (noted(), opened().fold_changes(), noted()) == (FOLD_CHANGES, FOLD_CHANGES, 0)
    assert held() == before == SOURCES - {MATRIX.source_id} | {f"m{n}" for n in range(FOLD_CHANGES - 1)}
    assert opened().fold_changes() == 0, "nothing is left to do"


def test_films_that_come_by_hundreds_become_a_snapshot_at_once(s3: Any) -> None:
    opened().replace_all(FILMS)
    opened().withdraw([MATRIX.film_id])
    assert opened().upsert(many(FOLD_CHANGES)) == FOLD_CHANGES
    assert noted() == 0
    assert held() == SOURCES - {MATRIX.source_id} | {f"m{n}" for n in range(FOLD_CHANGES)}


def test_changes_are_refused_in_a_sentence_when_nobody_folds_them(s3: Any) -> None:
    opened().replace_all(FILMS)
    for start in range(0, CHANGES_MAX, 200):
        opened().upsert(many(200, f"b{start}-"))
    with pytest.raises(TooManyChangesError) as caught:
        opened().upsert([AMELIE])
    assert (caught.value.retry_after_seconds, noted()) == (60, CHANGES_MAX)
    opened().fold_changes()
    opened().upsert([AMELIE])


class Between:
    """Does something at one call of `build_snapshot` or `S3Place`, after it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, then: Callable[[], object]) -> None:
        real, self.times = getattr(owner, name), 0

        def done(*given: Any, **named: Any) -> Any:
            answer = real(*given, **named)
            self.times += 1
            if self.times == 1:
                then()
            return answer

        monkeypatch.setattr(owner, name, done)


@pytest.fixture
def due(s3: Any) -> set[str]:
    """A catalogue whose changes are to be folded in; what it holds."""
    opened().replace_all(FILMS)
    opened().withdraw([MATRIX.film_id])
    for start in range(0, FOLD_CHANGES, 50):
        opened().upsert(many(50, f"d{start}-"))
    return held()


def test_what_changes_while_changes_are_folded_in_is_not_lost(due: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A film of the fold changes again, one is withdrawn, one comes back, one is new."""

    def meanwhile() -> None:
        opened().upsert([film("d0-1", "Changed meanwhile", 2026), MATRIX, film("late", "Late", 2026)])
        opened().withdraw([film_id_of("d0-2"), AMELIE.film_id])

    Between(monkeypatch, embedded, "build_snapshot", meanwhile)
    assert opened().fold_changes() == len(due) - len(SOURCES) + 2
    assert held() == due - {"d0-2", AMELIE.source_id} | {"late", MATRIX.source_id}
    assert opened().get(film_id_of("d0-1")).titles.main == "Changed meanwhile"
    assert noted() == 5, "what came later stays beside the new snapshot"


def test_a_full_load_wins_over_folding_that_began_before_it(due: set[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def load_and_load_again() -> None:
        monkeypatch.undo()
        opened().replace_all([AMELIE])
        opened().replace_all(FILMS)  # the very file that the folding began with

    Between(monkeypatch, embedded, "build_snapshot", load_and_load_again)
    assert opened().fold_changes() == 0
    assert held() == SOURCES


@pytest.mark.parametrize(
    ("owner", "name"),
    [(embedded, "build_snapshot"), (S3Place, "fetch"), (S3Place, "put_built"), (S3Place, "put_current"),
     (S3Place, "find_current"), (S3Place, "forget_old")],
)  # fmt: skip
def test_nothing_is_lost_when_the_folding_dies_at_any_step_and_is_begun_again(
    due: set[str], monkeypatch: pytest.MonkeyPatch, owner: Any, name: str
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    with monkeypatch.context() as patched:
        Between(patched, owner, name, die)
        with pytest.raises(Killed):
            opened().fold_changes()
    opened().upsert([film("late", "Late", 2026)])
    assert held() == due | {"late"}
    opened().fold_changes()
    assert held() == due | {"late"}


def test_two_that_fold_at_once_leave_one_snapshot_and_all_films(due: set[str]) -> None:
    together = threading.Barrier(2)
    real: Any = vars(embedded)["build_snapshot"]

    def built(*given: Any) -> Any:
        together.wait(10)
        return real(*given)

    with pytest.MonkeyPatch.context() as patched, ThreadPoolExecutor(2) as pool:
        patched.setattr(embedded, "build_snapshot", built)
        folded = list(pool.map(lambda _: opened().fold_changes(), range(2)))
    assert sorted(bool(one) for one in folded) == [False, True]
    assert (held(), noted()) == (due, 0)


@pytest.mark.parametrize("code", ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"])
def test_a_lost_race_is_begun_anew_and_in_the_end_said_to_be_lost(
    s3: Any, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    opened().replace_all(FILMS)
    catalog = opened()
    client: Any = catalog._place.s3  # type: ignore[attr-defined]
    real, lost = client.put_object, [2]

    def put(**given: Any) -> Any:
        if lost[0]:
            lost[0] -= 1
            raise ClientError({"Error": {"Code": code}}, "PutObject")
        return real(**given)

    monkeypatch.setattr(client, "put_object", put)
    catalog.withdraw([MATRIX.film_id])
    assert held() == SOURCES - {MATRIX.source_id}
    lost[0] = 10_000
    with pytest.raises(CatalogChangedError):
        catalog.upsert([MATRIX])
    assert held() == SOURCES - {MATRIX.source_id}


def test_an_answer_that_got_lost_does_no_harm(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 has written, the client's own retry finds its condition broken: by itself."""
    opened().replace_all(FILMS)
    catalog = opened()
    client: Any = catalog._place.s3  # type: ignore[attr-defined]
    real, first = client.put_object, [True]

    def put(**given: Any) -> Any:
        real(**given)
        if first:
            first.clear()
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")

    monkeypatch.setattr(client, "put_object", put)
    catalog.upsert(many(1))
    assert (held(), noted()) == (SOURCES | {"m0"}, 1)


def test_a_young_snapshot_is_not_forgotten_for_somebody_may_be_about_to_put_it_in_place(
    s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, stored = S3Place.put_current, list[object]()

    def slow(place: S3Place, *given: Any) -> None:
        if not stored:
            stored.append(given)
            for count in range(2, 8):
                opened().replace_all(FILMS[:count])
        real(place, *given)

    monkeypatch.setattr(S3Place, "put_current", slow)
    opened().replace_all([AMELIE, MATRIX])
    assert held() == {AMELIE.source_id, MATRIX.source_id}
    assert storage.FORGET_AFTER.total_seconds() >= 900, "as long as any function may take"
