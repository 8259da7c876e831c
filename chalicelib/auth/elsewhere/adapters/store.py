"""Viewers from elsewhere in the accounts table (hash `pk`): `viewer#ID` what they have chosen, `erased#ID` a tombstone
(TTL `expires_at`), which is the one that deleted accounts leave. And the use of server keys in the sessions table:
hash `pk`, `server-key#NAME`, range `sk`, `minute#N` (minutes since the epoch) and `used`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib.auth.elsewhere.model import ForeignProfile
from chalicelib.aws import opened
from chalicelib.errors import UnavailableError
from chalicelib.patience import TABLE_PATIENCE

REFUSED = "ConditionalCheckFailed"
COUNTS_KEPT = timedelta(minutes=10)
LAST_USE_KEPT = timedelta(days=400)  # who has not used a key for a year may as well revoke it


class DynamoForeignStore:
    """The accounts table's part."""

    def __init__(self, table: str) -> None:
        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table

            pk = UnicodeAttribute(hash_key=True)
            user_id = UnicodeAttribute()
            name = UnicodeAttribute(null=True)
            language = UnicodeAttribute(null=True)
            age_limit = NumberAttribute(null=True)
            region = UnicodeAttribute(null=True)
            erased_at = UnicodeAttribute(null=True)
            expires_at = NumberAttribute(null=True)

        self._items = opened(Item)

    def find(self, user_id: str) -> ForeignProfile | None:
        """1 read unit."""
        item = self._get(f"viewer#{user_id}")
        if item is None:
            return None
        return ForeignProfile(
            user_id=item.user_id,
            name=item.name,
            language="en" if item.language == "en" else "ru",
            age_limit=None if item.age_limit is None else int(item.age_limit),
            region=item.region,
        )

    def is_erased(self, user_id: str) -> bool:
        """1 read unit."""
        return self._get(f"erased#{user_id}") is not None

    def put(self, profile: ForeignProfile) -> bool:
        """A transaction: 4 write units."""
        item = self._items(
            f"viewer#{profile.user_id}",
            user_id=profile.user_id,
            name=profile.name,
            language=profile.language,
            age_limit=profile.age_limit,
            region=profile.region,
        )
        nobody = self._items.pk.does_not_exist()
        return self._written(
            ("save", (item,)), ("condition_check", (self._items, f"erased#{profile.user_id}", None, nobody))
        )

    def erase(self, user_id: str, erased_at: datetime, forgotten_at: datetime) -> bool:
        """A transaction: 4 write units."""
        tombstone = self._items(
            f"erased#{user_id}",
            user_id=user_id,
            erased_at=erased_at.isoformat(),
            expires_at=int(forgotten_at.timestamp()),
        )
        chosen = self._items(f"viewer#{user_id}")
        return self._written(("save", (tombstone, self._items.pk.does_not_exist())), ("delete", (chosen,)))

    def readmit(self, user_id: str) -> None:
        """1 write unit."""
        self._items(f"erased#{user_id}").delete()

    def _get(self, pk: str) -> Any:
        try:
            return self._items.get(pk, consistent_read=True)
        except self._items.DoesNotExist:
            return None

    def _written(self, *steps: tuple[str, tuple[Any, ...]]) -> bool:
        """All of it, or nothing and False where a condition does not hold."""
        try:
            with TransactWrite(connection=opened(Connection())) as transaction:
                for step, arguments in steps:
                    getattr(transaction, step)(*arguments)
        except TransactWriteError as error:
            codes = {reason.code for reason in error.cancellation_reasons if reason}
            if REFUSED in codes:
                return False
            if "TransactionConflict" in codes:
                raise UnavailableError("Too many changes at once; try again.") from error
            raise
        return True


class DynamoUseStore:
    """The sessions table's part about server keys."""

    def __init__(self, table: str) -> None:
        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table

            pk = UnicodeAttribute(hash_key=True)
            sk = UnicodeAttribute(range_key=True)
            requests = NumberAttribute(null=True)
            used_at = UnicodeAttribute(null=True)
            expires_at = NumberAttribute(null=True)

        self._items = opened(Item)

    def add(self, name: str, requests: int, now: datetime) -> int:
        """1 write unit."""
        item = self._items(f"server-key#{name}", f"minute#{int(now.timestamp() // 60)}")
        expires_at = int((now + COUNTS_KEPT).timestamp())
        item.update([self._items.requests.add(requests), self._items.expires_at.set(expires_at)])
        return int(item.requests or 0)

    def mark_used(self, name: str, now: datetime) -> None:
        """1 write unit."""
        expires_at = int((now + LAST_USE_KEPT).timestamp())
        self._items(f"server-key#{name}", "used", used_at=now.isoformat(), expires_at=expires_at).save()

    def find_last_used(self, name: str) -> datetime | None:
        """Half a read unit."""
        try:
            item = self._items.get(f"server-key#{name}", "used")
        except self._items.DoesNotExist:
            return None
        return datetime.fromisoformat(item.used_at or "").astimezone(UTC)
