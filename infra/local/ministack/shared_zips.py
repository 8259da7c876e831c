"""Workers of the emulator share one unpacked copy of each zip.

MiniStack unpacks a function's code and its layer (94 MB) for every worker it starts, and starts one for every request
in flight: gigabytes after a minute of load, and seconds for each. Here a zip is unpacked once, under its content hash,
and a worker's folder is a link to it. What runs is still what the zip holds. The copies outlive the emulator: the next
one starts sooner, and nobody waits for 4,000 files to be removed.
"""

import hashlib
import os
import shutil
import tempfile
import threading
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Self

KEPT_SECONDS = 7 * 86_400
"""A copy that no worker has been started from for this long is removed at the next start."""


class SharedZip:
    """Stands in for `zipfile.ZipFile` where MiniStack's worker unpacks: made from a path, asked for its names, then
    told to unpack into an empty folder."""

    folder = Path(tempfile.gettempdir())  # where the shared copies are; `install` says
    _unpacking = threading.Lock()

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        self._shared = self.folder / hashlib.sha256(self._path.read_bytes()).hexdigest()[:32]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is open."""

    def namelist(self) -> Sequence[str]:
        """The names inside, for MiniStack's check that none leads out; none once they have been checked."""
        if self._shared.exists():
            return ()
        with zipfile.ZipFile(self._path) as file:
            return file.namelist()

    def extractall(self, target: str) -> None:
        """Turns the empty folder `target` into a link to the shared copy, and drops the worker's copy of the zip."""
        with self._unpacking:
            if not self._shared.exists():
                self._unpack()
        os.utime(self._shared)
        Path(target).rmdir()
        Path(target).symlink_to(self._shared)
        self._path.unlink()

    def _unpack(self) -> None:
        """Whole or not at all: another emulator of this clone may be doing the same."""
        self.folder.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(dir=self.folder, prefix="partial-"))
        with zipfile.ZipFile(self._path) as file:
            file.extractall(made)
        try:
            made.rename(self._shared)
        except OSError:
            shutil.rmtree(made)
            if not self._shared.exists():
                raise


def remove_unused(folder: Path, now: float) -> None:
    """Removes copies that nothing was started from lately, unfinished ones too."""
    for one in folder.glob("*"):
        if now - one.stat().st_mtime > KEPT_SECONDS:
            shutil.rmtree(one, ignore_errors=True)


def install(folder: Path) -> None:
    """Makes MiniStack's workers unpack by `SharedZip`. Raises RuntimeError when they no longer use `zipfile`."""
    from ministack.core import lambda_runtime

    if lambda_runtime.zipfile is not zipfile:
        raise RuntimeError("MiniStack unpacks by something else: see infra/local/ministack/shared_zips.py")
    remove_unused(folder, time.time())
    SharedZip.folder = folder
    # Its second name for errors does not exist in the library, which shows when one is raised.
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )
