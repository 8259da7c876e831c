"""Workers of the emulator share one unpacked copy of each zip.

MiniStack unpacks a function's code and its layer (94 MB) for every worker it starts, and starts one for every request
in flight: gigabytes after a minute of load, and seconds for each. Here a zip is unpacked once, under its content hash,
and a worker's folder is a link to it. What runs is still what the zip holds.
"""

import hashlib
import shutil
import tempfile
import threading
import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace, TracebackType
from typing import Self


class SharedZip:
    """Stands in for `zipfile.ZipFile` where MiniStack's worker unpacks: made from a path, asked for its names, then
    told to unpack into an empty folder."""

    _unpacking = threading.Lock()

    def __init__(self, path: str) -> None:
        self._path = Path(path)
        digest = hashlib.sha256(self._path.read_bytes()).hexdigest()
        self._shared = Path(tempfile.gettempdir()) / "unpacked" / digest[:32]

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
                made = Path(f"{self._shared}.partial")
                shutil.rmtree(made, ignore_errors=True)
                with zipfile.ZipFile(self._path) as file:
                    file.extractall(made)
                made.rename(self._shared)
        Path(target).rmdir()
        Path(target).symlink_to(self._shared)
        self._path.unlink()


def install() -> None:
    """Makes MiniStack's workers unpack by `SharedZip`. Raises RuntimeError when they no longer use `zipfile`."""
    from ministack.core import lambda_runtime

    if lambda_runtime.zipfile is not zipfile:
        raise RuntimeError("MiniStack unpacks by something else: see infra/local/ministack/shared_zips.py")
    # Its second name for errors does not exist in the library, which shows when one is raised.
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )
