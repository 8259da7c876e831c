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

from chalicelib.feedback.adapters.bulk_read import interactions_of
from chalicelib.feedback.model import Interaction
from chalicelib.feedback.standing import Proof
from chalicelib.recommendations.item_similarity.likes import ExportedLikes, PagedLikes
from chalicelib.recommendations.item_similarity.sql import gather_sql, neighbours_sql
from chalicelib.recommendations.item_similarity.training_data import OWN, key_of, write_interactions
from infra.deploy.template.learning import FEEDBACK_ATTRIBUTES, learning
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
    """Reads the files of an export as Athena's table declares them, and the imported ones."""

    def __init__(self, files: Path) -> None:
        self.files = files
        self.gathered: list[tuple[Any, ...]] = []

    def run(self, sql: str) -> None:
        columns = "user_id varchar, film_id varchar, liked integer, rated_at bigint"
        kind = "STRUCT(" + ", ".join(f"{name} STRUCT(S VARCHAR)" for name in FEEDBACK_ATTRIBUTES) + ")"
        with duckdb.connect() as db:
            db.execute(f"CREATE TABLE interactions ({columns}); CREATE TABLE gathered ({columns})")
            db.execute("INSERT INTO interactions VALUES (?, ?, ?, ?)", [*IMPORTED])
            files = db.read_json(f"{self.files}/AWSDynamoDB/*/data/*.json.gz", columns={"Item": kind}, filename=True)
            id_of = "regexp_extract(filename, 'AWSDynamoDB/([^/]+)/', 1)"
            files.project(f"Item AS item, {id_of} AS export").create("exported")
            db.execute(sql)
            self.gathered = db.execute("SELECT * FROM gathered").fetchall()


def write_export(folder: Path, export: str, items: list[dict[str, Any]], files: int = 2) -> None:
    """As DynamoDB writes it: a line an item, some files."""
    for number in range(files):
        lines = "".join(json.dumps({"Item": item}) + "\n" for item in items[number::files])
        path = folder / "AWSDynamoDB" / export / "data" / f"part{number}.json.gz"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(lines.encode()))


def rows_of(interactions: list[Interaction]) -> list[tuple[Any, ...]]:
    return sorted((one.user_id, one.film_id, one.said, one.rated_at) for one in interactions)


def test_rows_are_identical_when_the_engine_reads_the_export_itself(s3: Any, tmp_path: Path) -> None:
    items = exported_items()
    write_export(tmp_path, "01695-abc", items)
    write_export(tmp_path, "01694-old", [items[0] | {"user_id": {"S": "of another day"}}], files=1)
    engine = DuckEngine(tmp_path)
    likes = ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF)
    assert likes.progress(begun := likes.begin()) == "done"
    assert likes.gather(begun, NOW) == "gathered"
    by_page = list(interactions_of(items, PROOF, NOW))
    assert len(by_page) > 100
    assert {*PROVEN} < {one.user_id for one in by_page}
    assert not {*UNPROVEN} & {one.user_id for one in by_page}
    assert sorted(engine.gathered) == rows_of([*by_page, IMPORTED])


def test_a_table_without_feedback_gives_the_imported_rows_alone(s3: Any, tmp_path: Path) -> None:
    write_export(tmp_path, "01695-abc", [], files=1)
    engine = DuckEngine(tmp_path)
    ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF).gather(Exports().start(), NOW)
    assert engine.gathered == rows_of([IMPORTED])


def test_what_an_earlier_run_has_gathered_goes_and_imported_files_stay(s3: Any) -> None:
    class Looking:
        def run(self, sql: str) -> None:  # noqa: ARG002
            self.left = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    for key in ("gathered/1", "gathered/2", key_of(OWN), key_of("other-site")):
        s3.put_object(Bucket=BUCKET, Key=key, Body=b"x")
    engine = Looking()
    ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), PROOF).gather("arn:x/export/1", NOW)
    assert engine.left == [key_of("other-site")], "own likes would count twice"


