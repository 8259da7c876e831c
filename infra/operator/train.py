"""Learning by hand: put rating files where the daily job reads them, and run the job now.

    python -m infra train add demo
    python -m infra train add old-site --ratings ratings.csv
    python -m infra train run --stack films-test

A rating file has the columns user_id, source_id (the catalogue's: tt0111161, ml318, …), rating and timestamp (seconds).
It enters as job input in S3: nobody's lists are rebuilt for it, and no stream record is written.
"""

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import boto3
from botocore.config import Config

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.feedback.model import Interaction
from chalicelib.recommendations.item_similarity.training_data import write_interactions
from infra.catalog.sources.table_file import TableFile
from infra.stack_outputs import add_stack, outputs

DEMO = "demo"
COLUMNS = ("user_id", "source_id", "rating", "timestamp")
_COLUMNS = ", ".join(COLUMNS)
LIKE_FROM, DISLIKE_TO = 4.0, 2.0  # of 5 stars; what lies between was seen, no more
READ_SECONDS = 900  # the job's own time-out
DEADLINE_SECONDS = 2 * 3_600  # exports of large tables take an hour
WAITS = {
    "exporting": "DynamoDB exports the likes: 5 to 30 minutes are usual",
    "gathering": "Athena gathers and counts them",
    "busy": "another step of the job runs",
}
POLL_SECONDS = {"exporting": 30.0, "gathering": 1.0, "busy": 1.0}  # a step waits for minutes by itself while it gathers


class RatingsRefusedError(Exception):
    """The file holds no ratings, or a row of it is none; nothing was stored."""


class LearningFailedError(Exception):
    """The job ended with an error; the text is its message. The model in use stays."""


def add_ratings(bucket: str, name: str, interactions: Iterator[Interaction]) -> int:
    """Stores a rating file's interactions under its name, replacing an older file of that name. Returns the rows."""
    return write_interactions(boto3.client("s3"), bucket, name, interactions)


def start_job(function: str) -> None:
    """Has the job run, and does not wait."""
    boto3.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=_event())


def run_job(function: str, tell: Callable[[str], None] = lambda _: None) -> str:
    """Has the job run, step by step, until it has learned. `tell` hears what is waited for. Returns how it ended.

    Raises:
        LearningFailedError: a step failed, or it took too long.
    """
    config = Config(read_timeout=READ_SECONDS, retries={"total_max_attempts": 1})
    client, deadline = boto3.client("lambda", config=config), time.monotonic() + DEADLINE_SECONDS
    while True:
        answer = client.invoke(FunctionName=function, Payload=_event())
        said = answer["Payload"].read().decode()
        if "FunctionError" in answer:
            raise LearningFailedError(said)
        outcome: str = json.loads(said)["outcome"]
        if outcome not in WAITS:
            return outcome
        if time.monotonic() > deadline:
            raise LearningFailedError(f"{outcome} for {DEADLINE_SECONDS} s; the schedule goes on with it")
        tell(WAITS[outcome])
        time.sleep(POLL_SECONDS[outcome])


def _event() -> bytes:
    schedule = {"detail": {"at_once": True}, "source": "aws.events", "detail-type": "Scheduled Event", "version": "0",
                "id": "by-hand", "account": "", "time": "", "region": "", "resources": []}  # fmt: skip
    return json.dumps(schedule).encode()


def demo_interactions() -> Iterator[Interaction]:
    """MovieLens' small set, as the demo catalogue names its films."""
    from infra.catalog.sources.demo import demo_ratings

    for one in demo_ratings():
        yield Interaction(f"movielens-{one.user_id}", one.film_id, _liked(one.rating), one.timestamp * 1_000_000)


def interactions_of(path: Path) -> Iterator[Interaction]:
    """A rating file's rows, whatever its letters and delimiter.

    Raises:
        RatingsRefusedError: a column is missing, or a row is no rating.
    """
    table = TableFile.found(path)
    with table.opened() as file:
        reader = csv.DictReader(file, delimiter=table.delimiter)
        try:
            if lacking := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
                raise RatingsRefusedError(f"{path.name} has no column {lacking[0]}; a rating file has {_COLUMNS}")
            for row in reader:
                yield _interaction(row)
        except (csv.Error, UnicodeDecodeError, ValueError, TypeError, OverflowError) as error:
            raise RatingsRefusedError(f"{path.name}, line {reader.line_num} is no rating: {error}") from None


def _interaction(row: Mapping[str, str]) -> Interaction:
    moment = int(float(row["timestamp"]) * 1_000_000)
    return Interaction(row["user_id"], film_id_of(row["source_id"]), _liked(float(row["rating"])), moment)


def said_once() -> Callable[[str], None]:
    """Prints each sentence once."""
    said: set[str] = set()

    def say(sentence: str) -> None:
        if sentence not in said:
            said.add(sentence)
            print(f"… {sentence}", flush=True)

    return say


def _liked(rating: float) -> bool | None:
    return True if rating >= LIKE_FROM else False if rating <= DISLIKE_TO else None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do, and in which stack."""
    actions = parser.add_subparsers(dest="action", required=True)
    adding = actions.add_parser("add", help="put a rating file where the job reads it")
    adding.add_argument("name", help="what the file is called there; an older file of that name is replaced")
    adding.add_argument("--ratings", type=Path, help="the file; the name demo has its own")
    running = actions.add_parser("run", help="run the job now, and wait for its end")
    add_stack(parser, adding, running)


def run(given: argparse.Namespace) -> int:
    """Adds a file or runs the job. The exit code: 1 when there is no file, or the job failed."""
    if given.action == "add" and given.ratings is None and given.name != DEMO:
        print(f"✗ which file? --ratings FILE (only {DEMO} has its own)", file=sys.stderr)
        return 1
    try:
        if given.action == "add" and given.ratings:
            next(interactions_of(given.ratings), None)  # a wrong file is told before anybody is asked for the stack
        stack = outputs(given.stack)
        if given.action == "run":
            print(run_job(stack["Learn"], said_once()))
        else:
            rows = interactions_of(given.ratings) if given.ratings else demo_interactions()
            print(f"{add_ratings(stack['LearningBucket'], given.name, rows)} rows")
    except (RatingsRefusedError, LearningFailedError, OSError) as error:
        print(f"✗ not learned, the model in use stays: {error}", file=sys.stderr)
        return 1
    return 0
