"""A snapshot at a local path, for tests and benches in one process: the file itself is the one that counts.

`PATH.changes.json` holds the pointers by the file that each belongs to, the present one's and the next one's: renaming
the file puts both in place in one step.
"""

import fcntl
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chalicelib.catalog.adapters.snapshot.pointer import Held, Pointer
from chalicelib.catalog.model import CatalogChangedError

_pointers = msgspec.json.Decoder(dict[str, Pointer])


class LocalPlace:
    """One file, replaced as a whole."""

    look_every_seconds = 0.0

    def __init__(self, path: Path) -> None:
        self.path = path
        self._changes = path.with_name(f"{path.name}.changes.json")

    def find_current(self) -> Held | None:
        while (version := _identity(self.path)) is not None:
            written, pointers = _identity(self._changes), self._pointers()
            if version == _identity(self.path):  # else the file was replaced between the two looks
                return Held(pointers.get(version, Pointer(version, 0)), f"{version} {written}")
        return None

    def put_current(self, pointer: Pointer, tag: str | None) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._alone():
            held = self.find_current()
            if tag != (held.tag if held else None):
                raise CatalogChangedError("The film catalogue has been changed meanwhile. Try again.")
            before = {held.pointer.sha256: held.pointer} if held else {}
            self._write(before | {pointer.sha256: pointer})
            if held is None or held.pointer.sha256 != pointer.sha256:
                self._stored(pointer.sha256).replace(self.path)

    def fetch(self, version: str, let_go: Callable[[], None]) -> Path:  # noqa: ARG002 (there is only one)
        return self.path

    def store(self, built: Path) -> str:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        near = self._stored(uuid.uuid4().hex)
        near.write_bytes(built.read_bytes())
        version = str(_identity(near))
        near.replace(self._stored(version))
        return version

    def forget_old(self, *kept: str) -> None:
        """There is only one."""

    def _stored(self, version: str) -> Path:
        return self.path.with_name(f".{self.path.name}.{version}")

    def _pointers(self) -> dict[str, Pointer]:
        try:
            return _pointers.decode(self._changes.read_bytes())
        except FileNotFoundError:
            return {}

    def _write(self, pointers: dict[str, Pointer]) -> None:
        near = self._changes.with_name(f".{self._changes.name}.{uuid.uuid4().hex}")
        near.write_bytes(msgspec.json.encode(pointers))
        near.replace(self._changes)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self.path.with_name(f".{self.path.name}.lock").open("w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


def _identity(path: Path) -> str | None:
    """What tells a file from the one before it at that path; it keeps it when it is renamed."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return f"{stat.st_ino}-{stat.st_mtime_ns}"
