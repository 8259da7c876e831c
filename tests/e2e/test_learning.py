"""The learning job through the deployed stack: interactions in S3, Athena, the swap, and lists that say so."""

import boto3
import pytest

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.feedback.model import Interaction
from infra.operator.train import add_ratings, run_job
from tests.deployed import SCHEDULED, Stack, Viewer

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