def test_likes_by_page_are_written_beside_the_imported_ones(s3: Any) -> None:
    class Feedback:
        def interactions(self, now: datetime) -> Iterator[Interaction]:
            assert now == NOW
            yield Interaction("u", "f", True, 7)

    likes = PagedLikes(Feedback(), lambda rows: write_interactions(s3, BUCKET, OWN, rows))
    assert likes.progress(likes.begin()) == "done"
    assert likes.gather("pages", NOW) == "interactions"
    body = s3.get_object(Bucket=BUCKET, Key=key_of(OWN))["Body"].read()
    assert gzip.decompress(body) == b"u,f,1,7\n"


def test_a_run_begun_by_page_has_failed_when_the_stage_exports_meanwhile(s3: Any, tmp_path: Path) -> None:
    assert ExportedLikes(Exports(), DuckEngine(tmp_path), s3, BUCKET, key_of(OWN), PROOF).progress("pages") == "failed"


@pytest.mark.parametrize("name", ["", "x' OR '1' = '1", "../other"])
def test_an_export_of_another_name_is_not_put_into_a_query(name: str) -> None:
    with pytest.raises(ValueError, match="export"):
        gather_sql(name, PROOF, NOW)


def test_the_tables_are_where_likes_are_put() -> None:
    tables: Any = {
        one["Properties"]["TableInput"]["Name"]: one["Properties"]["TableInput"]  # type: ignore[index]
        for one in learning().values()
        if one["Type"] == "AWS::Glue::Table"  # type: ignore[index]
    }
    places = {name: one["StorageDescriptor"]["Location"]["Fn::Sub"] for name, one in tables.items()}
    assert places == {
        "interactions": "s3://${LearningBucket}/judgements/",
        "gathered": "s3://${LearningBucket}/gathered/",
        "exported": "s3://${LearningBucket}/exports/AWSDynamoDB/",
    }
    columns = {name: [one["Name"] for one in table["StorageDescriptor"]["Columns"]] for name, table in tables.items()}
    assert columns["gathered"] == columns["interactions"] == ["user_id", "film_id", "liked", "rated_at"]
    assert "parquet" in tables["gathered"]["StorageDescriptor"]["SerdeInfo"]["SerializationLibrary"]
    exported = tables["exported"]
    assert [one["Name"] for one in exported["PartitionKeys"]] == ["export"]
    assert exported["Parameters"]["projection.export.type"] == "injected"
    _, parts = exported["Parameters"]["storage.location.template"]["Fn::Join"]
    assert parts == ["s3://", {"Ref": "LearningBucket"}, "/exports/AWSDynamoDB/${export}/data/"]
    (item,) = exported["StorageDescriptor"]["Columns"]
    assert item["Type"].startswith("struct<user_id:struct<s:string>,film_id:struct<s:string>")


def test_every_kind_of_feedback_and_time_is_among_what_is_compared() -> None:
    said = {(item.get("rating", {}).get("S"), item.get("steer", {}).get("S")) for item in exported_items()}
    assert said == set(product((None, "like", "dislike", "seen"), (None, "more_like_this", "exclude")))
    assert {len(one) for one in TIMES} == {len("2026-03-01T12:00:00Z"), len("2026-03-01T12:00:00.000000Z")}


@pytest.mark.parametrize("confirmed", [False, True])
def test_forty_robots_put_no_film_beside_another(s3: Any, tmp_path: Path, confirmed: bool) -> None:
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
    engine = DuckEngine(tmp_path)
    ExportedLikes(Exports(), engine, s3, BUCKET, key_of(OWN), Proof(7, 3)).gather(Exports().start(), RECENT)
    with duckdb.connect() as db:
        db.execute("CREATE TABLE gathered (user_id varchar, film_id varchar, liked integer, rated_at bigint)")
        db.executemany("INSERT INTO gathered VALUES (?, ?, ?, ?)", engine.gathered)
        learned = {film for film, _, near, _ in db.execute(neighbours_sql("gathered")).fetchall() if near}
    assert learned == {"famous", "known"} | ({"unheard of"} if confirmed else set())
