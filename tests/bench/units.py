"""What each thing that happens uses of AWS and of GigaChat: the units that `python -m infra cost` multiplies by prices.

    python -m tests.bench.units [--likes 40] [--rounds 5]

A viewer of the demo catalogue registers, likes films one after the other, looks at pages and is asked about; every
handler runs in this process against moto and GigaChat's stand-in. Each entry of `invocations` is one run of one
function: units of DynamoDB (`_capacity.py`), requests to AWS, messages sent, bytes answered and logged, tokens, and
milliseconds of this machine's processor, warm. Sizes of what is stored are in bytes. The last line is one JSON object.
"""

import argparse
import contextlib
import gzip
import importlib
import io
import json
import logging
import re
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean
from typing import Any
from uuid import uuid4

import boto3
import msgspec

from chalicelib import resources
from chalicelib.catalog.meaning import film_text
from chalicelib.outcomes.pseudonyms import PSEUDONYM_CHARACTERS
from chalicelib.outcomes.tell import Event, told_of
from chalicelib.recommendations.llm.token_estimate import estimate_tokens
from chalicelib.settings import settings
from infra.catalog.sources.demo import demo_films
from infra.deploy.package import package
from infra.deploy.template.tables import tables
from infra.rehearsal.resolve import REGION, Template
from tests.bench import _cold_world as world
from tests.bench._capacity import Meter, size_of
from tests.bench._first_answer import Context

LAMBDAS_OWN_LOG_BYTES = 400  # START, END and REPORT of each run, as Lambda writes them
WARMING = 3  # likes: as many as a first question takes
RECENT = 10  # likes that count: those of a viewer whose list is long
SQL = Path("chalicelib/recommendations/item_similarity")
ADDRESS = "192.0.2.1"
SCHEDULED = {"Sweep": "sweep", "TendCatalog": "tend_catalog", "NotePremieres": "note_premieres"}


class Site:
    """Runs handlers, and keeps what each run used."""

    def __init__(self, template: Template) -> None:
        self.template = template
        names = {str(template.value({"Ref": logical_id})): logical_id for logical_id in tables()}
        self.meter = Meter(names)
        self.runs: dict[str, list[dict[str, float]]] = {}
        self.handlers = {
            logical_id: _handler(str(properties["Handler"])) for logical_id, properties in template.functions().items()
        }
        self.user_id = self.token = self.email = ""
        self.issue = datetime.now(UTC)

    def run(self, name: str, function: str, event: Any) -> Any:
        """One run, noted under a name. Raises RuntimeError when it fails."""
        self.meter.counted.clear()
        said = io.StringIO()
        with self.meter.counting(), contextlib.redirect_stdout(said):
            began = time.thread_time()  # moto's own thread is not ours
            answer = self.handlers[function](event, Context())
            cpu_ms = 1_000 * (time.thread_time() - began)
        failed = isinstance(answer, dict) and (answer.get("batchItemFailures") or answer.get("statusCode", 200) >= 400)
        if failed:
            raise RuntimeError(f"{name}: {answer}")
        body = str(answer.get("body", "")) if isinstance(answer, dict) and "statusCode" in answer else ""
        counted = self.meter.counted
        self.runs.setdefault(name, []).append({
            "read_units": counted["read_units"], "write_units": counted["write_units"],
            "requests": counted["requests"], "messages": counted["messages"], "cpu_ms": cpu_ms,
            "answer_bytes": len(body.encode()), "log_bytes": LAMBDAS_OWN_LOG_BYTES + len(said.getvalue().encode()),
        })  # fmt: skip
        return json.loads(body) if body.startswith("{") else answer

    def call(self, name: str, method: str, resource: str, body: object = None, **more: Any) -> Any:
        """One request to the API, of this viewer."""
        parameters = more.get("parameters")
        path = resource.format(**parameters) if parameters else resource
        admitted = {"principalId": self.user_id, "language": "ru"} if self.user_id else {}
        query = more.get("query")
        return self.run(name, "APIHandler", {
            "resource": resource, "path": path, "httpMethod": method,
            "headers": {"accept": "application/json", "content-type": "application/json"}, "multiValueHeaders": {},
            "body": None if body is None else json.dumps(body), "isBase64Encoded": False, "pathParameters": parameters,
            "queryStringParameters": query, "stageVariables": None,
            "multiValueQueryStringParameters": {key: [value] for key, value in query.items()} if query else None,
            "requestContext": {"resourcePath": resource, "httpMethod": method, "requestId": "bench",
                               "identity": {"sourceIp": ADDRESS}, "authorizer": admitted},
        })  # fmt: skip

    def sign_in(self) -> None:
        """Registers, signs in, and is admitted."""
        self.user_id, self.email = "", f"{uuid4().hex}@example.com"
        given = {"email": self.email, "password": world.PASSWORD}
        self.user_id = self.call("register", "POST", "/v1/auth/register", given | {"language": "ru"})["user_id"]
        pair = self.call("sign_in", "POST", "/v1/auth/login", given)
        self.token = pair["access_token"]
        self.call("refresh", "POST", "/v1/auth/refresh", {"refresh_token": pair["refresh_token"]})

    def like(self, film_id: str) -> None:
        """A like, and what follows it."""
        self.call("like", "PUT", "/v1/feedback/{film_id}", {"rating": "like"}, parameters={"film_id": film_id})
        self.run("plan", "Plan", world._stream({"user_id": {"S": self.user_id}, "film_id": {"S": film_id}}))
        self.run(
            "rebuild",
            "Rebuild",
            world._queued("rebuild", {"user_id": self.user_id, "changed_at": datetime.now(UTC).isoformat()}),
        )

    def tell(self) -> None:
        """What a page view shows, and that a film was opened."""
        home, now = self.call("home", "GET", "/v1/recommendations"), datetime.now(UTC).isoformat()
        given = [
            {"type": kind, "film_id": film["film_id"], "place": film["place"], "list_version": home["list_version"],
             "surface": "home", "at": now}
            for kind, films in (("shown", home["films"]), ("opened", home["films"][:1])) for film in films
        ]  # fmt: skip
        self.call("events", "POST", "/v1/events", {"events": given})
        told = [msgspec.convert(one, Event, strict=False) for one in given]
        batch = {"viewer": "0" * PSEUDONYM_CHARACTERS, "events": [told_of(one) for one in told]}
        message = world._queued("events", {})
        message["Records"][0]["body"] = msgspec.json.encode(batch).decode()
        self.run("write_events", "WriteEvents", message)

    def look(self) -> None:
        """A visit without a word."""
        self.tell()
        home = self.call("home", "GET", "/v1/recommendations")
        self.call("search", "GET", "/v1/films", query={"query": "матрица"})
        film = {"film_id": home["films"][0]["film_id"]}
        self.call("film", "GET", "/v1/films/{film_id}", parameters=film)
        self.call("similar", "GET", "/v1/films/{film_id}/similar", parameters=film)
        arn = f"arn:aws:execute-api:{REGION}:123456789012:abc/api/GET/v1/me"
        given = {"type": "TOKEN", "authorizationToken": f"Bearer {self.token}", "methodArn": arn}
        self.run("authorize", "Authorize", given)
        letter = {"purpose": "reset", "email": self.email}
        self.run("post_letters", "PostLetters", world._queued("letters", letter))
        resources.account_store().set_letters(self.user_id, datetime.now(UTC))
        self.issue += timedelta(days=7)  # none of a week that has had its letter
        due = {"type": "one", "issue": self.issue.isoformat(), "user_id": self.user_id}
        self.run("send_weekly", "SendWeekly", world._queued("weekly", due))
        for function in ("Sweep", "TendCatalog", "NotePremieres"):
            self.run(SCHEDULED[function], function, world._scheduled())

    def be_asked_about(self) -> None:
        """One question to the model, once the first likes have paused for long enough."""
        time.sleep(settings().ask_first_pause_seconds + 1)
        self.run("ask", "Ask", world._queued("ask", {"user_id": self.user_id, "taste_hash": "", "window": 1}))

    def stored(self) -> dict[str, int]:
        """Bytes of one of each: what a viewer leaves in the tables."""
        held: dict[str, int] = {}
        for table, logical_id in self.meter._table_of.items():
            for item in boto3.client("dynamodb").scan(TableName=table)["Items"]:
                kind = str(item.get("item", {}).get("S", "")) or logical_id.removesuffix("Table").lower()
                held[kind] = max(held.get(kind, 0), size_of(item))
        held["feedback"] *= 2  # the index `by_updated_at` holds all of it again
        return held

    def exported_bytes(self) -> int:
        """Of a like in an export of the table: gzip over lines of JSON, as DynamoDB writes it."""
        name = str(self.template.value({"Ref": "FeedbackTable"}))
        items = boto3.client("dynamodb").scan(TableName=name)["Items"]
        lines = "\n".join(json.dumps({"Item": item}, ensure_ascii=False, default=str) for item in items)
        return round(len(gzip.compress(lines.encode())) / len(items))


