"""Operators' routes over HTTP: who may ask, and what is no question."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from chalice.test import Client

from app import app
from chalicelib import resources
from chalicelib.catalog.model import CatalogFacts
from chalicelib.operator.adapters.dead_letters import SqsDeadLetters
from chalicelib.operator.status import Parts, QueueState
from chalicelib.outcomes.model import Cell, Counted
from chalicelib.recommendations.item_similarity.daily import Run
from chalicelib.recommendations.model import Why
from chalicelib.recommendations.publish import stored_list
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.settings import Settings
from chalicelib.viewer_ids import of_server
from tests.aws import aws_in_memory
from tests.factories import NOW, feedback, film_id, ranked
from tests.fake_model import FakeBudget

ACCOUNT = {"email": "operator@example.com", "password": "a quite ordinary passphrase"}


class Site:
    """An operator at the API."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token = ""

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.token}"}
        raw = b"" if body is None else json.dumps(body).encode()
        answer = self.client.http.request(method, path, headers=headers, body=raw)
        return answer.status_code, answer.json_body


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with aws_in_memory(monkeypatch), Client(app) as client:
        made = Site(client)
        user_id = made.call("POST", "/v1/auth/register", ACCOUNT)[1]["user_id"]
        assert resources.account_store().set_operator(user_id, is_operator=True)
        made.token = made.call("POST", "/v1/auth/login", ACCOUNT)[1]["access_token"]
        yield made


def test_outcomes_are_told_with_intervals(site: Site) -> None:
    today = datetime.now(UTC).date()
    cells = (Cell("gigachat", 1, "home", "", 30, 12, 0, 0, 6, 1), Cell("top", 2, "home", "", 70, 7, 1, 1, 2, 0))
    resources.outcome_days().put_day(today, Counted("x", cells))
    status, told = site.call("GET", "/v1/operator/outcomes?days=7&by=source")
    assert status == 200
    assert [(row["value"], row["shown"], row["liked"]) for row in told["rows"]] == [("top", 70, 2), ("gigachat", 30, 6)]
    rate = told["rows"][1]["rates"]["liked"]
    assert rate["low"] < rate["rate"] == 0.2 < rate["high"]
    assert rate["corrected"]["low"] < rate["corrected"]["high"]
    assert [row["value"] for row in site.call("GET", "/v1/operator/outcomes?by=place")[1]["rows"]] == ["1", "2"]


def test_experiments_are_told_with_their_arms(site: Site) -> None:
    status, told = site.call("GET", "/v1/operator/experiments")
    assert status == 200
    (one,) = [row for row in told["experiments"] if row["name"] == "no-model"]
    assert (one["state"], one["counted_at"], one["pays"]["extra_likes"]) == ("running", None, None)
    assert [(arm["name"], arm["share"], arm["differs"]) for arm in one["arms"]] == [
        ("default", 0.95, []),
        ("control", 0.05, ["model"]),
    ]
    assert told["vote_weight"] == 1.0


def test_outcomes_by_experiment_have_a_row_for_each_arm(site: Site) -> None:
    both = Cell("top", 1, "home", "no-model:default+shorter:a", 30, 12, 0, 0, 6, 1)
    other = Cell("top", 1, "", "", 5, 0, 0, 0, 0, 0)
    cells = (both, Cell("top", 1, "home", "no-model:control", 10, 1, 0, 0, 1, 0), other)
    resources.outcome_days().put_day(datetime.now(UTC).date(), Counted("x", cells))
    rows = site.call("GET", "/v1/operator/outcomes?by=experiment")[1]["rows"]
    assert {row["value"]: (row["shown"], row["liked"]) for row in rows} == {
        "no-model:default": (30, 6), "shorter:a": (30, 6), "no-model:control": (10, 1), "none": (5, 0),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field"), [("by=luck", "by"), ("days=0", "days"), ("days=401", "days"), ("week=1", "week")]
)
def test_what_is_no_question_is_named(site: Site, query: str, field: str) -> None:
    status, problem = site.call("GET", f"/v1/operator/outcomes?{query}")
    assert (status, problem["errors"][0]["field"]) == (400, field)


