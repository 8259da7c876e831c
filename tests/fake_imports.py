"""Files in dictionaries, as the bucket holds them, and the queue of their steps."""

import hashlib
from collections.abc import Iterable

from chalicelib.catalog.imports import FileReplacedError, Import, SentFile


class MemoryImports:
    """An `ImportStore`. `sent` is what clients have put to their addresses."""

    def __init__(self) -> None:
        self.sent: dict[str, bytes] = {}
        self.states: dict[str, Import] = {}
        self.pieces: dict[tuple[str, str], bytes] = {}

    def upload_url(self, import_id: str, seconds: int) -> str:
        return f"memory:{import_id}?{seconds}"

    def find(self, import_id: str) -> Import | None:
        return self.states.get(import_id)

    def put(self, import_id: str, state: Import) -> None:
        self.states[import_id] = state

    def waiting(self) -> list[str]:
        return list(self.sent)

    def read(self, import_id: str, bytes_max: int) -> bytes | None:
        raw = self.sent.get(import_id)
        return raw if raw is not None and len(raw) <= bytes_max else None

    def drop_file(self, import_id: str) -> None:
        self.sent.pop(import_id, None)

    def describe(self, import_id: str) -> SentFile | None:
        raw = self.sent.get(import_id)
        return SentFile(len(raw), hashlib.sha256(raw).hexdigest()) if raw is not None else None

    def read_range(self, import_id: str, etag: str, start: int, size: int) -> bytes:
        held = self.describe(import_id)
        if held is None or held.etag != etag:
            raise FileReplacedError(import_id)
        return self.sent[import_id][start : start + size]

    def put_piece(self, import_id: str, name: str, body: bytes) -> None:
        self.pieces[import_id, name] = body

    def read_piece(self, import_id: str, name: str) -> bytes:
        return self.pieces.get((import_id, name), b"")

    def drop_pieces(self, import_id: str, names: Iterable[str]) -> None:
        for name in names:
            self.pieces.pop((import_id, name), None)


class MemorySteps:
    """A `StepQueue` that keeps what was sent, in order, each deduplication id once."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.seen: set[str] = set()

    def send(self, import_id: str, once: str) -> None:
        if once not in self.seen:
            self.seen.add(once)
            self.messages.append(import_id)
