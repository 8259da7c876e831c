"""The way of an issue: from the clock to a letter that leaves once, whatever runs twice, late or dies on the way."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.auth import emails
from chalicelib.auth.keys import KeyRing
from chalicelib.auth.letters.port import Letter, LetterRefusedError, Mailer
from chalicelib.errors import UnavailableError
from chalicelib.settings import Settings
from chalicelib.tracing import hashed
from chalicelib.weekly.choose import Shelves, choose_films
from chalicelib.weekly.model import GOOD_FOR, DueQueue, One, Page, Subscriber, SubscriberStore, week_of
from chalicelib.weekly.unsubscribe import unsubscribe_url
from chalicelib.weekly.write import written

log = logging.getLogger(__name__)

PAGE = 100  # subscribers: eleven requests to the queue
SENDING = timedelta(minutes=2)  # the function has 60 s: who claimed a letter before that sends it no more


class Sending(NamedTuple):
    """What sending a letter works with. `keys` make the link that ends them."""

    subscribers: SubscriberStore
    shelves: Shelves
    keys: KeyRing
    mailer: Mailer
    settings: Settings


class BeingSentError(UnavailableError):
    """Another worker has claimed this letter just now, and nobody knows yet whether it leaves."""


def begin_issue(queue: DueQueue, settings: Settings, issue: datetime) -> bool:
    """Queues the first page of an issue. False where the site cannot send letters that have a way out."""
    if not settings.weekly_letters:
        return False
    if not (settings.mail_sender and settings.page_address):
        log.error("no weekly letters: MailSender or PageUrl is empty")
        return False
    queue.send([Page(issue=issue)])
    return True


def queue_page(due: Page, subscribers: SubscriberStore, queue: DueQueue, now: datetime) -> int:
    """Queues a page's letters, then the page behind it. Returns how many letters."""
    if now - due.issue > GOOD_FOR:
        return 0
    found = subscribers.list_ids(due.after, PAGE)
    queue.send([One(issue=due.issue, user_id=user_id) for user_id in found])
    if len(found) == PAGE:
        queue.send([Page(issue=due.issue, after=found[-1])])
    return len(found)


def send_letter(due: One, parts: Sending, now: Callable[[], datetime]) -> bool:
    """Sends a subscriber's letter of a week, if it is wanted and has not been sent. Returns whether it left.

    The week is claimed before the letter leaves. Where the sender says that it took none, the claim is given back and
    the message comes again. Where it does not answer, or the worker dies, nobody can know: then there is none this
    week, for two would be worse.

    Raises:
        LetterRefusedError: not sent; come again.
        BeingSentError: another worker is at it; come again.
    """
    held, week, began = parts.subscribers.find(due.user_id), week_of(due.issue), now()
    if held is None or began - due.issue > GOOD_FOR:
        return False
    if held.week is not None and held.week >= week:
        if held.week == week and held.claimed_at and began - held.claimed_at < SENDING:
            raise BeingSentError("Another worker sends it, or has just done so.")
        return False
    letter, films = compose(held, parts, began)
    if letter is None or not parts.subscribers.claim(held, week, began, films):
        return False
    try:
        parts.mailer.send(letter)
    except LetterRefusedError:
        parts.subscribers.release(held, began)
        raise
    except Exception:
        log.exception("whether a letter has left is not known, so none comes this week: user %s", hashed(held.user_id))
        return False
    log.info("weekly letter sent: user %s", hashed(held.user_id))
    return True


def compose(held: Subscriber, parts: Sending, now: datetime) -> tuple[Letter | None, tuple[str, ...]]:
    """The letter and the ids of its films; None where there is nothing to say, or nobody who may be written to: letters
    go to addresses whose owner has shown that they arrive (on a local stage, to any)."""
    to = emails.deliverable(held.email)
    if to is None or not (held.confirmed or parts.settings.is_local):
        return None, ()
    films = choose_films(held, parts.shelves, now)
    if not films:
        return None, ()
    site = parts.settings.page_address
    way_out = unsubscribe_url(site, held.user_id, parts.keys)
    return written(to, films, held.language, held.since, site, way_out), tuple(film.film_id for film in films)