def publish(user_id: str) -> None:
    films = [ranked("Alien", ground="model", why=Why(60, 10, 5, 1, kept=50, pick=2), place=9)]
    held = stored_list(films, None, taste_of([feedback("Loved")], NOW), 1, NOW, NOW, NOW, {})
    resources.recommendation_store().publish(user_id, held)


def test_somebody_is_found_by_address_by_our_id_and_by_the_sites_own(site: Site) -> None:
    (me,) = site.call("GET", "/v1/operator/viewers?email=Operator@Example.com")[1]["viewers"]
    assert (me["profile"]["email"], me["profile"]["roles"], me["has_list"]) == (
        ACCOUNT["email"], ["viewer", "operator"], False,
    )  # fmt: skip
    assert site.call("GET", f"/v1/operator/viewers?viewer={me['user_id'].upper()}")[1]["viewers"] == [me]
    assert site.call("GET", "/v1/operator/viewers?email=nobody@example.com")[1] == {"viewers": []}
    assert site.call("GET", "/v1/operator/viewers?viewer=42")[1] == {"viewers": []}
    publish(of_server("42"))
    (elsewhere,) = site.call("GET", "/v1/operator/viewers?viewer=42")[1]["viewers"]
    assert elsewhere == {"user_id": of_server("42"), "profile": None, "has_list": True}


def test_a_viewers_list_is_shown_and_who_has_none_is_404(site: Site) -> None:
    user_id = of_server("43")
    assert site.call("GET", f"/v1/operator/viewers/{user_id}/list")[0] == 404
    publish(user_id)
    status, told = site.call("GET", f"/v1/operator/viewers/{user_id}/list")
    assert (status, told["source"]) == (200, "gigachat")
    (place,) = told["places"]
    assert (place["place"], place["film_id"], place["account"]["pick"]) == (1, film_id("Alien"), 2)
    assert site.call("GET", "/v1/operator/viewers/nobody/list")[0] == 400


@pytest.mark.parametrize("query", ["", "email=a@example.com&viewer=42", "viewer="])
def test_neither_nor_and_both_are_no_question(site: Site, query: str) -> None:
    assert site.call("GET", f"/v1/operator/viewers?{query}")[0] == 400


def test_dead_letters_are_looked_at_without_their_content_and_sent_back_to_work(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqs = boto3.client("sqs")
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("work", "work-dead")}
    queues = SqsDeadLetters(sqs, {"rebuild": (urls["work"], urls["work-dead"])})
    monkeypatch.setattr(resources, "dead_letter_queues", lambda: queues)
    sqs.send_message(QueueUrl=urls["work-dead"], MessageBody='{"user_id": "somebody"}')
    status, told = site.call("GET", "/v1/operator/queues/rebuild/dead-letters")
    assert (status, len(told["letters"]), "somebody" in json.dumps(told)) == (200, 1, False)
    status, told = site.call("POST", "/v1/operator/queues/rebuild/dead-letters/redrive")
    assert (status, told) == (200, {"queue": "rebuild", "sent": 1})
    assert sqs.receive_message(QueueUrl=urls["work"])["Messages"][0]["Body"] == '{"user_id": "somebody"}'
    assert site.call("GET", "/v1/operator/queues/rebuild/dead-letters")[1]["letters"] == []
    assert site.call("GET", "/v1/operator/queues/none/dead-letters")[0] == 404
    assert site.call("POST", "/v1/operator/queues/none/dead-letters/redrive")[0] == 404


def test_the_status_is_told(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    class Queues:
        def states(self, now: datetime) -> dict[str, QueueState]:  # noqa: ARG002
            return {"ask": QueueState(waiting=1, oldest_seconds=None, dead=0)}

    parts = Parts(
        FakeBudget().ledger,
        resources.outcome_days(),
        Queues(),
        lambda: CatalogFacts(films=1, loaded_at=None, withdrawn=0),
        lambda: None,
        Run,
        resources.recommendation_store(),
        Settings(),
    )
    monkeypatch.setattr(resources, "status_parts", lambda: parts)
    status, told = site.call("GET", "/v1/operator/status")
    assert (status, told["queues"], told["questions"]) == (
        200,
        {"ask": {"waiting": 1, "oldest_seconds": None, "dead": 0}},
        {"today": 0, "by_outcome": {}, "open": 0, "waiting": 0},
    )  # fmt: skip
