"""The use of server keys in the sessions table: hash `pk`, `server-key#NAME`, range `sk`, `minute#N` (minutes since the
epoch) and `used`; TTL `expires_at`."""

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.aws import opened
from chalicelib.patience import TABLE_PATIENCE

COUNTS_KEPT = timedelta(minutes=10)
LAST_USE_KEPT = timedelta(days=400)  # who has not used a key for a year may as well revoke it


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
