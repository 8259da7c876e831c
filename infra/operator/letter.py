"""A viewer's weekly letter as it would be sent now. Nothing is sent, and nothing is noted.

    python -m infra letter --email vera@example.com
    python -m infra letter --viewer 6b1e63c8-5f7e-4b3e-8f0a-3a1d4f7b2c90 --language en --out .local/letter

Without `--out` the text is printed; with it text and HTML are written into that folder. `--site` is the page's address,
which the schedule takes from the parameter `PageUrl`. The link at the end really ends this viewer's letters.
"""

import argparse
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from chalicelib.errors import InvalidInputError
from chalicelib.language import LANGUAGES
from infra.stack_outputs import add_stack, outputs


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whose letter, and where it goes."""
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--viewer", help="the account's user id, as GET /v1/me shows it")
    whose.add_argument("--email", help="the account's e-mail address")
    parser.add_argument("--language", choices=LANGUAGES, help="default: the viewer's own")
    parser.add_argument("--site", default=os.environ.get("SITE_URL"), help="default: $SITE_URL, else the stack's own")
    parser.add_argument("--out", type=Path, help="a folder for letter.txt and letter.html")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """The exit code: 1 when there is no such account, or nothing to write to it."""
    stack = outputs(given.stack)
    site = (given.site or stack["EndpointURL"]).rstrip("/") + "/"
    os.environ |= {
        "ACCOUNTS_TABLE": stack["AccountsTable"],
        "FEEDBACK_TABLE": stack["FeedbackTable"],
        "RECOMMENDATIONS_TABLE": stack["RecommendationsTable"],
        "CATALOG_URL": stack["Catalog"],
        "CATALOG_SIGN": stack["CatalogSign"],
        "TOKEN_KEYS_SECRET": stack["TokenKeys"],
        "PAGE_ADDRESS": site,
    }
    from chalicelib import resources
    from chalicelib.auth.emails import normalised
    from chalicelib.settings import settings
    from chalicelib.weekly.model import Subscriber
    from chalicelib.weekly.send import compose

    accounts, now = resources.account_store(), datetime.now(UTC)
    try:
        user_id = given.viewer or accounts.find_user_id(normalised(given.email))
    except InvalidInputError:
        user_id = None
    account = accounts.find(user_id) if user_id else None
    if account is None:
        print(f"✗ there is no account {given.viewer or given.email}", file=sys.stderr)
        return 1
    held = resources.subscribers().find(account.user_id)
    if held is None or not (held.confirmed or settings().is_local):
        print("○ this viewer gets no letter: not asked for, or the address is not confirmed", file=sys.stderr)
    one = held or Subscriber(
        user_id=account.user_id, email=account.email, language=account.language, age_limit=account.age_limit,
        region=account.region, since=now, confirmed=True,
    )  # fmt: skip
    shown = msgspec.structs.replace(one, language=given.language or one.language, confirmed=True)
    letter, _ = compose(shown, resources.sending(), now)
    if letter is None:
        print("✗ nothing to write: no list of their own, or fewer than three films that are new", file=sys.stderr)
        return 1
    if given.out is None:
        print(f"{letter.subject}\n\n{letter.text}")
        return 0
    given.out.mkdir(parents=True, exist_ok=True)
    for name, text in (("letter.txt", letter.text), ("letter.html", letter.html)):
        (given.out / name).write_text(text, encoding="utf-8")
        print(f"✓ {given.out / name}")
    return 0
