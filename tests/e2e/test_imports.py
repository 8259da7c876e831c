"""What a site knows of its viewers, brought in by file at the deployed API: kept, and shown when they come.

Its worker is killed on the way.
"""

import gzip
from collections.abc import Iterator
from uuid import uuid4

import boto3
import httpx
import msgspec
import pytest

from chalicelib.viewer_ids import of_server
from tests.bench.bulk import rows, seconds_to_personal, sent, taken, visited
from tests.deployed import SCHEDULED, Stack, Viewer, made_server_key, revoke_server_key, wait_for

VIEWERS, FILMS_EACH = 150, 10
PERSONAL_SECONDS = {"ministack": 2.0, "localstack": 6.0}
"""After the first look. LocalStack looks into a queue once a second, and starts a process for each call."""


@pytest.fixture(scope="module")
def server(stack: Stack) -> Iterator[Viewer]:
    """One of the site's own servers, which also speaks for its viewers; its key is revoked in the end."""
    server = Viewer(stack.url, made_server_key("e2e-imports", "ingest,act"))
    unknown = f"v1/imports/{of_server('none')}"
    assert wait_for(lambda: server.call("GET", unknown).status_code == 404, 15), "a new key is known within seconds"
    yield server
    revoke_server_key("e2e-imports")


def items_of(stack: Stack, user_id: str) -> dict[str, tuple[str, str]]:
    """By film what is held of a viewer, and when it was written."""
    answer = boto3.client("dynamodb").query(
        TableName=stack.outputs["FeedbackTable"], KeyConditionExpression="user_id = :one",
        ExpressionAttributeValues={":one": {"S": user_id}},
    )  # fmt: skip
    return {one["film_id"]["S"]: (one["rating"]["S"], one["updated_at"]["S"]) for one in answer["Items"]}


def brought(stack: Stack, server: Viewer, raw: bytes) -> str:
    """The id of an import that is found at once, not within the schedule's minute."""
    import_id = sent(server, raw)
    stack.wake("TendCatalog", SCHEDULED)
    return import_id


def test_history_comes_by_file_and_waits_for_its_viewers(
    stack: Stack, server: Viewer, stranger: Viewer, request: pytest.FixtureRequest
) -> None:
    films = stranger.ok("GET", "v1/films", params={"limit": 100, "sort": "rating"})["films"]
    site = uuid4().hex[:8]  # those of an earlier try have come already
    named = rows(VIEWERS, FILMS_EACH, [film["film_id"] for film in films])
    given = [one | {"viewer": f"{site}-{one['viewer']}"} for one in named]
    bad = [b"{", msgspec.json.encode(given[0] | {"film": "no such film"})]
    raw = gzip.compress(b"\n".join([*bad, *map(msgspec.json.encode, given)]))
    told = taken(stack, server, brought(stack, server, raw), kills=1)
    assert (told["state"], told["accepted"], told["rejected"]) == ("done", len(given), 2)
    assert [(one["row"], one["field"]) for one in told["errors"]] == [(1, ""), (2, "film")]
    names = [f"{site}-v{number}" for number in range(VIEWERS)]
    held = {name: items_of(stack, of_server(name)) for name in names}
    for one in given:
        assert held[str(one["viewer"])][str(one["film"])][0] == one["rating"]
    assert sum(map(len, held.values())) == len(given)

    lists = boto3.client("dynamodb").scan(TableName=stack.outputs["RecommendationsTable"])["Items"]
    ours = {of_server(viewer) for viewer in held}
    assert not [one for one in lists if one["user_id"]["S"] in ours], "nobody has come: no list, no mark, no question"

    seconds_to_personal(server, names[0])  # wakes whoever sleeps
    assert seconds_to_personal(server, names[1]) < PERSONAL_SECONDS[request.config.getoption("--emulator")]
    page = visited(server, names[1])
    assert not {film["film_id"] for film in page["films"]} & held[names[1]].keys()

    assert taken(stack, server, brought(stack, server, raw))["accepted"] == len(given)
    assert {viewer: items_of(stack, of_server(viewer)) for viewer in held} == held, "the same file twice"


def test_a_file_of_nonsense_changes_nothing(stack: Stack, server: Viewer) -> None:
    begun = server.ok("POST", "v1/imports", {"kind": "interactions"})
    good = {"viewer": "nonsense", "film": "x", "rating": "like", "at": "2026-01-01T00:00:00Z"}
    httpx.put(begun["upload_url"], content=msgspec.json.encode(good)).raise_for_status()
    stack.wake("TendCatalog", SCHEDULED)
    told = taken(stack, server, begun["import_id"])
    assert (told["state"], told["accepted"]) == ("failed", 0)
    assert items_of(stack, of_server("nonsense")) == {}
