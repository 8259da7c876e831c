"""The fast lane: feedback in, list out, whoever else writes at the same moment."""

from datetime import timedelta
from typing import Any
from unittest import mock

import msgspec
import pytest

from chalicelib.catalog.model import CatalogUnavailableError
from chalicelib.recommendations.model import MARK_RESTS, AskState, ListChangedError, StoredFilm, StoredList
from chalicelib.recommendations.plan import CLOCKS_APART
from chalicelib.recommendations.ranking.taste import taste_of
from chalicelib.recommendations.rebuild import ATTEMPTS, rebuild
from chalicelib.recommendations.site_model import LIKES_COUNTED, Similarities
from chalicelib.tracing import tracing
from infra.deploy.functions import FUNCTIONS
from tests.factories import NOW, film, film_id
from tests.fake_lanes import FakeRecommendationStore
from tests.lanes import Lanes, some_films

USER = "user"


class RivalStore(FakeRecommendationStore):
    """Another rebuild publishes just before each of the first `rivals` publications."""

    def __init__(self, rivals: int) -> None:
        super().__init__()
        self.rivals = rivals

    def publish(self, user_id: str, new: StoredList) -> None:
        if self.rivals:
            self.rivals -= 1
            super().publish(user_id, msgspec.structs.replace(new, taste_hash="rival", made_of="ab"))
        super().publish(user_id, new)


def lanes_with(store: FakeRecommendationStore, likes: int = 3) -> Lanes:
    lanes = Lanes()
    lanes.store = store
    lanes.gate = lanes.gate._replace(store=store)
    lanes.dependencies = lanes.dependencies._replace(store=store, gate=lanes.gate)
    lanes.like_some(likes)
    return lanes


def test_the_list_holds_no_rated_film_when_published() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    assert rebuild(lanes.dependencies, USER, NOW)
    held = lanes.store.read(USER).list_
    assert held
    assert {one.card.film_id for one in held.films}.isdisjoint({film.film_id for film in lanes.films[:3]})
    assert (held.version, held.read_at) == (1, NOW)
    assert held.seen_until == NOW - timedelta(seconds=lanes.settings.seen_margin_seconds)


@pytest.mark.parametrize("rivals", [1, ATTEMPTS - 1])
def test_the_loser_starts_over_when_others_publish_first(rivals: int) -> None:
    lanes = lanes_with(RivalStore(rivals))
    assert rebuild(lanes.dependencies, USER, NOW)
    held = lanes.store.read(USER).list_
    assert held
    assert (held.version, held.taste_hash != "rival") == (rivals + 1, True)


def test_the_message_comes_again_when_others_publish_without_end() -> None:
    lanes = lanes_with(RivalStore(ATTEMPTS))
    with pytest.raises(ListChangedError):
        rebuild(lanes.dependencies, USER, NOW)


def test_nothing_is_written_when_a_hint_comes_again_whatever_clocks_say() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    assert rebuild(lanes.dependencies, USER, NOW)
    before = lanes.store.read(USER)
    assert not rebuild(lanes.dependencies, USER, NOW + timedelta(minutes=1))
    assert lanes.store.read(USER) == before
    lanes.like("Horror no 5")
    assert rebuild(lanes.dependencies, USER, NOW - timedelta(minutes=1)), "a worker whose clock is behind"
    assert len(_films(lanes)) == len(lanes.films) - 4


def test_nothing_is_said_to_be_on_its_way_when_the_last_word_came_while_the_list_was_begun() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    lanes.wait(seconds=1)
    lanes.like("Horror no 5")
    assert rebuild(lanes.dependencies, USER, NOW), "began a second before the word and has read it"
    held, newest = lanes.store.read(USER).list_, max(one.updated_at for one in lanes.feedback.list_all(USER))
    rebuild(lanes.dependencies, USER, lanes.now)
    assert lanes.store.read(USER).list_ is held, "the word's own hint finds nothing to do"
    assert held
    assert held.read_at >= newest > NOW


def test_a_list_from_before_0_3_is_made_anew_once() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    rebuild(lanes.dependencies, USER, NOW)
    held = lanes.store.read(USER).list_
    assert held
    lanes.store.publish(USER, msgspec.structs.replace(held, version=2, made_of=""))
    assert rebuild(lanes.dependencies, USER, NOW)
    assert not rebuild(lanes.dependencies, USER, NOW)


def test_the_mark_goes_when_it_has_ended_and_not_before() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    rebuild(lanes.dependencies, USER, NOW + timedelta(minutes=12))
    assert lanes.store.read(USER).due, "words may come that it covers"
    rebuild(lanes.dependencies, USER, NOW + timedelta(minutes=13))
    assert lanes.store.read(USER).due is None


