"""Accounts are free: what an army of them may spend, and what it may not (docs/decisions/017-accounts-are-free.md)."""

from tests.lanes import Lanes

ROBOTS = 300


def army(lanes: Lanes, count: int = ROBOTS) -> None:
    for number in range(count):
        for one in lanes.films[:3]:
            lanes.like(one.titles.main, f"robot {number}", unconfirmed=True)
    lanes.deliver()


def hours(lanes: Lanes, count: int, every_minutes: int = 10) -> None:
    """Lets the sweep and the lanes work that long."""
    for _ in range(count * 60 // every_minutes):
        lanes.wait(minutes=every_minutes)
        while lanes.sweep():
            lanes.deliver()


def test_an_army_of_accounts_does_not_empty_the_day_for_others() -> None:
    lanes = Lanes(llm_parallel=10)
    army(lanes)
    hours(lanes, 8)
    ledger = lanes.budget.ledger(lanes.now)
    assert 90_000 < ledger.common_tokens <= 100_000, "it has all that is common"
    assert ledger.tokens == ledger.common_tokens
    lanes.like_some(user_id="somebody")
    lanes.deliver()
    assert lanes.page("somebody").source == "gigachat", "at once, whatever waits"
    assert lanes.page(f"robot {ROBOTS - 1}").source == "personal"


def test_the_army_gets_no_more_on_any_day_and_nobody_waits_behind_it() -> None:
    lanes = Lanes(llm_parallel=10)
    army(lanes, 120)
    for day in range(2):
        hours(lanes, 24, every_minutes=60)
        lanes.like_some(user_id=f"newcomer {day}")
        lanes.deliver()
        assert lanes.page(f"newcomer {day}").source == "gigachat"
    for day in range(3):
        moment = lanes.now.replace(hour=0) if not day else lanes.now.replace(day=lanes.now.day - day)
        assert lanes.budget.ledger(moment).common_tokens <= 100_000


def test_a_viewer_is_asked_about_like_everybody_once_the_address_is_confirmed() -> None:
    lanes = Lanes(llm_parallel=10)
    lanes.budget.reserve("of robots", 99_500, lanes.now, common=True)
    for one in lanes.films[:3]:
        lanes.like(one.titles.main, unconfirmed=True)
    lanes.deliver()
    hours(lanes, 1)
    assert not lanes.fake_model.prompts
    lanes.feedback.note_confirmed("user")
    lanes.changed()
    lanes.deliver()
    assert lanes.page().source == "gigachat"


def test_a_viewer_without_letters_is_one_of_us_after_a_week() -> None:
    lanes = Lanes()
    standing: list[bool] = []
    for one in lanes.films[:4]:
        lanes.like(one.titles.main, unconfirmed=True)
        lanes.deliver()
        standing.append(lanes.store.read("user").state.unproven)
        lanes.wait(days=2, hours=12)
    assert standing == [True, True, True, False]


def test_a_question_already_waiting_goes_into_the_common_share_when_it_is_asked() -> None:
    lanes = Lanes(ask_first_pause_seconds=15)
    for one in lanes.films[:3]:
        lanes.like(one.titles.main, unconfirmed=True)
    state = lanes.store.read("user").state
    lanes.store.put_state("user", state, replaces=state)  # a refresh, from before any list: nothing is known yet
    lanes.wait(minutes=2)
    lanes.deliver()
    ledger = lanes.budget.ledger(lanes.now)
    assert ledger.tokens == ledger.common_tokens > 0
