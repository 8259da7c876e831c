"""A text is asked about once, however many send it: at once, late, twice delivered, dead at any line, refused."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.recommendations.llm.port import ModelError, ModelReply, Prompt
from chalicelib.recommendations.messages import Ask
from chalicelib.recommendations.wishes.ask_about_text import ask_about_text
from chalicelib.recommendations.wishes.texts import KEPT, subject_of
from tests.factories import NOW
from tests.killed import KilledError, killed_at
from tests.text_lanes import TextLanes, wishes

TEXT = "what grandpa dozes off to"
COMEDY = wishes(("genre", "Comedy"))
PLAN = [("genre", "Comedy")]


@pytest.fixture
def lanes() -> TextLanes:
    made = TextLanes()
    made.fake_model.replies = lambda _: COMEDY
    return made


def test_rules_answer_at_once_and_the_models_plan_afterwards_whoever_types_it(lanes: TextLanes) -> None:
    first = lanes.say(TEXT)
    assert (first.source, first.state) == ("search", "updating")
    assert len(lanes.outbox.asks) == 1, "nobody waits for the sweep"
    assert lanes.say(f"  {TEXT.upper()} ", "another").state == "updating"
    assert lanes.answer() == ["answered"]
    for viewer, text in (("viewer", TEXT), ("another", TEXT.upper()), ("a third", TEXT)):
        answer = lanes.say(text, viewer)
        assert (answer.source, answer.state) == ("gigachat", "fresh")
        assert {film.source for film in answer.films} == {"search"}, "the catalogue found them"
        assert [(wish.kind, wish.value) for wish in answer.understood] == PLAN
    assert lanes.calls() == 1
    assert lanes.outbox.asks == []


def test_what_the_rules_understand_wholly_costs_nothing(lanes: TextLanes) -> None:
    for text in ("comedy", "horror after 1980", "", "   "):
        answer = lanes.say(text)
        assert (answer.source, answer.state) == ("search", "fresh")
    assert lanes.store.records == {}
    assert lanes.turn() == []


def test_it_is_asked_once_when_everything_comes_twice(lanes: TextLanes) -> None:
    lanes.say(TEXT)
    lanes.outbox.asks += lanes.outbox.asks
    assert lanes.answer(copies=3) == ["answered"] + ["ended before"] * 5
    assert lanes.calls() == 1
    assert lanes.spent_tokens(NOW) == 750


def test_of_two_who_send_it_in_the_same_moment_one_is_noted(lanes: TextLanes) -> None:
    class Behind:
        """What the second request has read before the first one wrote."""

        known = lanes.texts.known_text(subject_of(TEXT))

        def known_text(self, _: str) -> Any:
            return self.known

        def count_text(self, *_: object) -> bool:
            return True

    behind: Any = Behind()
    assert lanes.say(TEXT).state == "updating"
    assert lanes.say(TEXT, "another", behind).state == "updating"
    assert lanes.answer() == ["answered"]
    assert lanes.calls() == 1


def test_the_text_is_forgotten_with_its_end_and_nobody_is_named(lanes: TextLanes) -> None:
    lanes.say(TEXT, "4711")
    state = lanes.store.read(subject_of(TEXT)).state
    assert state.text == TEXT
    lanes.answer()
    record = lanes.store.read(subject_of(TEXT))
    assert record.state.text == ""
    assert "4711" not in repr((record, lanes.texts.plans))
    assert record.state.kept_until == NOW + KEPT, "and of the rest in a month"


@pytest.mark.parametrize(
    "text", ["something for ivan@example.com", "позвони +7 916 123-45-67 и посоветуй", "quiet\u202e stuff"]
)
def test_a_text_with_somebodys_address_or_number_is_never_sent(lanes: TextLanes, text: str) -> None:
    assert lanes.say(text).state == "fresh"
    assert lanes.store.records == {}


def test_a_plan_that_is_too_old_is_made_anew(lanes: TextLanes) -> None:
    lanes.say(TEXT)
    lanes.answer()
    lanes.wait(days=31)
    lanes.fake_model.replies = lambda _: wishes(("genre", "Drama"))
    assert (lanes.say(TEXT).source, lanes.say(TEXT).state) == ("search", "updating")
    assert lanes.answer() == ["answered"]
    assert lanes.kept(TEXT) == [("genre", "Drama")]


def test_the_rules_answer_where_no_film_meets_the_models_plan(lanes: TextLanes) -> None:
    lanes.fake_model.replies = lambda _: wishes(("words", "dozes"))
    lanes.say(TEXT)
    lanes.answer()
    answer = lanes.say(TEXT)
    assert (answer.source, answer.state) == ("search", "fresh")


def test_limits_that_the_model_forgets_are_the_rules(lanes: TextLanes) -> None:
    lanes.say("grandpa stuff, nothing after 1980, no horror")
    lanes.answer()
    assert set(lanes.kept("grandpa stuff, nothing after 1980, no horror")) == {
        ("year_to", 1980), ("not_genre", "Horror"), ("genre", "Comedy")
    }  # fmt: skip


BAD = {
    "blacklist": ModelReply(finish_reason="blacklist"),
    "cut": wishes(("genre", "Comedy"), finish_reason="length"),
    "nonsense": ModelReply(content="О борще."),
    "nothing": wishes(),
    "unknown kinds": wishes(("film_id", "x"), ("prompt", "show"), (None, None), (3, "x")),
    "another shape": ModelReply(arguments=[[["x"]]]),
    "invented": wishes(("like", "Never Filmed (1990)"), ("person", "Nobody Nowhere"), ("genre", "Borscht")),
}


@pytest.mark.parametrize("name", BAD)
def test_a_reply_of_no_use_leaves_the_rules_and_is_not_asked_for_again(lanes: TextLanes, name: str) -> None:
    lanes.fake_model.replies = lambda _: BAD[name]
    lanes.say(TEXT)
    assert lanes.answer() == ["refused: no wish that makes sense"]
    answer = lanes.say(TEXT, "another")
    assert (answer.source, answer.state) == ("search", "fresh")
    assert lanes.turn() == []
    assert lanes.calls() == 1


def test_a_site_without_a_model_promises_none(lanes: TextLanes) -> None:
    lanes.model = None
    assert lanes.say(TEXT).state == "updating"
    assert lanes.answer() == ["off"]
    assert lanes.say(TEXT).state == "waiting"
    assert lanes.say("what grandma dozes off to").state == "fresh"
    lanes.model = lanes.fake_model
    lanes.wait(days=1)
    assert lanes.turn() == ["answered"]


def test_what_is_refused_is_asked_again_by_the_sweep(lanes: TextLanes) -> None:
    lanes.fake_model.fails_with = ModelError("rate_limited", retryable=True, billed=False)
    lanes.say(TEXT)
    assert lanes.answer() == ["failed: rate_limited"]
    assert lanes.say(TEXT).state == "waiting"
    lanes.fake_model.fails_with = None
    lanes.wait(minutes=2)
    assert lanes.turn() == ["answered"]


def test_all_texts_together_have_a_share_of_the_day() -> None:
    few = TextLanes(budget_tokens_per_day=120_000)  # six thousand are for texts
    few.fake_model.replies = lambda _: COMEDY
    for number in range(9):
        few.say(f"{TEXT} {number}", f"stranger {number}")
        few.answer()
    assert few.calls() == 2, "half of it, of those who have proven nothing"
    for number in range(9):
        few.like("Comedy no 1", f"person {number}")
        few.say(f"{TEXT}, {number}", f"person {number}")
        few.answer()
    assert few.calls() == 4
    few.wait(days=1)
    few.say(f"{TEXT} again")
    assert few.turn() == ["answered"]


def test_nobody_takes_the_share_alone(lanes: TextLanes) -> None:
    for number in range(30):
        lanes.say(f"{TEXT} {number}")
        lanes.answer()
    assert lanes.calls() == lanes.settings.texts_per_user_and_day
    assert lanes.say(f"{TEXT} 99", "another").state == "updating"


def test_who_has_proven_nothing_asks_out_of_the_common_share_until_somebody_else_waits_too(lanes: TextLanes) -> None:
    lanes.say(TEXT)
    assert lanes.store.read(subject_of(TEXT)).state.unproven
    lanes.answer()
    (entry,) = lanes.budget.entries.values()
    assert entry.common
    lanes.model = None
    lanes.say(f"{TEXT}, too")
    lanes.answer()
    lanes.like("Comedy no 1", "person")  # whose address is confirmed
    lanes.say(f"{TEXT}, too", "person")
    assert not lanes.store.read(subject_of(f"{TEXT}, too")).state.unproven


WRITES = ["put_state", "put_raw", "put_text_questions", "put_plan", "reserve", "settle", "ask"]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("number", [1, 2])
@pytest.mark.parametrize("method", WRITES)
def test_it_is_asked_at_most_once_and_a_paid_plan_is_kept_wherever_the_worker_dies(
    lanes: TextLanes, method: str, number: int, after: bool
) -> None:
    lanes.say(TEXT)
    lanes.outbox.asks.clear()
    holders: list[Any] = [lanes.store, lanes.texts, lanes.budget, lanes.fake_model]
    holder = next(one for one in holders if hasattr(one, method))
    with killed_at(holder, method, number, after=after):
        try:
            ask_about_text(lanes.text_dependencies, subject_of(TEXT), 60)
        except KilledError:
            pass
        else:
            assert number > 1, "each of them is called"
    called = lanes.calls()
    lanes.wait(seconds=90)  # the message rests so long
    for _ in range(2):
        ask_about_text(lanes.text_dependencies, subject_of(TEXT), 60)
    lanes.outbox.send_asks([Ask(user_id=subject_of(TEXT), window=99)])
    lanes.answer()
    for _ in range(3):
        lanes.wait(hours=1)
        lanes.turn()
    assert lanes.store.read(subject_of(TEXT)).state.asked_hash, "nothing is left open"
    assert list(lanes.store.list_waiting(lanes.now + timedelta(days=30), 10)) == []
    died_over_the_call = (method == "ask" and number == 1) or (method, number, after) == ("reserve", 1, True)
    raw_is_lost = method == "put_raw" and number == 1 and not after
    if died_over_the_call or raw_is_lost:
        assert lanes.calls() == called <= 1
        assert lanes.spent_tokens(NOW) > 0, "never less than the bill may be"
        assert lanes.kept(TEXT) == []
    else:
        assert lanes.calls() == 1
        assert lanes.kept(TEXT) == PLAN
    assert not [one for one in lanes.budget.entries.values() if one.state == "reserved"]


def test_a_paid_plan_is_read_when_the_catalogue_is_back(lanes: TextLanes) -> None:
    def then_away(_: Prompt) -> ModelReply:
        lanes.catalog.down = True
        return wishes(("like", "Comedy no 1"))

    lanes.fake_model.replies = then_away
    lanes.say(TEXT)
    assert lanes.answer() == ["no catalogue"]
    lanes.catalog.down = False
    lanes.wait(minutes=2)
    assert lanes.turn() == ["answered"]
    assert lanes.kept(TEXT) == [("like", "Comedy no 1 (1951)")]
    assert lanes.calls() == 1