def test_the_mark_of_a_later_word_stays_when_the_list_is_published_without_it() -> None:
    class LateWord(FakeRecommendationStore):
        def publish(self, user_id: str, new: StoredList) -> None:
            super().publish(user_id, new)
            self.mark_due(user_id, "a word after the feedback was read", NOW, NOW)

    lanes = lanes_with(LateWord())
    rebuild(lanes.dependencies, USER, NOW + timedelta(hours=1))
    mark = lanes.store.read(USER).due
    assert mark
    assert mark.token == "a word after the feedback was read"


def test_the_mark_stays_when_the_worker_dies_before_the_question_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    lanes = lanes_with(FakeRecommendationStore())
    with monkeypatch.context() as dying:
        dying.setattr(lanes.store, "put_state", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            rebuild(lanes.dependencies, USER, NOW)
    assert lanes.store.read(USER).due
    rebuild(lanes.dependencies, USER, NOW)
    assert [one.user_id for one in lanes.outbox.asks] == [USER]


def test_a_mark_that_is_over_stays_when_the_worker_dies_before_the_list_is_published(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lanes = lanes_with(FakeRecommendationStore())
    later = NOW + timedelta(hours=1)
    with monkeypatch.context() as dying:
        dying.setattr(lanes.store, "publish", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            rebuild(lanes.dependencies, USER, later)
    assert lanes.store.read(USER).due, "the sweep finds the viewer by it, should the message be lost too"
    rebuild(lanes.dependencies, USER, later)
    assert lanes.store.read(USER).due is None


def test_nothing_is_published_when_the_account_is_gone() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    lanes.store.erase(USER, NOW)
    assert not rebuild(lanes.dependencies, USER, NOW)
    assert lanes.store.read(USER).list_ is None
    assert lanes.outbox.asks == []


def test_the_old_list_stays_when_the_catalogue_is_down() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    rebuild(lanes.dependencies, USER, NOW)
    lanes.catalog.down = True
    lanes.like("Horror no 5")
    with pytest.raises(CatalogUnavailableError):
        rebuild(lanes.dependencies, USER, NOW)
    held = lanes.store.read(USER).list_
    assert held
    assert held.version == 1


def test_the_viewer_has_the_top_list_again_when_everything_is_taken_back() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    rebuild(lanes.dependencies, USER, NOW)
    lanes.feedback.delete_all(USER)
    rebuild(lanes.dependencies, USER, NOW)
    held = lanes.store.read(USER).list_
    assert held
    assert {one.source for one in held.films} == {"top"}


def test_a_question_is_queued_once_when_the_rebuild_is_delivered_twice() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    rebuild(lanes.dependencies, USER, NOW)
    rebuild(lanes.dependencies, USER, NOW)
    assert [one.user_id for one in lanes.outbox.asks] == [USER]
    assert lanes.store.read(USER).state.pending_since == NOW


def test_no_question_is_queued_when_too_little_is_rated() -> None:
    lanes = lanes_with(FakeRecommendationStore(), likes=2)
    rebuild(lanes.dependencies, USER, NOW)
    assert lanes.outbox.asks == []
    assert lanes.store.read(USER).list_ is not None


def test_a_hint_that_finds_nothing_to_do_changes_nothing_when_no_question_is_open() -> None:
    lanes = lanes_with(FakeRecommendationStore(), likes=0)
    rebuild(lanes.dependencies, USER, NOW)
    before = lanes.store.read(USER)
    assert not rebuild(lanes.dependencies, USER, NOW + timedelta(minutes=1))
    assert lanes.store.read(USER) == before


def test_more_of_a_kind_is_shown_when_more_like_this_is_pressed() -> None:
    lanes = Lanes()
    for title in ("Drama no 0", "Drama no 3", "Drama no 6"):
        lanes.like(title)
    rebuild(lanes.dependencies, USER, NOW)
    before = _horrors(lanes)
    lanes.like("Horror no 2", rating=None, steer="more_like_this")
    rebuild(lanes.dependencies, USER, NOW)
    assert _horrors(lanes) >= before + 3
    assert film_id("Horror no 2") not in {one.card.film_id for one in _films(lanes)}


def _films(lanes: Lanes) -> tuple[StoredFilm, ...]:
    held = lanes.store.read(USER).list_
    return held.films if held else ()


def _horrors(lanes: Lanes) -> int:
    return sum(one.card.genres == ("Horror",) for one in _films(lanes)[:20])


def test_what_a_slower_worker_undid_is_written_again_when_the_mark_ends() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    asked = AskState(asked_hash="before", asked_at=NOW, not_before=NOW + timedelta(hours=1))
    lanes.store.put_state(USER, asked, replaces=AskState())
    rebuild(lanes.dependencies, USER, NOW)
    waits = lanes.store.read(USER).state
    lanes.store.put_state(USER, asked, replaces=waits)
    rebuild(lanes.dependencies, USER, NOW + timedelta(minutes=13))
    assert lanes.store.read(USER).state.look_at == waits.look_at


def test_nobody_who_has_not_read_a_covered_word_runs_on_when_its_mark_ends() -> None:
    slowest = max(one.timeout_seconds for one in FUNCTIONS if one.name in ("rebuild", "ask"))
    assert slowest + 2 * CLOCKS_APART.total_seconds() < MARK_RESTS.total_seconds()


def test_the_state_is_written_once_a_sitting_and_has_the_trace_of_the_word_that_the_question_began_to_wait_for() -> (
    None
):
    lanes = Lanes()
    lanes.like_some(3)
    lanes.deliver()
    lanes.wait(hours=5)
    versions = set()
    for number, trace in ((5, "first"), (8, "second"), (11, "third")):
        lanes.wait(minutes=1)
        lanes.like(f"Horror no {number}")
        with tracing("rebuild", "", trace):
            lanes.deliver()
        state = lanes.store.read(USER).state
        assert (state.trace, state.stale_since is not None) == ("first", True)
        versions.add(state.version)
    assert len(versions) == 1


def test_a_slower_worker_cannot_undo_that_a_question_waits() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    asked = AskState(asked_hash="before", asked_at=NOW, not_before=NOW + timedelta(hours=1))
    lanes.store.put_state(USER, asked, replaces=AskState())
    rebuild(lanes.dependencies, USER, NOW)
    seen_by_the_slower = lanes.store.read(USER).state
    lanes.now = NOW + timedelta(minutes=11)
    lanes.like("Horror no 5")  # while the mark ends
    rebuild(lanes.dependencies, USER, NOW + timedelta(minutes=13))
    assert lanes.store.read(USER).state.look_at == seen_by_the_slower.look_at
    with pytest.raises(ListChangedError):
        lanes.store.put_state(USER, asked, replaces=seen_by_the_slower)


def test_a_place_is_drawn_among_films_with_few_likes_and_drawn_anew_for_the_next_list(
    caplog: pytest.LogCaptureFixture,
) -> None:
    new = [film(f"{chr(97 + n % 26)}{n} new", genres=("Drama",), year=1951, added_at=NOW) for n in range(60)]
    lanes = Lanes([*some_films(150), *new], list_size_max=40)
    liked = Similarities(likes_of=lambda one: 0 if one in {film.film_id for film in new} else LIKES_COUNTED)
    source = mock.Mock(similarities=lambda _: liked)
    lanes.dependencies = lanes.dependencies._replace(item_similarity=source)
    drawn: list[dict[str, int]] = []
    sizes = set()
    for moment in (NOW, NOW + timedelta(seconds=1)):
        lanes.now = moment
        lanes.like_some(3)
        assert rebuild(lanes.dependencies, USER, moment)
        held = lanes.store.read(USER).list_
        assert held
        sizes.add(len(held.films))
        drawn.append({one.card.film_id: one.why.chance for one in held.films if one.why and one.why.chance})
    assert sizes == {40}
    assert [len(one) for one in drawn] == [2, 2]
    assert drawn[0].keys() <= {film.film_id for film in new}
    assert drawn[0].keys() != drawn[1].keys()
    film_id_, chance = next(iter(drawn[1].items()))
    lanes.like(next(film.titles.main for film in new if film.film_id == film_id_))
    with caplog.at_level("INFO"):
        assert rebuild(lanes.dependencies, USER, NOW + timedelta(seconds=2))
    assert f"drawn film {film_id_} with chance {chance} of 10000: liked" in caplog.messages


def test_a_like_is_asked_about_when_it_comes_while_the_question_before_it_is_ended() -> None:
    lanes = lanes_with(FakeRecommendationStore())
    rebuild(lanes.dependencies, USER, NOW)
    asked = AskState(asked_hash=hash_of(lanes), asked_at=NOW, not_before=NOW + timedelta(hours=1), pending_since=NOW)
    lanes.store.put_state(USER, asked, replaces=lanes.store.read(USER).state)
    read_all, late = lanes.feedback.list_all, ["Horror no 5"]

    def like_right_after(user_id: str) -> Any:
        held = read_all(user_id)
        while late:
            lanes.like(late.pop())
            rebuild(lanes.dependencies, user_id, NOW)  # sees a question under way
        return held

    with mock.patch.object(lanes.feedback, "list_all", like_right_after):
        rebuild(lanes.dependencies, USER, NOW, question_ended=True)
    state = lanes.store.read(USER).state
    assert state.stale_since is not None, "the like came after the feedback that the question's ending was judged by"
    assert state.pending_since is None


def hash_of(lanes: Lanes) -> str:
    return taste_of(lanes.feedback.list_all(USER), NOW).taste_hash
