"""One letter a week leaves, whatever runs twice, late or dies on the way; and none to whoever did not ask."""

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.auth.letters.port import LetterRefusedError
from chalicelib.settings import Settings
from chalicelib.weekly import send
from chalicelib.weekly.model import One, Page, week_of
from chalicelib.weekly.send import BeingSentError, begin_issue, queue_page
from tests.factories import film
from tests.fake_weekly import FakeDueQueue
from tests.weekly_world import SITE, Weekly, ids, refused, titles_in


def test_the_best_three_of_the_list_are_sent_once_a_week() -> None:
    weekly = Weekly()
    assert weekly.send()
    (letter,) = weekly.mailer.sent
    assert letter.to == "vera@example.com"
    assert titles_in(letter) == ["Film 0", "Film 1", "Film 2"]
    weekly.world.pass_seconds(600)
    assert not weekly.send()
    assert len(weekly.mailer.sent) == 1


def test_no_film_comes_again_within_four_letters_or_once_it_is_judged_or_withdrawn() -> None:
    weekly = Weekly()
    weekly.judge("Film 1")
    del weekly.catalog.films[ids("Film 2")[0]]
    seen = []
    for _ in range(4):
        weekly.send()
        weekly.next_week()
    seen = [titles_in(letter) for letter in weekly.mailer.sent]
    assert seen == [
        ["Film 0", "Film 3", "Film 4"],
        ["Film 5", "Film 6", "Film 7"],
        ["Film 8", "Film 9", "Film 10"],
    ], "and none of fewer than three"


def test_the_first_films_may_come_again_after_four_letters() -> None:
    weekly = Weekly()
    for _ in range(4):
        assert weekly.send()
        weekly.next_week()
    assert not weekly.send(), "all twelve have been in one"
    weekly.subscribers.sent[weekly.user_id] = ("2026-W01", weekly.world.now, weekly.held().films[:9])
    assert weekly.send()
    assert titles_in(weekly.mailer.sent[-1]) == ["Film 0", "Film 1", "Film 2"]


@pytest.mark.parametrize("why", ["not asked for", "not confirmed", "deleted", "no list", "no such mailbox"])
def test_nobody_is_written_to_who_did_not_ask_or_cannot_be_told_anything(why: str) -> None:
    weekly = Weekly()
    accounts = weekly.world.accounts
    if why == "not asked for":
        accounts.set_letters(weekly.user_id, None)
    elif why == "not confirmed":
        accounts._change(weekly.user_id, lambda _: True, confirmed_at=None)
    elif why == "deleted":
        accounts.erase(weekly.account, weekly.world.now, weekly.world.now)
    elif why == "no such mailbox":
        accounts._change(weekly.user_id, lambda _: True, email="вера@example.com")
    else:
        weekly.lists.erase(weekly.user_id, weekly.world.now)
        weekly.lists.readmit(weekly.user_id)
    assert not weekly.send()
    assert weekly.mailer.sent == []
    assert weekly.subscribers.sent == {}


def test_a_refused_letter_is_sent_by_the_next_delivery_with_the_same_films() -> None:
    weekly = Weekly()
    before = weekly.held()
    weekly.mailer.failures = [refused()]
    with pytest.raises(LetterRefusedError):
        weekly.send()
    assert weekly.held() == before, "as if nothing had been tried"
    assert weekly.send()
    assert titles_in(weekly.mailer.sent[0]) == ["Film 0", "Film 1", "Film 2"]


def test_there_is_none_this_week_when_nobody_knows_whether_it_left() -> None:
    weekly = Weekly()
    weekly.mailer.failures = [TimeoutError("no answer")]
    assert not weekly.send()
    weekly.world.pass_seconds(600)
    assert not weekly.send()
    assert weekly.mailer.sent == []
    weekly.next_week()
    assert weekly.send()
    assert titles_in(weekly.mailer.sent[0]) == ["Film 3", "Film 4", "Film 5"], "the others may have been seen"


def test_there_is_none_this_week_when_the_worker_died_while_it_sent() -> None:
    weekly = Weekly()
    weekly.mailer.failures = [KeyboardInterrupt()]  # nothing that is caught
    with pytest.raises(KeyboardInterrupt):
        weekly.send()
    weekly.world.pass_seconds(360)  # the queue's rest
    assert not weekly.send()
    assert weekly.mailer.sent == []


