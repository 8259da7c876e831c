"""A site's history brought in through HTTP on the deployed stack. Last line: one JSON object.

    python -m tests.bench.bulk [--viewers 100000] [--films-each 10] [--kills 2] [--skip-second]

It deploys a copy of its own, sends one file, kills the worker that takes it, reads everything back, lets some of the
viewers come, as the site's server does, and sends the file once more.
"""

import argparse
import gzip
import hashlib
import json
import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import BytesIO
from itertools import batched
from typing import Any, NamedTuple, cast

import boto3
import httpx
import msgspec

from chalicelib.viewer_ids import of_server
from infra.deploy.template.tables import tables
from infra.local import processes
from infra.local.running_copy import down
from infra.local.up import up
from tests.bench._capacity import write_units
from tests.deployed import LOCAL, Stack, Viewer, made_server_key

DEADLINE_SECONDS = 7_200.0
KILLED_REST_SECONDS = 30
READERS, READ_TOGETHER = 4, 1_000
SAID = ("like", "like", "like", "dislike")


def rows(viewers: int, films_each: int, film_ids: list[str]) -> Iterator[dict[str, object]]:
    """Every viewer's, by viewer in no order; each film of a viewer once."""
    now = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
    for place in range(films_each):
        for viewer in range(viewers):
            rnd = random.Random(viewer * 1_000 + place)
            film = film_ids[(viewer * 31 + place * 7) % len(film_ids)]
            at = (now - timedelta(minutes=rnd.randrange(500_000))).isoformat()
            yield {"viewer": f"v{viewer}", "film": film, "rating": rnd.choice(SAID), "at": at}


def packed(viewers: int, films_each: int, film_ids: list[str]) -> tuple[bytes, int]:
    """The file, and a sum of what it says that no order changes."""
    out, told = BytesIO(), 0
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=3) as file:
        for one in rows(viewers, films_each, film_ids):
            file.write(msgspec.json.encode(one) + b"\n")
            told += _sum(of_server(str(one["viewer"])), str(one["film"]), str(one["rating"]))
    return out.getvalue(), told


def _sum(*words: str) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join(words).encode(), digest_size=7).digest())


class Held(NamedTuple):
    """The table: how many items it has, how many of them these viewers' are, a sum of what those say, one with when
    they were written, and the write units that they and their index entries take."""

    items: int
    theirs: int = 0
    said: int = 0
    written: int = 0
    units: int = 0

    def with_page(self, page: list[Any], indexes: list[Any]) -> "Held":
        """With one viewer's items."""
        keys = [(item["user_id"]["S"], item["film_id"]["S"]) for item in page]
        return Held(
            self.items,
            self.theirs + len(page),
            self.said + sum(_sum(*key, item["rating"]["S"]) for key, item in zip(keys, page, strict=True)),
            self.written + sum(_sum(*key, item["updated_at"]["S"]) for key, item in zip(keys, page, strict=True)),
            self.units + sum(write_units(None, item, indexes) for item in page),
        )


def read_back(table: str, viewers: int) -> Held:
    """Every item of these viewers. By viewer: each page of a scan costs the emulator all items of the table."""
    client = boto3.client("dynamodb")
    template = cast(Any, tables())["FeedbackTable"]["Properties"]
    indexes = [*template.get("LocalSecondaryIndexes", ()), *template.get("GlobalSecondaryIndexes", ())]
    held = Held(int(client.describe_table(TableName=table)["Table"]["ItemCount"]))

    def items_of(viewer: int) -> list[Any]:
        asked: Any = {":user": {"S": of_server(f"v{viewer}")}}
        return client.query(TableName=table, KeyConditionExpression="user_id = :user", ExpressionAttributeValues=asked)[
            "Items"
        ]

    with ThreadPoolExecutor(READERS) as pool:
        for some in batched(range(viewers), READ_TOGETHER, strict=False):
            for page in pool.map(items_of, some):
                held = held.with_page(page, indexes)
    return held


def sent(server: Viewer, raw: bytes) -> str:
    """The id of an import whose file has been sent."""
    begun = server.ok("POST", "v1/imports", {"kind": "interactions"})
    httpx.put(begun["upload_url"], content=raw, timeout=600).raise_for_status()
    return str(begun["import_id"])


