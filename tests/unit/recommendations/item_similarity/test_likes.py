"""Likes come out the same, whichever way they go to the engine."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from typing import Any

import boto3
import duckdb
import pytest
from moto import mock_aws

from chalicelib.errors import UnavailableError
from chalicelib.feedback.adapters.bulk_read import interactions_of
from chalicelib.feedback.model import Interaction
from chalicelib.feedback.standing import Proof
from chalicelib.outcomes.adapters.files import PREFIX as EVENTS_PREFIX
from chalicelib.outcomes.watched import Watched
from chalicelib.recommendations.item_similarity.daily import Making
from chalicelib.recommendations.item_similarity.likes import ExportedLikes, PagedLikes
from chalicelib.recommendations.item_similarity.sql import MADE_OF, kept_sql, neighbours_sql
from chalicelib.recommendations.item_similarity.training_data import (
    OWN,
    WATCHED,
    key_of,
    write_interactions,
    write_watched,
)
from infra.deploy.template.learning import FEEDBACK_ATTRIBUTES, KEPT_COLUMNS, learning
from tests.exported import NOW, PROOF, PROVEN, TIMES, UNPROVEN, exported_items

BUCKET = "learning"
RECENT = datetime(2026, 3, 2, tzinfo=UTC)  # the day after all that the robots have said
IMPORTED = Interaction("imported-1", "film-9", False, 5)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("s3")
        client.create_bucket(Bucket=BUCKET)
        yield client


class Exports:
    """DynamoDB that has written one export."""

    def start(self) -> str:
        return "arn:aws:dynamodb:eu-central-1:1:table/feedback/export/01695-abc"

    def progress(self, export_arn: str) -> Any:
        return {"01695-abc": "done"}[export_arn.rpartition("/")[2]]


class DuckEngine:
    """Reads the files of an export as Athena's table declares them, and the imported ones; a statement is done at the
    second look."""

    def __init__(self, db: duckdb.DuckDBPyConnection, files: Path) -> None:
        self.db = db
        self.looks: list[str] = []
        columns = "user_id varchar, film_id varchar, liked integer, rated_at bigint"
        kind = "STRUCT(" + ", ".join(f"{name} STRUCT(S VARCHAR)" for name in FEEDBACK_ATTRIBUTES) + ")"
        db.execute(f"CREATE TABLE interactions ({columns})")
        db.execute("INSERT INTO interactions VALUES (?, ?, ?, ?)", [*IMPORTED])
        for statement in kept_tables():
            db.execute(statement)
        found = db.read_json(f"{files}/AWSDynamoDB/*/data/*.json.gz", columns={"Item": kind}, filename=True)
        id_of = "regexp_extract(filename, 'AWSDynamoDB/([^/]+)/', 1)"
        found.project(f"Item AS item, {id_of} AS export").create("exported")

    def start(self, sql: str) -> str:
        self.db.execute(sql)
        return f"q{len(self.looks)}"

    def is_done(self, query: str, until: float) -> bool:  # noqa: ARG002
        self.looks.append(query)
        return len(self.looks) % 2 == 0

    @property
    def gathered(self) -> list[tuple[Any, ...]]:
        """All histories, row by row."""
        rows = self.db.execute("SELECT user_id, film_ids, said, moments FROM histories").fetchall()
        return [(user, *one) for user, *told in rows for one in zip(*told, strict=True)]


def kept_tables() -> Iterator[str]:
    """The tables that a template declares, as statements."""
    for name, columns in KEPT_COLUMNS.items():
        kinds = {"string": "varchar", "int": "integer", "bigint": "bigint"}
        declared = [
            f"{column} {kinds[kind.removeprefix('array<').removesuffix('>')]}{'[]' if '<' in kind else ''}"
            for column, kind in columns.items()
        ]
        yield f"CREATE TABLE {name} ({', '.join(declared)})"


@pytest.fixture
def db() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def nothing_watched(now: datetime) -> int:
    assert now in (NOW, RECENT)
    return 0


def gather(likes: ExportedLikes, begun: str, now: datetime) -> int:
    """Step by step, until all is there. Returns how many steps found a statement that still ran."""
    so_far, waits = Making(), 0
    while not so_far.is_ready:
        before, so_far = so_far, likes.gather(begun, so_far, now, 0.0)
        waits += before == so_far
    return waits


def write_export(folder: Path, export: str, items: list[dict[str, Any]], files: int = 2) -> None:
    """As DynamoDB writes it: a line an item, some files."""
    for number in range(files):
        lines = "".join(json.dumps({"Item": item}) + "\n" for item in items[number::files])
        path = folder / "AWSDynamoDB" / export / "data" / f"part{number}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(lines.encode()))


def rows_of(interactions: list[Interaction]) -> list[tuple[Any, ...]]:
    return sorted((one.user_id, one.film_id, one.said, one.rated_at) for one in interactions)


def test_rows_are_identical_when_the_engine_reads_the_export_itself(
    s3: Any, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    items = exported_items()
    write_export(tmp_path, "01695-abc", items)
    write_export(tmp_path, "01694-old", [items[0] | {"user_id": {"S": "of another day"}}], files=1)
    engine = DuckEngine(db, tmp_path)
    likes = ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF, nothing_watched)
    assert likes.progress(begun := likes.begin()) == "done"
    assert gather(likes, begun, NOW) == len(MADE_OF), "each was looked at while it ran, and none was started twice"
    by_page = list(interactions_of(items, PROOF, NOW))
    assert len(by_page) > 100
    assert {*PROVEN} < {one.user_id for one in by_page}
    assert not {*UNPROVEN} & {one.user_id for one in by_page}
    assert sorted(engine.gathered) == rows_of([*by_page, IMPORTED])


def test_a_table_without_feedback_gives_the_imported_rows_alone(
    s3: Any, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    write_export(tmp_path, "01695-abc", [], files=1)
    engine = DuckEngine(db, tmp_path)
    gather(ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF, nothing_watched), Exports().start(), NOW)
    assert engine.gathered == rows_of([IMPORTED])


def test_what_an_earlier_run_has_gathered_goes_and_imported_files_stay(s3: Any) -> None:
    class Looking:
        def start(self, sql: str) -> str:  # noqa: ARG002
            self.left = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
            return "q"

        def is_done(self, query: str, until: float) -> bool:
            raise NotImplementedError

    for key in ("gathered/films/1", "gathered/pairs/2", key_of(OWN), key_of("other-site")):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    engine = Looking()
    likes = ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF, nothing_watched)
    likes.gather("arn:x/export/1", Making(), NOW, 0.0)
    assert engine.left == [key_of("other-site")], "own likes would count twice"
    s3.put_object(Bucket=BUCKET, Key="gathered/histories/3", Body=b"x")
    likes.gather("arn:x/export/1", Making(made=1), NOW, 0.0)
    assert "gathered/histories/3" in engine.left, "what this run has made is what it goes on with"


def test_likes_by_page_are_written_beside_the_imported_ones(s3: Any) -> None:
    class Feedback:
        def interactions(self, now: datetime) -> Iterator[Interaction]:
            assert now == NOW
            yield Interaction("u", "f", True, 7)

    likes = PagedLikes(Feedback(), lambda rows: write_interactions(s3, BUCKET, OWN, rows), nothing_watched)
    assert likes.progress(likes.begin()) == "done"
    assert likes.gather("pages", Making(), NOW, 0.0).is_ready
    assert likes.table == "interactions"
    body = s3.get_object(Bucket=BUCKET, Key=key_of(OWN))["Body"].read()
    assert gzip.decompress(body) == b"u,f,1,7\n"


def test_a_run_begun_by_page_has_failed_when_the_stage_exports_meanwhile(
    s3: Any, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    write_export(tmp_path, "01695-abc", [], files=1)
    assert (
        ExportedLikes(Exports(), DuckEngine(db, tmp_path), s3, BUCKET, key_of(OWN), PROOF, nothing_watched).progress(
            "pages"
        )
        == "failed"
    )


@pytest.mark.parametrize("name", ["", "x' OR '1' = '1", "../other"])
def test_an_export_of_another_name_is_not_put_into_a_query(name: str) -> None:
    with pytest.raises(ValueError, match="export"):
        kept_sql(name, PROOF, NOW)


def test_the_tables_are_where_likes_are_put() -> None:
    tables: Any = {
        one["Properties"]["TableInput"]["Name"]: one["Properties"]["TableInput"]  # type: ignore[index]
        for one in learning().values()
        if one["Type"] == "AWS::Glue::Table"  # type: ignore[index]
    }
    places = {name: one["StorageDescriptor"]["Location"]["Fn::Sub"] for name, one in tables.items()}
    assert places == {
        "interactions": "s3://${LearningBucket}/judgements/",
        "events": f"s3://${{LearningBucket}}/{EVENTS_PREFIX}",
        **{name: f"s3://${{LearningBucket}}/gathered/{name}/" for name in MADE_OF},
        "exported": "s3://${LearningBucket}/exports/AWSDynamoDB/",
    }
    assert all("parquet" in tables[name]["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"] for name in MADE_OF)
    exported = tables["exported"]
    assert [one["Name"] for one in exported["PartitionKeys"]] == ["export"]
    assert exported["Parameters"]["projection.export.type"] == "injected"
    _, parts = exported["Parameters"]["storage.location.template"]["Fn::Join"]
    assert parts == ["s3://", {"Ref": "LearningBucket"}, "/exports/AWSDynamoDB/${export}/data/"]
    told = tables["events"]
    assert [one["Name"] for one in told["PartitionKeys"]] == ["day"]
    _, parts = told["Parameters"]["storage.location.template"]["Fn::Join"]
    assert parts == ["s3://", {"Ref": "LearningBucket"}, f"/{EVENTS_PREFIX}day=${{day}}/"]
    (item,) = exported["StorageDescriptor"]["Columns"]
    assert item["Type"].startswith("struct<user_id:struct<s:string>,film_id:struct<s:string>")


def test_every_kind_of_feedback_and_time_is_among_what_is_compared() -> None:
    said = {(item.get("rating", {}).get("S"), item.get("steer", {}).get("S")) for item in exported_items()}
    assert said == set(product((None, "like", "dislike", "seen"), (None, "more_like_this", "exclude")))
    assert {len(one) for one in TIMES} == {len("2026-03-01T12:00:00Z"), len("2026-03-01T12:00:00.000000Z")}


@pytest.mark.parametrize("confirmed", [False, True])
def test_forty_robots_put_no_film_beside_another(
    s3: Any, tmp_path: Path, db: duckdb.DuckDBPyConnection, confirmed: bool
) -> None:
    mark: dict[str, Any] = {} if confirmed else {"unconfirmed": {"S": "1"}}
    viewers: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
        (f"viewer {n}", ("famous", "known"), {}) for n in range(60)
    ]
    robots = [(f"robot {n}", ("famous", "unheard of"), mark) for n in range(40)]
    items = [
        {"user_id": {"S": who}, "film_id": {"S": one}, "rating": {"S": "like"}, "updated_at": {"S": TIMES[0]}} | marked
        for who, films, marked in viewers + robots
        for one in films
    ]
    write_export(tmp_path, "01695-abc", items)
    engine = DuckEngine(db, tmp_path)
    gather(
        ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), Proof(7, 3), nothing_watched),
        Exports().start(),
        RECENT,
    )
    learned = {film for film, _, near, _ in db.execute(neighbours_sql(None)).fetchall() if near}
    assert learned == {"famous", "known"} | ({"unheard of"} if confirmed else set())


def test_what_was_watched_lies_there_while_histories_are_made_and_no_longer(s3: Any) -> None:
    """A file with users' own ids beside what their clients told."""
    there: list[bool] = []

    class Looking:
        def start(self, sql: str) -> str:  # noqa: ARG002
            found = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
            there.append(key_of(WATCHED) in [one["Key"] for one in found])
            return "q"

        def is_done(self, query: str, until: float) -> bool:  # noqa: ARG002
            return True

    def write(now: datetime) -> int:
        return write_watched(s3, BUCKET, [Watched("u", "f", True, 7), Watched("u", "g", False, 8)])

    likes = ExportedLikes(Exports(), Looking(), s3, BUCKET, key_of(OWN), PROOF, write)
    so_far = likes.gather("arn:x/export/1", Making(), NOW, 0.0)
    body = s3.get_object(Bucket=BUCKET, Key=key_of(WATCHED))["Body"].read()
    assert gzip.decompress(body) == b"u,f,4,7\nu,g,3,8\n"
    for _ in range(4):
        so_far = likes.gather("arn:x/export/1", so_far, NOW, 0.0)
    assert there == [True, False, False]


