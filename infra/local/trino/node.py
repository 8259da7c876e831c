"""Starts and stops one Trino node with tables in memory: the engine behind Amazon Athena, to hold our SQL text against.

Needs Maven and a Java of 24 or newer (`TRINO_JAVA_HOME`, else the newest one under /usr/lib/jvm). 210 MB are fetched
once into `.local/trino`; 110 MB of it stay.
"""

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

VERSION = "476"  # the newest on Maven that comes as a core server with separate plugins
JAVA_LEAST = 24
ARTIFACTS = (f"io.trino:trino-server-core:{VERSION}:tar.gz", f"io.trino:trino-memory:{VERSION}:zip")
MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
CACHE = Path(".local/trino")
START_SECONDS_MAX = 240  # 17 to 26 s on an idle machine with two cores
STOP_SECONDS_MAX = 30
MEMORY = "-Xmx2000M"  # enough for 100,000 likes and what is made of them

CONFIG = """coordinator=true
node-scheduler.include-coordinator=true
http-server.http.port={port}
discovery.uri=http://127.0.0.1:{port}
query.max-memory-per-node=900MB
"""
NODE = ("node.environment=test", "node.id=local", "node.bind-ip=127.0.0.1", "node.internal-address=127.0.0.1")


class NodeError(Exception):
    """The node cannot be built or does not start."""


@contextmanager
def running_node(port: int) -> Iterator[str]:
    """An empty node on 127.0.0.1 for as long as the block runs; yields its URL."""
    fetch()
    with tempfile.TemporaryDirectory(prefix="kinosovet-trino-") as folder:
        home = Path(folder)
        process = _start(home, port)
        try:
            _wait(process, home, port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def fetch() -> None:
    """Gets the server and its memory connector from Maven, unless they are there."""
    if (CACHE / "ready").exists():
        return
    if not shutil.which("mvn"):
        raise NodeError("mvn is missing: Trino comes from Maven")
    shutil.rmtree(CACHE, ignore_errors=True)
    fetched = CACHE / "fetched"
    fetched.mkdir(parents=True)
    print("▸ Trino: fetching", flush=True)
    for artifact in ARTIFACTS:
        _run(["mvn", "-q", "-B", MAVEN_COPY, f"-Dartifact={artifact}", f"-DoutputDirectory={fetched.absolute()}"])
    with tarfile.open(fetched / f"trino-server-core-{VERSION}.tar.gz") as archive:
        archive.extractall(CACHE / "unpacked", filter="data")
    with zipfile.ZipFile(fetched / f"trino-memory-{VERSION}.zip") as archive:
        archive.extractall(CACHE / "unpacked")  # noqa: S202 - Maven has checked its sum
    shutil.copytree(CACHE / "unpacked" / f"trino-server-core-{VERSION}" / "lib", CACHE / "lib")
    shutil.copytree(CACHE / "unpacked" / f"trino-memory-{VERSION}", CACHE / "plugin" / "memory")
    shutil.rmtree(CACHE / "unpacked")
    shutil.rmtree(fetched)
    (CACHE / "ready").write_text(VERSION)


def java() -> str:
    """A Java that is new enough. Raises `NodeError`."""
    homes = sorted(Path("/usr/lib/jvm").glob("*"), key=lambda home: _number(home.name), reverse=True)
    given = os.environ.get("TRINO_JAVA_HOME") or os.environ.get("JAVA_HOME")
    for home in [*([Path(given)] if given else []), *homes]:
        binary = home / "bin" / "java"
        if binary.exists():
            said = subprocess.run([str(binary), "-version"], capture_output=True, text=True, check=False).stderr
            if _number(said.partition('"')[2]) >= JAVA_LEAST:
                return str(binary)
    raise NodeError(f"Trino {VERSION} needs Java {JAVA_LEAST} or newer: name one in TRINO_JAVA_HOME")


def _number(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


def _start(home: Path, port: int) -> subprocess.Popen[bytes]:
    (home / "etc" / "catalog").mkdir(parents=True)
    (home / "etc" / "config.properties").write_text(CONFIG.format(port=port))
    (home / "etc" / "catalog" / "memory.properties").write_text(
        "connector.name=memory\nmemory.max-data-per-node=512MB\n"
    )
    (home / "plugin").symlink_to((CACHE / "plugin").absolute())
    command = [
        java(), MEMORY, "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError", "-Djdk.attach.allowAttachSelf=true",
        "--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow", "-XX:ReservedCodeCacheSize=256M",
        *(f"-D{one}" for one in NODE),
        f"-Dnode.data-dir={home / 'data'}", f"-Dconfig={home / 'etc' / 'config.properties'}",
        "-cp", f"{(CACHE / 'lib').absolute()}/*", "io.trino.server.TrinoServer",
    ]  # fmt: skip
    with (home / "log").open("wb") as log:
        return subprocess.Popen(command, cwd=home, stdout=log, stderr=log, start_new_session=True)


def _wait(process: subprocess.Popen[bytes], home: Path, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise NodeError(f"Trino did not start:\n{(home / 'log').read_text()[-3_000:]}")
        time.sleep(0.5)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/info", timeout=2) as answer:
            return b'"starting":false' in answer.read()
    except (urllib.error.URLError, OSError):
        return False


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NodeError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-3_000:]}")