def taken(stack: Stack, server: Viewer, import_id: str, kills: int = 0) -> dict[str, Any]:
    """What became of it; its worker is killed so often while it is at it, some way apart."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    killed_at: dict[str, Any] = {}
    if kills:  # else the message of a killed worker rests for three and a half minutes
        queue, rest = stack.outputs["ImportsQueue"], {"VisibilityTimeout": str(KILLED_REST_SECONDS)}
        boto3.client("sqs").set_queue_attributes(QueueUrl=queue, Attributes=rest)  # type: ignore[arg-type]
    while time.monotonic() < deadline:
        told: dict[str, Any] = server.ok("GET", f"v1/imports/{import_id}")
        if told["state"] in ("done", "failed"):
            return told
        if kills and told["rows"] and told != killed_at and (pids := stack.workers("TakeImports")):
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            kills, killed_at = kills - 1, told
            print(f"killed at {told}", flush=True)
        time.sleep(0.5)
    raise TimeoutError(f"not taken: {told}")


def visited(server: Viewer, viewer: str) -> dict[str, Any]:
    """A viewer's home page, which the site's own server asks for."""
    page: dict[str, Any] = server.ok("GET", "v1/recommendations", headers={"X-Viewer": viewer})
    return page


def seconds_to_personal(server: Viewer, viewer: str) -> float:
    """From the first look until the page is the viewer's own."""
    began = time.monotonic()
    while visited(server, viewer)["source"] == "top":
        if time.monotonic() - began > DEADLINE_SECONDS:
            raise TimeoutError("the page stays everybody's")
        time.sleep(0.05)
    return time.monotonic() - began


def server_of(url: str, name: str) -> Viewer:
    """One of the site's own servers, which may bring in what viewers did, and speak for them."""
    server = Viewer(url, made_server_key(name, "ingest,act"))
    while server.call("GET", f"v1/imports/{of_server('none')}").status_code != 404:
        time.sleep(1)
    return server


def measured(stack: Stack, given: argparse.Namespace) -> dict[str, object]:
    """All figures."""
    films = Viewer(stack.url).ok("GET", "v1/films", params={"limit": 100, "sort": "rating"})["films"]
    film_ids = [film["film_id"] for film in films]
    raw, expected = packed(given.viewers, given.films_each, film_ids)
    total = given.viewers * given.films_each
    server = server_of(stack.url, "bench-bulk")
    table, lists = stack.outputs["FeedbackTable"], stack.outputs["RecommendationsTable"]
    lists_before = boto3.client("dynamodb").scan(TableName=lists, Select="COUNT")["Count"]
    before = read_back(table, 0)
    began = time.monotonic()
    told = taken(stack, server, sent(server, raw), given.kills)
    figures: dict[str, object] = {"rows": total, "bytes": len(raw), "seconds": round(time.monotonic() - began, 1)}
    print(told, figures, flush=True)
    held = read_back(table, given.viewers)
    figures["read_back"] = held.theirs
    figures["of_others"] = held.items - held.theirs - before.items  # below 0: the first like's viewer has been erased
    figures["as_sent"] = (held.theirs, held.said, told["accepted"]) == (total, expected, total)
    figures["write_units_per_million"] = round(held.units / total * 1_000_000)
    lists_now = boto3.client("dynamodb").scan(TableName=lists, Select="COUNT")["Count"]
    figures["lists_made"] = lists_now - lists_before
    print(figures, flush=True)
    seconds_to_personal(server, "v0")  # wakes whoever sleeps
    figures["first_visits_seconds"] = [round(seconds_to_personal(server, f"v{number}"), 2) for number in range(1, 6)]
    print(figures, flush=True)
    if not given.skip_second:
        began = time.monotonic()
        again = taken(stack, server, sent(server, raw))
        figures["second_seconds"] = round(time.monotonic() - began, 1)
        figures["second_changed_nothing"] = (read_back(table, given.viewers)[1:], again["accepted"]) == (
            held[1:],
            total,
        )
    return figures


def main() -> None:
    """Prints the figures; the last line is JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.bulk")
    parser.add_argument("--viewers", type=int, default=100_000)
    parser.add_argument("--films-each", type=int, default=10)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--skip-second", action="store_true")
    given = parser.parse_args()
    state = LOCAL / "bench-bulk"
    down(state)
    try:
        url = up(state, processes.free_port())
        outputs = msgspec.json.decode((state / "outputs.json").read_bytes(), type=dict[str, str])
        figures = measured(Stack(url, (state / "gigachat").read_text(), state, outputs), given)
    finally:
        down(state)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
