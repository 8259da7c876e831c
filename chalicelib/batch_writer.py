"""Many items into one DynamoDB table, however few it takes at a time.

BatchWriteItem hands back what exceeds the table's rate, and asks for patience; where it can take nothing at all it
answers with an error. pynamodb's own `batch_write` sends that again three times without a pause, then gives up.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchWriteItem.html
"""

import time
from collections.abc import Callable
from typing import Any, Self

from chalicelib.errors import UnavailableError

AT_ONCE = 25  # BatchWriteItem takes no more
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 0.05, 3.2
ASKED_TOO_OFTEN = {"ProvisionedThroughputExceededException", "RequestLimitExceeded", "ThrottlingException"}
TRIES = 12  # in a row without anything taken: 20 s in all


class BatchRefusedError(UnavailableError):
    """DynamoDB has taken nothing of a batch for a long time; what was written before stays."""


class BatchWriter:
    """Collects rows of one pynamodb model; they are written in batches, the last one when the block ends well."""

    def __init__(self, model: Any, sleep: Callable[[float], None] = time.sleep) -> None:
        self._model, self._sleep = model, sleep
        self._puts: list[Any] = []
        self._deletes: list[Any] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: object) -> None:
        if kind is None:
            self._flush()

    def save(self, row: Any) -> None:
        """The row is to be stored."""
        self._puts.append(row.serialize())
        self._flush_when_full()

    def delete(self, row: Any) -> None:
        """The row, of which the keys are enough, is to be removed."""
        self._deletes.append(row._get_keys())
        self._flush_when_full()

    def _flush_when_full(self) -> None:
        if len(self._puts) + len(self._deletes) >= AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        connection, table = self._model._get_connection(), self._model.Meta.table_name
        tries = 0
        while self._puts or self._deletes:
            sent = len(self._puts) + len(self._deletes)
            try:
                answer = connection.batch_write_item(put_items=self._puts, delete_items=self._deletes) or {}
            except Exception as error:  # pynamodb's, which keeps DynamoDB's word
                if getattr(error, "cause_response_code", None) not in ASKED_TOO_OFTEN:
                    raise
                answer = None
            if answer is not None:
                left = answer.get("UnprocessedItems", {}).get(table, [])
                self._puts = [one["PutRequest"]["Item"] for one in left if "PutRequest" in one]
                self._deletes = [one["DeleteRequest"]["Key"] for one in left if "DeleteRequest" in one]
            still = len(self._puts) + len(self._deletes)
            if not still:
                return
            tries = tries + 1 if still == sent else 0
            if tries >= TRIES:
                raise BatchRefusedError(f"{still} items were not stored. Try again soon.")
            self._sleep(min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**tries))
