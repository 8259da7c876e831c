"""Codes of letters in the sessions table: hash `pk`, `user#ID`, range `sk`, `code#SHA256`, TTL `expires_at`.

Being among the user's sessions they are purged with them. TTL removes late, so every read looks at `expires_at` itself.
"""

from datetime import UTC, datetime
from functools import cache

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.auth.letters.port import Code
from chalicelib.aws import opened
from chalicelib.compare_and_swap import is_written
from chalicelib.patience import TABLE_PATIENCE


class CodeItem(Model):
    """A code. `Meta` is set by the store, which knows the table's name."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    purpose = UnicodeAttribute()
    epoch = NumberAttribute()
    expires_at = NumberAttribute()


@cache
def _bound(table: str) -> type[CodeItem]:
    meta = type("Meta", (TABLE_PATIENCE,), {"table_name": table})
    bound: type[CodeItem] = type(CodeItem.__name__, (CodeItem,), {"Meta": meta})
    return opened(bound)


class DynamoCodeStore:
    """The sessions table's codes."""

    def __init__(self, table: str) -> None:
        self._items: type[CodeItem] = _bound(table)

    def put(self, code: Code) -> None:
        """One write unit."""
        item = self._items(
            f"user#{code.user_id}",
            f"code#{code.sha256}",
            purpose=code.purpose,
            epoch=code.epoch,
            expires_at=int(code.expires_at.timestamp()),
        )
        item.save()

    def find(self, user_id: str, sha256: str) -> Code | None:
        """One read unit."""
        try:
            item = self._items.get(f"user#{user_id}", f"code#{sha256}", consistent_read=True)
        except self._items.DoesNotExist:
            return None
        if item.expires_at <= datetime.now(UTC).timestamp():
            return None
        return Code(
            user_id=user_id,
            sha256=sha256,
            purpose="reset" if item.purpose == "reset" else "confirm",
            epoch=int(item.epoch),
            expires_at=datetime.fromtimestamp(item.expires_at, UTC),
        )

    def take(self, code: Code) -> bool:
        """One write unit."""
        item = self._items(f"user#{code.user_id}", f"code#{code.sha256}")
        return is_written(lambda: item.delete(condition=self._items.pk.exists()))
