"""The learning job through the deployed stack: interactions in S3, Athena, the swap, and lists that say so."""

import gzip
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.feedback.model import Interaction
from infra.operator.train import add_ratings, run_job
from tests.deployed import SCHEDULED, Stack, Viewer, wait_for

MATRIX, NEXT = film_id_of("ml2571"), film_id_of("ml5903")
"""The Matrix; Equilibrium, of its kind: what is not of a viewer's kind the taste guard holds back (decision 042)."""


@pytest.mark.usefixtures("gigachat_off")
def test_a_film_that_others_like_next_comes_first_when_the_job_has_learned_it(stack: Stack, viewer: Viewer) -> None:
    viewer.like(MATRIX)
    before = viewer.home_when(lambda page: page["source"] == "personal")
    assert before["films"][0]["film_id"] != NEXT

    imported = [
        Interaction(f"imported-{user}", film, True, place)
        for user in range(60)
        for place, film in enumerate((MATRIX, NEXT))
    ]
    add_ratings(stack.outputs["LearningBucket"], "other-site", iter(imported))
    assert run_job(stack.outputs["Learn"]) == "learned"
    assert stack.invoke("Learn", SCHEDULED) == {"outcome": "resting"}, "the next one is tomorrow's"

    viewer.like(*viewer.films("Alien"))
    page = viewer.home_when(lambda page: page["films"][0]["film_id"] == NEXT)
    assert MATRIX in page["films"][0]["because"]
    boto3.client("s3").delete_object(Bucket=stack.outputs["LearningBucket"], Key="judgements/other-site.csv.gz")


def test_what_viewers_have_watched_is_learned_from_until_they_leave(stack: Stack, viewer: Viewer) -> None:
    """Told under a pseudonym, it lies beside the likes under the viewer's own id while the job learns."""
    bucket, s3 = stack.outputs["LearningBucket"], boto3.client("s3")

    def kept(prefix: str) -> set[str]:
        return {one["Key"] for one in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])}

    def learned() -> str:
        assert run_job(stack.outputs["Learn"]) == "learned"
        body: Any = s3.get_object(Bucket=bucket, Key="judgements/watched.csv.gz")["Body"].read()
        return gzip.decompress(body).decode()

    viewer.like(MATRIX)
    now, before = datetime.now(UTC).isoformat(), kept("events/")
    given = [{"type": kind, "film_id": NEXT, "at": now} for kind in ("started", "finished")]
    viewer.ok("POST", "v1/events", {"events": [*given, {"type": "opened", "film_id": MATRIX, "at": now}]})
    wait_for(lambda: kept("events/") - before, 150, lambda: stack.waiting("EventsQueue"))
    ours = [row.split(",")[:3] for row in learned().splitlines() if row.startswith(viewer.user_id)]
    assert ours == [[viewer.user_id, NEXT, "4"]]
    viewer.ok("DELETE", "v1/me")
    wait_for(lambda: viewer.user_id not in learned(), 60)
