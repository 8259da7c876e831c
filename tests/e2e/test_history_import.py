"""Bringing a history from elsewhere, through HTTP only."""

from tests.deployed import Viewer

PLAIN = (
    "title,year,rating\nМатрица,1999,9\nThe Terminator,1984,8\n«Чужой» (1979),,10\nTitanic,1997,2\nNever Made,2001,9\n"
)


def test_list_turns_personal_when_a_history_is_brought(viewer: Viewer) -> None:
    answer = viewer.ok("POST", "v1/feedback/import", {"format": "plain", "csv": PLAIN})
    assert answer["imported"] == 4
    assert [row["title"] for row in answer["unmatched"]] == ["Never Made"]
    held = {item["title"]: item for item in viewer.ok("GET", "v1/feedback")["feedback"]}
    assert {title: item["rating"] for title, item in held.items()} == {
        "Матрица": "like", "Терминатор": "like", "Чужой": "like", "Титаник": "dislike",
    }  # fmt: skip
    page = viewer.home_when(lambda page: page["source"] != "top")
    assert not {item["film_id"] for item in held.values()} & {film["film_id"] for film in page["films"]}
    assert viewer.ok("POST", "v1/feedback/import", {"format": "plain", "csv": PLAIN}) == answer


def test_nothing_is_stored_when_the_history_is_not_one(viewer: Viewer) -> None:
    for body, status in (
        ({"format": "plain", "csv": "a,b\n1,2\n"}, 400),
        ({"format": "myspace", "csv": PLAIN}, 400),
        ({"format": "plain", "csv": PLAIN, "user_id": viewer.user_id}, 400),
        ({"format": "plain", "csv": "title,year,rating\n" + "A,2000,9\n" * 301}, 413),
        ({"format": "plain", "csv": "x" * 70_000}, 413),
    ):
        answer = viewer.call("POST", "v1/feedback/import", body)
        assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")
    assert viewer.ok("GET", "v1/feedback")["feedback"] == []
