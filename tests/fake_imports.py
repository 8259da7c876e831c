"""Files of films in dictionaries, as the bucket holds them."""

from chalicelib.catalog.imports import Import


class MemoryImports:
    """An `ImportStore`. `sent` is what clients have put to their addresses."""

    def __init__(self) -> None:
        self.sent: dict[str, bytes] = {}
        self.states: dict[str, Import] = {}

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
