"""Starts and stops the node.

    python -m infra.local.opensearch.node --port 9200     in the foreground, until Ctrl-C

Needs Java 17 and Maven; jars (49 MB) are fetched once into `.local/opensearch`.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
CACHE = Path(".local/opensearch")
START_SECONDS_MAX = 180  # 23 to 51 s were seen on a loaded machine with two cores
STOP_SECONDS_MAX = 20
PATIENT_SECONDS = 60.0  # for a search in tests and benches: they share two cores with the node
MEMORY = ("-Xms512m", "-Xmx512m")


class NodeError(Exception):
    """The node cannot be built or does not start."""


@contextmanager
def running_node(port: int, heap: tuple[str, ...] = MEMORY) -> Iterator[str]:
    """A node with empty data on 127.0.0.1 for as long as the block runs; yields its URL. Transport is on port + 1."""
    process, home = start(port, heap)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)
        shutil.rmtree(home, ignore_errors=True)


def start(port: int, heap: tuple[str, ...] = MEMORY) -> tuple[subprocess.Popen[bytes], Path]:
    """Builds what is missing, starts the node and waits until it answers."""
    build()
    home = Path(tempfile.mkdtemp(prefix="kinosovet-opensearch-"))
    (home / "config").mkdir()
    command = [
        "java", *heap, "-XX:+UseSerialGC",
        f"-Dlog4j2.configurationFile={(HERE / 'log4j2.properties').absolute()}",
        "-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager",
        "-cp", f"{CACHE.absolute() / 'classes'}:{CACHE.absolute() / 'lib'}/*",
        "TestNode", str(home), str(port), str(port + 1),
    ]  # fmt: skip
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)
    deadline = time.monotonic() + START_SECONDS_MAX
    while not answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            stop(process)
            raise NodeError(f"OpenSearch did not start:\n{(home / 'log').read_text()[-3_000:]}")
        time.sleep(0.25)
    return process, home


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends the node, gently first."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    """Whether the node has a usable cluster state."""
    url = f"http://127.0.0.1:{port}/_cluster/health?wait_for_status=yellow&timeout=1s"
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def build() -> None:
    """Fetches the jars and compiles the one class, when its sources changed."""
    lib, classes = CACHE / "lib", CACHE / "classes"
    stamp = CACHE / "built"
    sources = (HERE / "pom.xml").read_bytes() + (HERE / "TestNode.java").read_bytes()
    if stamp.exists() and stamp.read_bytes() == sources:
        return
    for tool in ("java", "javac", "mvn"):
        if not shutil.which(tool):
            raise NodeError(f"{tool} is missing: a real OpenSearch needs Java 17 and Maven")
    shutil.rmtree(CACHE, ignore_errors=True)
    classes.mkdir(parents=True)
    print("▸ OpenSearch: fetching jars", flush=True)
    maven = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), "dependency:copy-dependencies",
             "-DincludeScope=runtime", f"-DoutputDirectory={lib.absolute()}"]  # fmt: skip
    _run(maven)
    for plugin in lib.glob("*.zip"):
        with zipfile.ZipFile(plugin) as packed:
            packed.extractall(lib, [name for name in packed.namelist() if name.endswith(".jar")])
    _run(["javac", "-d", str(classes), "-cp", f"{lib}/*", str(HERE / "TestNode.java")])
    stamp.write_bytes(sources)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NodeError(f"{command[0]} failed:\n{(done.stdout + done.stderr)[-3_000:]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=int(os.environ.get("OPENSEARCH_PORT", "9200")))
    port = parser.parse_args().port
    for number in (signal.SIGTERM, signal.SIGINT):  # a shell starts background jobs deaf to Ctrl-C
        signal.signal(number, signal.default_int_handler)
    try:
        with running_node(port) as url:
            print(f"OpenSearch on {url}; Ctrl-C stops it", flush=True)
            while True:
                time.sleep(3_600)
    except KeyboardInterrupt:
        return 0


if __name__ == "__main__":
    sys.exit(main())
