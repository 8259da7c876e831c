"""The copy of a snapshot on a worker's own disk: one, and while a newer one is fetched two, never more.

A worker has 512 MB of temporary disk, and a snapshot of 100,000 films takes 110 MB. A file without a name still takes
its room while somebody reads it, so the reader lets go of the old one when the new one is there; and before, if there
is no room for both. Under an emulator workers share a folder: whose file another one removes reads on, or fetches anew.
"""

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from chalicelib.catalog.model import CatalogUnavailableError

log = logging.getLogger(__name__)

SPARE_BYTES = 16 * 2**20  # of the temporary disk, left to everybody else: SQLite sorts there, libraries unpack there
PARTIAL = ".partial-"


class LocalCopy:
    """Keeps the file that came last."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or Path(tempfile.gettempdir()) / "kinosovet-catalog"
        self._kept: Path | None = None

    def path_of(self, name: str) -> Path | None:
        """The file, if this or another worker has written it."""
        path = self._folder / name
        return self._kept_alone(path) if path.exists() else None

    def keep(self, name: str, sha256: str, size: int, chunks: Iterable[bytes], let_go: Callable[[], None]) -> Path:
        """Writes a file of `size` bytes, whole or not at all. `let_go` has the reader of the last one close it.

        Raises:
            CatalogUnavailableError: there is no room for it, or it is damaged. Nothing of it is left.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._remove_but(self._kept, self._folder / name)
        if self._kept and not self._has_room(size):
            log.warning("no room for two snapshots of %d bytes: the old one goes before the new one is here", size)
            let_go()
            self._kept = None
            self._remove_but(self._folder / name)
        partial = self._folder / f"{PARTIAL}{uuid.uuid4().hex}"
        try:
            self._write(partial, self._folder / name, sha256, chunks)
        except OSError as error:
            if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                raise
            log.exception("no room for a snapshot of %d bytes", size)
            raise CatalogUnavailableError("The film catalogue has no room to be loaded.") from error
        finally:
            partial.unlink(missing_ok=True)
        return self._kept_alone(self._folder / name)

    @staticmethod
    def _write(partial: Path, path: Path, sha256: str, chunks: Iterable[bytes]) -> None:
        digest = hashlib.sha256()
        with _locked(partial) as file:
            for chunk in chunks:
                digest.update(chunk)
                file.write(chunk)
            if digest.hexdigest() != sha256:
                raise CatalogUnavailableError("The catalogue's snapshot is missing or damaged.")
            file.flush()
            partial.replace(path)  # while it is locked: closed, it would be what a killed worker has left

    def _has_room(self, size: int) -> bool:
        return shutil.disk_usage(self._folder).free >= size + SPARE_BYTES

    def _kept_alone(self, path: Path) -> Path:
        self._kept = path
        self._remove_but(path)
        return path

    def _remove_but(self, *kept: Path | None) -> None:
        """Every other snapshot, and what was left by a worker that was killed while it fetched one."""
        for other in self._folder.iterdir():
            with suppress(FileNotFoundError):  # another worker was quicker
                if other.name.startswith(PARTIAL):
                    _remove_unless_locked(other)
                elif other not in kept:
                    other.unlink()


def _locked(path: Path) -> BinaryIO:
    """A new file, locked until it is closed, by whatever end. One that was removed before the lock is made anew."""
    while True:
        file = path.open("wb")
        fcntl.flock(file, fcntl.LOCK_EX)
        with suppress(FileNotFoundError):
            if os.fstat(file.fileno()).st_ino == path.stat().st_ino:
                return file
        file.close()


def _remove_unless_locked(path: Path) -> None:
    """Removes it under its lock, so that whoever is about to take that notices."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return
        path.unlink()
