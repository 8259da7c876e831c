"""Whoever asks learns nothing, and no mailbox is filled."""

import pytest

from chalicelib.auth.letters.ask import ask_to_confirm, ask_to_reset
from chalicelib.auth.letters.port import LetterWanted
from chalicelib.auth.model import ThrottledError
from chalicelib.settings import Settings
from tests.auth_world import EMAIL, HOME, World
from tests.fake_accounts import FakeLetterQueue


def reset(world: World, queue: FakeLetterQueue, email: str = EMAIL, address: str = HOME) -> None:
    ask_to_reset(email, address, queue, world.dependencies, world.now)


def test_a_letter_is_wanted_whether_there_is_an_account_or_not() -> None:
    world, queue = World(), FakeLetterQueue()
    world.register()
    for email in (" Vera@Example.com", "nobody@example.com", "no address at all"):
        reset(world, queue, email)
    assert queue.sent == [
        LetterWanted(purpose="reset", email=email) for email in (EMAIL, "nobody@example.com", "no address at all")
    ]


def test_nothing_is_wanted_for_what_is_too_long_to_be_an_address() -> None:
    world, queue = World(), FakeLetterQueue()
    reset(world, queue, f"{'v' * 60_000}@example.com")
    assert queue.sent == []


def test_a_mailbox_gets_three_letters_an_hour_and_nobody_is_told() -> None:
    world, queue = World(), FakeLetterQueue()
    for number in range(10):
        reset(world, queue, address=f"198.18.0.{number}")
    assert len(queue.sent) == 3
    world.pass_seconds(3_600)
    reset(world, queue)
    assert len(queue.sent) == 4


def test_an_address_wants_twenty_letters_an_hour_and_is_then_refused() -> None:
    world, queue = World(), FakeLetterQueue()
    for number in range(20):
        reset(world, queue, f"viewer{number}@example.com")
    with pytest.raises(ThrottledError) as refusal:
        reset(world, queue, "one.more@example.com")
    assert 3_500 < refusal.value.retry_after_seconds <= 3_600
    reset(world, queue, address="192.0.2.9")


def test_a_new_account_gets_a_letter_where_addresses_are_confirmed() -> None:
    world, queue = World(), FakeLetterQueue()
    account = world.register()
    ask_to_confirm(account, queue, Settings(confirm_email=False))
    assert queue.sent == []
    ask_to_confirm(account, queue, Settings(confirm_email=True))
    assert queue.sent == [LetterWanted(purpose="confirm", email=EMAIL)]


def test_an_account_is_made_when_its_letter_cannot_be_asked_for() -> None:
    queue = FakeLetterQueue()
    queue.failure = ConnectionError("no such queue")
    ask_to_confirm(World().register(), queue, Settings(confirm_email=True))
