"""A snapshot at a local path, for tests and benches in one process: the file itself is the one that counts.

`PATH.changes.json` holds the pointers by the file that each belongs to, the present one's and the next one's: renaming
the file puts both in place in one step. The descriptions of each lie beside it, under the name that tells the files
apart, so that whoever still reads an older one finds its own.
"""

import fcntl
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from chalicelib.catalog.adapters.snapshot.descriptions import Built, beside
from chalicelib.catalog.adapters.snapshot.pointer import Held, Pointer
from chalicelib.catalog.model import CatalogChangedError, CatalogUnavailableError

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

    def fetch(self, pointer: Pointer, let_go: Callable[[], None]) -> Path:  # noqa: ARG002 (there is only one)
        return self.path

    def store(self, built: Built) -> str:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        near = self._stored(uuid.uuid4().hex)
        shutil.copyfile(built.snapshot, near)
        version = str(_identity(near))
        shutil.copyfile(built.descriptions, self.descriptions(version))
        near.replace(self._stored(version))
        return version

    def read_descriptions(self, version: str, start: int, size: int) -> bytes:
        try:
            with self.descriptions(version).open("rb") as file:
                file.seek(start)
                return file.read(size)
        except FileNotFoundError:
            raise CatalogUnavailableError("The catalogue's descriptions are missing or damaged.") from None

    def built(self) -> Built:
        """The snapshot that counts now, to be kept elsewhere too."""
        return Built(self.path, self.descriptions(str(_identity(self.path))))

    def forget_old(self, *kept: str) -> None:
        wanted = {self.descriptions(version) for version in kept}
        for other in self.path.parent.glob(self.descriptions("*").name):
            if other not in wanted:
                other.unlink(missing_ok=True)

    def descriptions(self, version: str) -> Path:
        """Where those of that snapshot lie."""
        return beside(self._stored(version))

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
