"""What becomes of a viewer's words: the later one counts, clicks stay, nobody has too much, the deleted stay away."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from chalicelib.feedback.bulk import keeping
from chalicelib.feedback.bulk.taking import take_step
from chalicelib.feedback.model import Feedback
from chalicelib.viewer_ids import of_server
from tests.factories import NOW, feedback
from tests.fakes import FakeFeedbackStore
from tests.import_site import FILMS, Site, row, some_rows

VERA = of_server("v0")


def test_words_are_kept_in_the_order_of_their_own_times_with_the_mark_of_the_site() -> None:
    site = Site()
    site.took(row(place=1, minutes_ago=5), row(place=2, minutes_ago=50), row(place=0, minutes_ago=20))
    held = site.held()
    assert [one.film_id for one in held] == [FILMS[place].film_id for place in (1, 0, 2)]
    assert [NOW - one.given_at for one in held] == [timedelta(minutes=minutes) for minutes in (5, 20, 50)]
    assert {(one.imported, one.unconfirmed, one.language, one.titles) for one in held[:1]} == {
        (True, False, "en", FILMS[1].titles)
    }
    assert all(NOW - timedelta(seconds=1) < one.updated_at < NOW for one in held), "a page subtracts by these"


def test_a_click_stays_unless_the_viewer_said_otherwise_later() -> None:
    site = Site()
    for place, minutes in ((0, 10), (1, 100)):
        site.feedback.put(VERA, feedback(f"Film {place}", rating="dislike", minutes_ago=minutes), None)
    site.took(row(place=0), row(place=1), row(place=2))
    assert [(one.rating, one.imported) for one in sorted(site.held(), key=lambda one: one.titles.main)] == [
        ("dislike", False), ("like", True), ("like", True)
    ]  # fmt: skip


def test_a_click_during_the_import_stays() -> None:
    class Clicking(FakeFeedbackStore):
        def put(self, user_id: str, item: Feedback, replaces: Feedback | None) -> None:
            if item.imported and not clicked:
                clicked.append(self.find(user_id, item.film_id))
                super().put(user_id, feedback("Film 0", rating="dislike"), clicked[0])
            super().put(user_id, item, replaces)

    clicked: list[Feedback | None] = []
    site = Site(feedback=Clicking())
    site.feedback.put(VERA, feedback("Film 9", minutes_ago=500), None)
    site.took(row(place=0), row(place=1))
    assert {one.titles.main: (one.rating, one.imported) for one in site.held()} == {
        "Film 0": ("dislike", False), "Film 1": ("like", True), "Film 9": ("like", False)
    }  # fmt: skip


def test_the_same_file_twice_writes_nothing() -> None:
    site = Site()
    site.took(*some_rows(), row(place=3, value=0.9, minutes_ago=1), row(place=4, steer="exclude", minutes_ago=1))
    before, moments = site.everything(), site.moments()
    site.now += timedelta(days=1)
    again = site.took(
        *some_rows(), row(place=3, value=0.9, minutes_ago=1), row(place=4, steer="exclude", minutes_ago=1)
    )
    assert (again.state, again.accepted, again.rejected) == ("done", 362, 0)
    assert (site.everything(), site.moments()) == (before, moments)


def test_nobody_is_given_more_than_one_viewer_may_have_and_the_latest_are_kept() -> None:
    site = Site(most=5)
    site.feedback.put(VERA, feedback("Film 39"), None)
    rows = [row(place=place, minutes_ago=100 - place) for place in range(10)]
    held = site.took(*rows, row(viewer=1), row(place=39, minutes_ago=0))
    assert (held.accepted, held.rejected) == (6, 6)
    assert {one.field for one in held.errors} == {"viewer"}
    assert [one.row for one in held.errors] == [1, 2, 3, 4, 5, 6]
    assert {one.titles.main for one in site.held()} == {"Film 39", "Film 6", "Film 7", "Film 8", "Film 9"}
    again = site.took(*rows, row(viewer=1), row(place=39, minutes_ago=0))
    assert (again.accepted, again.errors) == (held.accepted, held.errors)


def test_whoever_had_everything_deleted_is_not_brought_back() -> None:
    site = Site()
    site.gone = {of_server("v1")}
    held = site.took(row(viewer=1), row(viewer=2))
    assert (held.state, held.accepted) == ("done", 1)
    assert [(one.row, one.field) for one in held.errors] == [(1, "viewer")]
    assert set(site.feedback.by_user) == {of_server("v2")}


def test_a_film_that_goes_between_judging_and_keeping_is_told() -> None:
    site = Site()
    import_id = site.begun(row(place=0), row(place=1))
    site.look()
    has_time = iter([True, True])  # for reading, not for keeping
    steps = list(site.queue.messages)
    take_step(site.taking, steps[0], lambda: next(has_time, False))
    assert site.held() == []
    del site.catalog.films[FILMS[1].film_id]
    site.work()
    assert [one.titles.main for one in site.held()] == ["Film 0"]
    assert [(one.row, one.field) for one in site.store.states[import_id].errors] == [(2, "film")]


def test_viewers_of_few_films_share_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting(FakeFeedbackStore):
        def put_new(self, items: Sequence[tuple[str, Feedback]]) -> None:
            sizes.append(len(items))
            super().put_new(items)

    monkeypatch.setattr(keeping, "TOGETHER", 50)
    sizes: list[int] = []
    Site(feedback=Counting()).took(*some_rows(viewers=100, films=2))
    assert sorted(sizes) == [50] * 4


def test_a_part_gives_up_when_its_time_is_over_and_comes_to_the_same_when_it_begins_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = Site()
    whole.took(*some_rows())
    monkeypatch.setattr(keeping, "TOGETHER", 5)
    monkeypatch.setattr(keeping, "AT_ONCE", 2)
    site = Site()
    import_id = site.begun(*some_rows())
    for looks in range(2, 9):
        left = iter([True] * looks)
        assert take_step(site.taking, import_id, lambda left=left: next(left, False)) == "more is left"  # type: ignore[misc]
    assert 0 < len(site.feedback.by_user) < len(whole.feedback.by_user)
    site.work()
    assert (site.store.states[import_id].state, site.store.states[import_id].accepted) == ("done", 360)
    assert site.everything() == whole.everything()
