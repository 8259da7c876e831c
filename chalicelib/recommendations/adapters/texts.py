"""Texts in the recommendations table: under `text#DIGEST` a state as a viewer's, and a `plan`; under
`text#words#DIGEST` the `vector` of words that rules leave; under `text#` the `day`'s questions; under a viewer's id how
many `texts` of theirs were new on a day. All but the day's is forgotten.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from chalicelib.compare_and_swap import is_written
from chalicelib.recommendations.llm.budget import day_of
from chalicelib.recommendations.model import TEXT_SUBJECT, AskState, KnownText, StoredPlan, StoredVector, TextQuestions
from chalicelib.recommendations.stored_formats import packed, unpacked

PLAN, DAY, STATE, TEXTS, VECTOR = "plan", "day", "state", "texts", "vector"
COUNT_KEPT = timedelta(days=2)


class Texts:
    """`TextStore` in the recommendations table, whose model `items` is."""

    def __init__(self, items: Any) -> None:
        self._items = items

    def known_text(self, subject: str) -> KnownText:
        """One batch of three small items, strongly consistent: 3 read units."""
        keys = [(subject, STATE), (subject, PLAN), (TEXT_SUBJECT, DAY)]
        bodies = {row.item: row.body for row in self._items.batch_get(keys, consistent_read=True) if row.body}
        return KnownText(
            unpacked(bodies[STATE], AskState) if STATE in bodies else AskState(),
            unpacked(bodies[PLAN], StoredPlan) if PLAN in bodies else None,
            unpacked(bodies[DAY], TextQuestions) if DAY in bodies else TextQuestions(),
        )

    def put_plan(self, subject: str, plan: StoredPlan) -> None:
        """One put: 1 write unit."""
        self._items(subject, PLAN, body=packed(plan), expires_at=int(plan.kept_until.timestamp())).save()

    def find_vector(self, subject: str) -> StoredVector | None:
        """Half a read unit up to 4 KB."""
        rows = self._items.batch_get([(subject, VECTOR)])
        return next((unpacked(row.body, StoredVector) for row in rows), None)

    def put_vector(self, subject: str, vector: StoredVector) -> None:
        """One put of 400 bytes, 1 KB of a large model: 1 write unit, or 2."""
        self._items(subject, VECTOR, body=packed(vector), expires_at=int(vector.kept_until.timestamp())).save()

    def text_questions(self) -> TextQuestions:
        """1 read unit."""
        rows = self._items.batch_get([(TEXT_SUBJECT, DAY)], consistent_read=True)
        return next((unpacked(row.body, TextQuestions) for row in rows), TextQuestions())

    def put_text_questions(self, new: TextQuestions, replaces: TextQuestions) -> bool:
        """One conditional put: 1 write unit."""
        stored = msgspec.structs.replace(new, version=replaces.version + 1)
        row, version = self._items(TEXT_SUBJECT, DAY, version=stored.version, body=packed(stored)), self._items.version
        as_read = version == replaces.version if replaces.version else self._items.user_id.does_not_exist()
        return is_written(lambda: row.save(condition=as_read))

    def count_text(self, user_id: str, now: datetime, most: int) -> bool:
        """One conditional update, and on a viewer's first text of a day a second one: 1 write unit each."""
        item, day = self._items, day_of(now)
        row = item(user_id, TEXTS)
        expires: Any = item.expires_at.set(int((now.astimezone(UTC) + COUNT_KEPT).timestamp()))
        more: list[Any] = [item.version.add(1), expires]
        if is_written(lambda: row.update(actions=more, condition=(item.token == day) & (item.version < most))):
            return True
        first: list[Any] = [item.version.set(1), item.token.set(day), expires]
        is_new = (item.token.does_not_exist() | (item.token != day)) & item.erased.does_not_exist()
        return most > 0 and is_written(lambda: row.update(actions=first, condition=is_new))
