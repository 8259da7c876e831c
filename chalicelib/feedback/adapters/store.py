"""The feedback table: one item per user and film. The only file of the package that imports pynamodb."""

from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import reduce
from operator import and_
from typing import Any

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.indexes import AllProjection, LocalSecondaryIndex
from pynamodb.models import Model

from chalicelib.aws import opened
from chalicelib.batch_writer import BatchWriter
from chalicelib.catalog.flat_fields import title_fields, titles_of
from chalicelib.compare_and_swap import is_written
from chalicelib.feedback.model import Feedback, FeedbackChangedError, FeedbackPage, Rating, Steer, wakes
from chalicelib.patience import TABLE_PATIENCE
from chalicelib.tracing import correlation

# DynamoDB reads a page of up to 1 MB before it filters; an item is about 250 bytes, so 400 items cost 12.5 read units
# at most (half when eventually consistent).
READ_AT_ONCE = 400
CHANGED = "This film was rated elsewhere at the same moment; try again."


def _stamp(moment: datetime) -> str:
    """A UTC time that sorts as text and keeps its microseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class DynamoFeedbackStore:
    """`FeedbackStore` on DynamoDB."""

    def __init__(self, table: str) -> None:
        class ByUpdatedAt(LocalSecondaryIndex[Any]):  # type: ignore[no-untyped-call]
            class Meta:
                index_name = "by_updated_at"
                projection = AllProjection()

            user_id = UnicodeAttribute(hash_key=True)
            updated_at = UnicodeAttribute(range_key=True)

        class Item(Model):
            class Meta(TABLE_PATIENCE):
                table_name = table
                billing_mode = "PAY_PER_REQUEST"

            user_id = UnicodeAttribute(hash_key=True)
            film_id = UnicodeAttribute(range_key=True)
            updated_at = UnicodeAttribute()
            title = UnicodeAttribute()
            title_ru = UnicodeAttribute(null=True)
            title_en = UnicodeAttribute(null=True)
            year = NumberAttribute(null=True)
            rating = UnicodeAttribute(null=True)
            steer = UnicodeAttribute(null=True)
            language = UnicodeAttribute(default="ru")
            rated_at = UnicodeAttribute(null=True)
            unconfirmed = UnicodeAttribute(null=True)  # "1" or absent
            imported = UnicodeAttribute(null=True)  # the same
            trace = UnicodeAttribute(null=True)  # correlation id of the request that put it, for `plan`
            saved_at = UnicodeAttribute(null=True)
            by_updated_at = ByUpdatedAt()

        self.items = opened(Item)

    def find(self, user_id: str, film_id: str) -> Feedback | None:
        """One strongly consistent read: 1 read unit."""
        try:
            return _feedback(self.items.get(user_id, film_id, consistent_read=True))
        except self.items.DoesNotExist:
            return None

    def put(self, user_id: str, item: Feedback, replaces: Feedback | None) -> None:
        """One conditional put: 1 write unit, and 1 for the index."""
        updated_at = self.items.updated_at
        unchanged = updated_at == _stamp(replaces.updated_at) if replaces else updated_at.does_not_exist()
        row = self._row(user_id, item)
        row.trace = correlation() or None
        if not is_written(lambda: row.save(condition=unchanged)):
            raise FeedbackChangedError(CHANGED)

    def delete_one(self, user_id: str, film_id: str) -> None:
        """One delete: 1 write unit, and 1 for the index when there was an item."""
        self.items(user_id, film_id).delete()

    def delete_unchanged(self, user_id: str, item: Feedback) -> None:
        """One conditional delete: 1 write unit, and 1 for the index."""
        unchanged = self.items.updated_at == _stamp(item.updated_at)
        if not is_written(lambda: self.items(user_id, item.film_id).delete(condition=unchanged)):
            raise FeedbackChangedError(CHANGED)

    def page(
        self,
        user_id: str,
        limit: int,
        after: dict[str, str] | None,
        rating: Rating | None = None,
        steer: Steer | None = None,
        saved: bool | None = None,
    ) -> FeedbackPage:
        """Reads on until the page is full, so a filter costs what it skips."""
        conditions: list[Condition] = []
        if rating:
            conditions.append(self.items.rating == rating)
        if steer:
            conditions.append(self.items.steer == steer)
        if saved is not None:
            conditions.append(self.items.saved_at.exists() if saved else self.items.saved_at.does_not_exist())
        start = {name: {"S": value} for name, value in after.items()} if after else None
        found = self.items.by_updated_at.query(
            user_id,
            filter_condition=reduce(and_, conditions) if conditions else None,
            scan_index_forward=False,
            consistent_read=True,
            last_evaluated_key=start,
            page_size=READ_AT_ONCE if conditions else limit + 1,
        )
        items = [_feedback(row) for _, row in zip(range(limit + 1), found, strict=False)]
        if len(items) <= limit:
            return FeedbackPage(tuple(items))
        last = items[limit - 1]
        position = {"user_id": user_id, "film_id": last.film_id, "updated_at": _stamp(last.updated_at)}
        return FeedbackPage(tuple(items[:limit]), position)

    def list_all(self, user_id: str) -> list[Feedback]:
        """Half a read unit for every 4 KB would do for a stale read; lists must be right, so it is one."""
        return [_feedback(row) for row in self._newest_first(user_id)]

    def list_since(self, user_id: str, moment: datetime) -> list[Feedback]:
        """What the home page subtracts: usually nothing, at 1 read unit."""
        newer = self.items.by_updated_at.query(
            user_id, self.items.updated_at > _stamp(moment), scan_index_forward=False, consistent_read=True
        )
        return [_feedback(row) for row in newer]

    def delete_all(self, user_id: str) -> int:
        """Deletes in batches; safe to repeat."""
        rows = list(self.items.query(user_id, consistent_read=True, attributes_to_get=["user_id", "film_id"]))
        with BatchWriter(self.items) as batch:
            for row in rows:
                batch.delete(row)
        return len(rows)

    def put_many(self, user_id: str, items: Sequence[Feedback]) -> None:
        """Batches of 25, unprocessed items sent again."""
        with BatchWriter(self.items) as batch:
            for item in items:
                batch.save(self._row(user_id, item))

    def put_new(self, items: Sequence[tuple[str, Feedback]]) -> None:
        """Batches of 25 whoever's they are, unprocessed items sent again: 1 write unit each, and 1 for the index."""
        with BatchWriter(self.items) as batch:
            for user_id, item in items:
                batch.save(self._row(user_id, item))

    def said_here(self, keys: Collection[tuple[str, str]]) -> dict[str, str]:
        """Strongly consistent reads of up to 100 items in one request: 1 read unit each."""
        wanted = ["user_id", "film_id", "imported", "trace", "rating", "steer", "saved_at", "updated_at"]
        rows = self.items.batch_get(list(dict.fromkeys(keys)), consistent_read=True, attributes_to_get=wanted)
        held = {(row.user_id, row.film_id): row for row in rows}
        said = {key: held[key].trace or "" if key in held else "" for key in keys if not _is_silent(held.get(key))}
        # A word that was taken back says nothing of its request; another film's of the same moment may.
        return {user_id: trace for (user_id, _), trace in sorted(said.items(), key=lambda one: bool(one[1]))}

    def note_confirmed(self, user_id: str) -> None:
        """One read and one update, which wakes the lists as any change does: 1 read unit, 1 write unit and 1 for the
        index."""
        newest = next(self._newest_first(user_id, limit=1), None)
        if newest is not None:
            given, mark = self.items(user_id, newest.film_id), self.items.unconfirmed
            is_written(lambda: given.update([mark.remove()], condition=mark.exists()))

    def _newest_first(self, user_id: str, limit: int | None = None) -> Iterator[Any]:
        yield from self.items.by_updated_at.query(user_id, scan_index_forward=False, consistent_read=True, limit=limit)

    def _row(self, user_id: str, item: Feedback) -> Any:
        return self.items(
            user_id,
            item.film_id,
            updated_at=_stamp(item.updated_at),
            **title_fields(item.titles),
            year=item.year,
            rating=item.rating,
            steer=item.steer,
            language=item.language,
            rated_at=_stamp(item.rated_at) if item.rated_at else None,
            unconfirmed="1" if item.unconfirmed else None,
            imported="1" if item.imported else None,
            saved_at=_stamp(item.saved_at) if item.saved_at else None,
        )


def _is_silent(row: Any) -> bool:
    """Whether it wakes no list: the site's, or only on the watchlist."""
    return row is not None and (row.imported is not None or _is_only_saved(row))


def _feedback(row: Any) -> Feedback:
    return Feedback(
        film_id=row.film_id,
        titles=titles_of(row.attribute_values),
        year=int(row.year) if row.year is not None else None,
        rating=row.rating,
        steer=row.steer,
        language=row.language,
        updated_at=_moment(row.updated_at),
        rated_at=_moment(row.rated_at) if row.rated_at else None,
        unconfirmed=row.unconfirmed is not None,
        imported=row.imported is not None,
        saved_at=_moment(row.saved_at) if row.saved_at else None,
    )


def _is_only_saved(row: Any) -> bool:
    """`Feedback.says_nothing` of the little that is read, without what wakes a list all the same."""
    is_it = row.rating is None and row.steer is None and row.saved_at == row.updated_at
    return is_it and not wakes(_moment(row.updated_at))


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp)
