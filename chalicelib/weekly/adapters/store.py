"""Subscribers in the accounts table: attributes of the account itself, so that they go with it in one step.

`letters` (`on`, what the sparse index `letters` goes by) and `letters_since` are the account's own business
(`auth/adapters/store.py`); here are `letter_week`, `letter_at` and `letter_films`, of what was sent.
"""

import base64
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from chalicelib.aws import opened
from chalicelib.compare_and_swap import is_written
from chalicelib.patience import TABLE_PATIENCE
from chalicelib.weekly.model import SHOWN_KEPT, Subscriber

ON = "on"


class DynamoSubscribers:
    """`SubscriberStore` on the accounts table."""

    def __init__(self, table: str) -> None:
        class Letters(GlobalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
            class Meta:
                index_name = "letters"
                projection = KeysOnlyProjection()

            letters = UnicodeAttribute(hash_key=True)
            user_id = UnicodeAttribute(range_key=True)

        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table

            pk = UnicodeAttribute(hash_key=True)
            user_id = UnicodeAttribute()
            email = UnicodeAttribute(null=True)
            language = UnicodeAttribute(null=True)
            age_limit = NumberAttribute(null=True)
            region = UnicodeAttribute(null=True)
            confirmed_at = UnicodeAttribute(null=True)
            letters = UnicodeAttribute(null=True)
            letters_since = UnicodeAttribute(null=True)
            letter_week = UnicodeAttribute(null=True)
            letter_at = UnicodeAttribute(null=True)
            letter_films = UnicodeAttribute(null=True)
            by_letters = Letters()

        self._items, self._index = opened(Item), Letters

    def list_ids(self, after: str | None, limit: int) -> list[str]:
        """Half a read unit for some thirty of them."""
        behind = self._index.user_id > after if after else None
        return [str(item.user_id) for item in self._items.by_letters.query(ON, behind, limit=limit)]

    def find(self, user_id: str) -> Subscriber | None:
        """One read unit."""
        try:
            item = self._items.get(f"user#{user_id}", consistent_read=True)
        except self._items.DoesNotExist:
            return None
        if item.letters != ON:
            return None
        return Subscriber(
            user_id=item.user_id,
            email=item.email or "",
            language="en" if item.language == "en" else "ru",
            age_limit=None if item.age_limit is None else int(item.age_limit),
            region=item.region,
            since=datetime.fromisoformat(item.letters_since or ""),
            confirmed=item.confirmed_at is not None,
            week=item.letter_week,
            claimed_at=datetime.fromisoformat(item.letter_at) if item.letter_at else None,
            films=_films(item.letter_films),
        )

    def claim(self, held: Subscriber, week: str, now: datetime, films: Sequence[str]) -> bool:
        """One write unit: the index's keys stay."""
        items = self._items
        kept = (*films, *held.films)[:SHOWN_KEPT]
        actions: list[Any] = [
            items.letter_week.set(week),
            items.letter_at.set(now.isoformat()),
            items.letter_films.set(_packed(kept)),
        ]
        unsent = items.letter_week.does_not_exist() | (items.letter_week < week)
        wanted = (items.letters == ON) & unsent
        return is_written(lambda: items(f"user#{held.user_id}").update(actions, condition=wanted))

    def release(self, held: Subscriber, claimed_at: datetime) -> None:
        """One write unit."""
        items = self._items
        at = held.claimed_at.isoformat() if held.claimed_at else None
        actions: list[Any] = [
            items.letter_week.remove() if held.week is None else items.letter_week.set(held.week),
            items.letter_at.remove() if at is None else items.letter_at.set(at),
            items.letter_films.set(_packed(held.films)),
        ]
        ours = items.letter_at == claimed_at.isoformat()
        is_written(lambda: items(f"user#{held.user_id}").update(actions, condition=ours))


def _packed(film_ids: Sequence[str]) -> str:
    """16 bytes of each id: twelve of them are 256 letters."""
    return base64.b64encode(b"".join(uuid.UUID(one).bytes for one in film_ids)).decode()


def _films(packed: str | None) -> tuple[str, ...]:
    raw = base64.b64decode(packed or "")
    return tuple(str(uuid.UUID(bytes=raw[at : at + 16])) for at in range(0, len(raw), 16))
