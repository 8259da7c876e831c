"""What lies on a worker's disk: whole snapshots only, and no more than is needed."""

import fcntl
import hashlib
import io
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalog.adapters.snapshot.local_copy import PARTIAL, LocalCopy
from chalicelib.catalog.model import CatalogUnavailableError


def put(copy: LocalCopy, content: bytes) -> Path:
    def let_go() -> None:
        raise AssertionError("there was room")

    sha256 = hashlib.sha256(content).hexdigest()
    return copy.keep(f"{sha256}.sqlite", sha256, len(content), [content[:1], content[1:]], let_go)


def test_the_newest_alone_is_left_when_several_were_put(tmp_path: Path) -> None:
    copy = LocalCopy(tmp_path / "films")
    for content in (b"one", b"two", b"three"):
        path = put(copy, content)
    assert [one.read_bytes() for one in path.parent.iterdir()] == [b"three"]


def test_a_file_is_found_when_another_worker_has_put_it(tmp_path: Path) -> None:
    path = put(LocalCopy(tmp_path), b"one")
    assert LocalCopy(tmp_path).path_of(path.name) == path
    assert LocalCopy(tmp_path).path_of("another") is None


def test_nothing_is_left_when_what_came_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(CatalogUnavailableError):
        LocalCopy(tmp_path).keep("name", "0" * 64, 3, [b"one"], lambda: None)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_left_when_the_bucket_stops_in_the_middle(tmp_path: Path) -> None:
    def chunks() -> object:
        yield b"on"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        LocalCopy(tmp_path).keep("name", "0" * 64, 3, chunks(), lambda: None)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_worker_left_goes_when_the_next_one_fetches(tmp_path: Path) -> None:
    left, being_written = tmp_path / f"{PARTIAL}left", tmp_path / f"{PARTIAL}now"
    left.write_bytes(b"half")
    with being_written.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        put(LocalCopy(tmp_path), b"one")
        assert not left.exists()
        assert being_written.exists()


def test_a_finished_file_gets_its_name_before_another_worker_can_take_it_for_a_killed_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers of an emulator share the folder: one is closing its file while another one looks for what is left."""
    opened = Path.open

    class Watched(io.BufferedWriter):
        def close(self) -> None:
            was_open = not self.closed
            super().close()
            if was_open:
                for one in tmp_path.glob(f"{PARTIAL}*"):
                    one.unlink()

    def watched(path: Path, mode: str = "r", *more: Any) -> Any:
        return Watched(io.FileIO(path, "w")) if mode == "wb" else opened(path, mode, *more)

    monkeypatch.setattr(Path, "open", watched)
    assert put(LocalCopy(tmp_path), b"one").read_bytes() == b"one"


def test_a_file_is_made_anew_when_another_worker_removes_it_before_it_is_locked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked, looks = fcntl.flock, iter([True, True])

    def late(file: Any, how: int) -> None:
        if how == fcntl.LOCK_EX and next(looks, False):
            LocalCopy(tmp_path).keep("other", hashlib.sha256(b"two").hexdigest(), 3, [b"two"], lambda: None)
        locked(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    assert put(LocalCopy(tmp_path), b"one").read_bytes() == b"one"
    assert not list(tmp_path.glob(f"{PARTIAL}*"))