def test_learning_goes_on_without_what_was_watched_when_that_cannot_be_told(s3: Any) -> None:
    def away() -> Iterator[Watched]:
        yield Watched("u", "f", True, 7)
        raise UnavailableError("away")

    write_watched(s3, BUCKET, [Watched("u", "yesterday", True, 7)])
    assert write_watched(s3, BUCKET, away()) == 0
    assert "Contents" not in s3.list_objects_v2(Bucket=BUCKET)


def test_what_unproven_viewers_have_watched_says_nothing(
    s3: Any, tmp_path: Path, db: duckdb.DuckDBPyConnection
) -> None:
    """Nor that of whoever has judged nothing; and what is said of a film counts in place of what was watched of it."""
    items = exported_items()
    write_export(tmp_path, "01695-abc", items)
    engine = DuckEngine(db, tmp_path)
    by_page = list(interactions_of(items, PROOF, NOW))
    person, judged, robot = by_page[0].user_id, by_page[0].film_id, next(iter(UNPROVEN))
    watched = [(person, judged), (person, "watched"), (robot, "watched"), ("nobody", "watched")]
    db.executemany("INSERT INTO interactions VALUES (?, ?, 4, 99)", watched)
    gather(ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF, nothing_watched), Exports().start(), NOW)
    assert sorted(engine.gathered) == sorted([*rows_of([*by_page, IMPORTED]), (person, "watched", 4, 99)])