def test_a_second_delivery_waits_while_the_first_one_sends_and_takes_over_when_that_fails() -> None:
    weekly = Weekly()
    weekly.mailer.failures = [refused()]

    def second() -> None:
        weekly.mailer.also = lambda: None
        with pytest.raises(BeingSentError):
            weekly.send()

    weekly.mailer.also = second
    with pytest.raises(LetterRefusedError):
        weekly.send()
    weekly.world.pass_seconds(360)
    assert weekly.send()
    assert len(weekly.mailer.sent) == 1


def test_two_workers_that_have_both_read_send_one_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    weekly = Weekly()
    composed = send.compose
    nested: list[bool] = []

    def compose_late(*given: object) -> object:
        if not nested:  # the other one claims between our reading and our claim
            nested.append(True)
            assert weekly.send()
        return composed(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(send, "compose", compose_late)
    assert not weekly.send()
    assert len(weekly.mailer.sent) == 1


def test_switching_it_off_while_the_letter_is_written_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    weekly = Weekly()
    weekly.catalog.films[ids("Film 0")[0]] = film("Film 0")
    claim = weekly.subscribers.claim

    def off_then_claim(*given: object) -> bool:
        weekly.world.accounts.set_letters(weekly.user_id, None)
        return claim(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(weekly.subscribers, "claim", off_then_claim)
    assert not weekly.send()
    assert weekly.mailer.sent == []


def test_switching_it_off_and_on_again_brings_no_second_letter_of_the_week() -> None:
    weekly = Weekly()
    weekly.send()
    for since in (None, weekly.world.now):
        weekly.world.accounts.set_letters(weekly.user_id, since)
    weekly.world.pass_seconds(600)
    assert not weekly.send()


def test_a_late_message_sends_nothing() -> None:
    weekly = Weekly()
    weekly.world.pass_seconds(48 * 3_600 + 1)
    assert not weekly.send()
    assert queue_page(Page(issue=weekly.issue), weekly.subscribers, weekly.queue, weekly.world.now) == 0
    assert weekly.mailer.sent == []
    assert weekly.queue.sent == []


def test_pages_name_everybody_who_has_asked_and_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "PAGE", 3)
    weekly = Weekly()
    wanted = {weekly.user_id}
    for number in range(6):
        account = weekly.world.register(f"viewer{number}@example.com", address=f"198.18.0.{number}")
        weekly.world.accounts.set_letters(account.user_id, weekly.world.now)
        wanted.add(account.user_id)
    weekly.world.register("quiet@example.com", address="198.18.1.1")
    pages = [Page(issue=weekly.issue)]
    while pages:
        queue_page(pages.pop(), weekly.subscribers, weekly.queue, weekly.world.now)
        pages = [one for one in weekly.queue.sent if isinstance(one, Page)][-1:]
        weekly.queue.sent = [one for one in weekly.queue.sent if isinstance(one, One)]
    assert sorted(one.user_id for one in weekly.queue.sent if isinstance(one, One)) == sorted(wanted)
    assert "@" not in repr(weekly.queue.sent)


def test_an_issue_begins_only_where_it_is_wanted_and_has_a_way_out(caplog: pytest.LogCaptureFixture) -> None:
    queue, issue = FakeDueQueue(), datetime(2026, 11, 27, 14, tzinfo=UTC)
    whole = Settings(weekly_letters=True, mail_sender="ses://a@films.example", page_address=SITE)
    assert not begin_issue(queue, Settings(mail_sender="ses://a@b.example", page_address=SITE), issue)
    assert not caplog.records
    for lacking in (whole._replace(page_address=""), whole._replace(mail_sender="")):
        assert not begin_issue(queue, lacking, issue)
    assert len(caplog.records) == 2
    assert queue.sent == []
    assert begin_issue(queue, whole, issue)
    assert queue.sent == [Page(issue=issue)]


def test_weeks_sort_as_they_come() -> None:
    weeks = [week_of(datetime(2020, 12, 1, tzinfo=UTC) + timedelta(weeks=number)) for number in range(80)]
    assert weeks == sorted(set(weeks))
    assert "2020-W53" in weeks