def _handler(dotted: str) -> Any:
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)


def times_read() -> int:
    """How often learning reads the export, by its own SQL."""
    return sum(len(re.findall(r"FROM exported\b", path.read_text())) for path in SQL.glob("*.sql"))


def measured(site: Site, likes: int, rounds: int) -> dict[str, Any]:
    """All figures."""
    for so_many in (WARMING, likes):
        site.runs.clear()  # the first viewer's warm the worker
        site.sign_in()
        site.tell()
        for film in resources.catalog().top(so_many):
            site.like(film.film_id)
        site.be_asked_about()
    stored = site.stored()  # of a viewer who has not asked for letters
    for _ in range(rounds):
        site.look()
    snapshot = boto3.client("s3").list_objects_v2(Bucket=world.FILMS)["Contents"]
    used = {
        name: {figure: round(mean(run[figure] for run in runs[-RECENT:]), 2) for figure in runs[0]}
        for name, runs in site.runs.items()
    }
    return {
        "invocations": used,
        "stored_bytes": stored,
        "exported_bytes_per_like": site.exported_bytes(),
        "export_reads": times_read(),
        "tokens_per_question": resources.budget().ledger(datetime.now(UTC)).tokens // 2,  # of both
        "snapshot_bytes": max(one["Size"] for one in snapshot),
        "tokens_per_film": tokens_per_film(),
    }


def tokens_per_film() -> float:
    """Of what is embedded of a film of the demo, by our estimate; a site whose films have descriptions pays up to some
    hundred tokens more for each."""
    texts = [film_text(film) for film in demo_films()]
    return round(sum(map(estimate_tokens, texts)) / len(texts), 1)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--likes", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args(arguments)
    for noisy in ("werkzeug", "chalicelib"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    template = Template(json.loads(package().read_text()), {})
    with world.running_world(template, "APIHandler"):
        told = measured(Site(template), given.likes, given.rounds)
    for name, one in told["invocations"].items():
        print(f"{name:15}" + "  ".join(f"{figure} {value:g}" for figure, value in one.items()))
    print(json.dumps(told))
    return 0


if __name__ == "__main__":
    sys.exit(main())
