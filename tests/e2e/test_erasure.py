"""Deleting an account at the deployed API: everything goes, and nothing brings it back."""

import json
from datetime import UTC, datetime, timedelta

import boto3

from tests.deployed import PASSWORD, Stack, Viewer, wait_for

FIVE = ("Matrix", "Terminator", "Alien", "Blade Runner", "Star Wars")


def deleted(stack: Stack, viewer: Viewer) -> None:
    """The account is deleted and the first purge is over."""
    assert viewer.call("DELETE", "v1/me").status_code == 204
    wait_for(lambda: not stack.held(viewer.user_id, viewer.email), 60, lambda: stack.held(viewer.user_id))


def test_nothing_is_left_within_a_minute_when_an_account_is_deleted(stack: Stack, viewer: Viewer) -> None:
    five = viewer.films(*FIVE)
    viewer.like(*five)
    viewer.home_when(lambda page: page["source"] != "top")
    export = viewer.ok("GET", "v1/me/export")
    assert sorted(export) == ["auth", "catalog", "feedback", "outcomes", "recommendations", "weekly"]
    assert {item["film_id"] for item in export["feedback"]} == set(five)
    assert export["recommendations"]["list_"]["films"]

    credentials = {"email": viewer.email, "password": PASSWORD}
    unused = viewer.ok("POST", "v1/auth/login", credentials)["access_token"]
    deleted(stack, viewer)
    assert viewer.call("GET", "v1/me").status_code == 401
    viewer.token = unused  # still valid, and no authorizer's answer for it is remembered
    assert viewer.call("PUT", f"v1/feedback/{five[0]}", {"rating": "like"}).status_code == 401
    assert viewer.call("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token}).status_code == 401
    assert viewer.call("POST", "v1/auth/login", credentials).status_code == 401
    assert stack.held(viewer.user_id, viewer.email) == []
    viewer.token = ""
    assert viewer.ok("POST", "v1/auth/register", credentials)["user_id"] != viewer.user_id


def test_late_events_bring_nothing_back_when_an_account_was_deleted(stack: Stack, viewer: Viewer) -> None:
    five = viewer.films(*FIVE)
    viewer.like(*five)
    feedback = stack.held(viewer.user_id)
    (like,) = [item for item in feedback if item.get("film_id", {}).get("S") == five[0]]
    deleted(stack, viewer)
    # A token that API Gateway remembers, and a request in flight, write likes; their stream records start rebuilds.
    assert viewer.call("PUT", f"v1/feedback/{five[0]}", {"rating": "like"}).status_code in (200, 401)
    dynamodb = boto3.client("dynamodb")
    dynamodb.put_item(TableName=stack.outputs["FeedbackTable"], Item=like)
    wait_for(lambda: stack.waiting("RebuildQueue") == 0, 60)
    left = stack.held(viewer.user_id)
    assert [item.get("film_id") for item in left] == [like["film_id"]]  # no list, no state, no answer
    now = datetime.now(UTC)
    early = {"user_id": viewer.user_id, "not_before": (now + timedelta(hours=1)).isoformat()}
    due = early | {"not_before": (now - timedelta(seconds=1)).isoformat()}
    stack.invoke("PurgeAgain", {"Records": [{"messageId": "1", "body": json.dumps(early)}]})
    assert stack.held(viewer.user_id)
    stack.invoke("PurgeAgain", {"Records": [{"messageId": "2", "body": json.dumps(due)}]})
    assert stack.held(viewer.user_id) == []


def test_nobody_is_purged_by_a_message_when_the_account_lives(stack: Stack, viewer: Viewer) -> None:
    viewer.like(*viewer.films("Matrix"))
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    body = json.dumps({"user_id": viewer.user_id, "not_before": past})
    stack.invoke("PurgeAgain", {"Records": [{"messageId": "1", "body": body}]})
    assert len(viewer.ok("GET", "v1/feedback")["feedback"]) == 1
    viewer.ok("POST", "v1/auth/refresh", {"refresh_token": viewer.refresh_token})
