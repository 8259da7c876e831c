"""Writing and sending the letters that were asked for."""

import logging
from datetime import datetime

from chalicelib.auth import emails
from chalicelib.auth.letters.codes import new_code
from chalicelib.auth.letters.port import CodeStore, Letter, LetterWanted, Mailer
from chalicelib.auth.letters.words import WORDS
from chalicelib.auth.model import AccountStore
from chalicelib.tracing import hashed, note

log = logging.getLogger(__name__)


def post_letter(message: LetterWanted, accounts: AccountStore, codes: CodeStore, mailer: Mailer, now: datetime) -> None:
    """Sends a letter in the viewer's language, if there is an account of this address. Each delivery of the message
    makes a code of its own."""
    user_id = accounts.find_user_id(message.email)
    account = accounts.find(user_id) if user_id else None
    if account is None:
        return
    note(viewer=hashed(account.user_id))
    to = emails.deliverable(account.email)
    if to is None:
        log.warning("an address that no letter reaches: user %s", hashed(account.user_id))
        return
    subject, text = WORDS[account.language][message.purpose]
    code = new_code(account, message.purpose, codes, now)
    mailer.send(Letter(to=to, subject=subject, text=text.format(code=code)))
    log.info("letter sent, to %s: user %s", message.purpose, hashed(account.user_id))
