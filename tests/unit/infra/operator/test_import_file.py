"""The command sends a file and follows it: what was not taken is named, and the exit code says how it ended."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from chalicelib import resources
from chalicelib.catalog.imports import Import, Progress, RowError
from infra.__main__ import main
from infra.operator import import_file
from infra.operator.import_file import progress
from tests.aws import aws_in_memory, stack_in_memory
from tests.fake_imports import MemoryImports


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[MemoryImports]:
    with aws_in_memory(monkeypatch):
        queue = boto3.client("sqs").create_queue(QueueName="imports.fifo", Attributes={"FifoQueue": "true"})
        stack_in_memory("kinosovet", {"ImportsBucket": "files", "ImportsQueue": queue["QueueUrl"]})
        made = MemoryImports()
        for name in ("IMPORTS_BUCKET", "IMPORTS_QUEUE_URL"):
            monkeypatch.setenv(name, "")
        monkeypatch.setattr(resources, "import_store", lambda: made)
        monkeypatch.setattr(import_file, "POLL_SECONDS", 0.01)
        yield made


def taking(store: MemoryImports, ended: Import) -> threading.Thread:
    """Some time after the file has come, it is over."""

    def take() -> None:
        deadline = time.monotonic() + 30
        while not store.sent and time.monotonic() < deadline:
            time.sleep(0.01)
        for import_id in list(store.sent):
            store.put(import_id, ended)

    thread = threading.Thread(target=take)
    thread.start()
    return thread


@pytest.mark.parametrize("kind", ["interactions", "films"])
def test_a_file_is_sent_followed_and_told(
    store: MemoryImports, kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def send(path: Path, url: str) -> None:
        store.sent[url.partition(":")[2].partition("?")[0]] = path.read_bytes()

    monkeypatch.setattr(import_file, "_send", send)
    (tmp_path / "rows").write_bytes(b"rows")
    errors = (RowError(3, "at", "It has not happened yet."), RowError(7, "", "JSON is malformed"))
    thread = taking(store, Import(state="done", rows=1_200, accepted=1_198, rejected=2, errors=errors))
    assert main(["import", str(tmp_path / "rows"), "--kind", kind]) == 0
    thread.join()
    said = capsys.readouterr().out
    assert "row 3, at: It has not happened yet." in said
    assert "row 7, the line: JSON" in said
    assert "✓ 1,198 of 1,200 rows are taken, 2 are not" in said
    queue: Any = resources.step_queue()
    told = boto3.client("sqs").receive_message(QueueUrl=queue._url).get("Messages", [])
    assert len(told) == (1 if kind == "interactions" else 0)


def test_a_refused_file_is_an_error_with_the_reason(
    store: MemoryImports, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(import_file, "_send", lambda path, url: store.sent.update({url[7:43]: path.read_bytes()}))
    (tmp_path / "rows").write_bytes(b"rows")
    thread = taking(store, Import(state="failed", rows=9, rejected=9, errors=(RowError(0, "", "Over 20 %"),)))
    assert main(["import", str(tmp_path / "rows")]) == 1
    thread.join()
    assert "  Over 20 %\n✗ 0 of 9" in capsys.readouterr().out


@pytest.mark.usefixtures("store")
def test_a_file_that_is_not_there_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", "nowhere.ndjson"]) == 1
    assert "nowhere.ndjson cannot be sent" in capsys.readouterr().err


def test_the_bar_says_how_far_it_is() -> None:
    waiting, known = Import(state="waiting"), Progress(etag="e", parts=4)
    reading = Import(state="running", rows=2_000, progress=known)
    keeping = Import(state="running", rows=2_000, accepted=900,
                     progress=Progress(etag="e", parts=4, is_sorted=True, kept=2))  # fmt: skip
    assert [progress(one).split("·" * 15)[-1].strip() for one in (waiting, reading, keeping)] == [
        "0% waiting", "0% 2,000 rows read", "50% 900 of 2,000 rows kept"
    ]  # fmt: skip
    assert progress(Import(state="done")).startswith("█" * 30 + " 100% done")
    assert len({len(progress(one)) for one in (waiting, reading, keeping)}) == 1
