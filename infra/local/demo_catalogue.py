"""The demo catalogue, built once for each state of the code that makes it: 9,453 films take 20 s to join and index."""

import hashlib
import sys
from pathlib import Path

from chalicelib.resources import publish_snapshot
from infra.catalog.load import load

ROOT = Path(__file__).parent.parent.parent
BUILT = ROOT / ".local" / "demo"
INPUTS = ("chalicelib/catalog/**/*.py", "infra/catalog/**/*.py", "infra/catalog/sources/*.csv", "requirements/dev.txt")


def load_demo(catalog_url: str) -> None:
    """Loads the demo catalogue: a search engine is always fed, a snapshot is taken from the last time where it can."""
    if catalog_url.startswith("s3://"):
        publish_snapshot(built_demo(), catalog_url)
    else:
        load("demo", catalog_url)


def built_demo() -> Path:
    """The file of films, built unless it is there."""
    built = BUILT / f"{_inputs_hash()}.sqlite"
    if not built.exists():
        for other in (*BUILT.glob("*.sqlite"), *BUILT.glob(".*.descriptions")):
            other.unlink()
        load("demo", f"sqlite:///{built}")  # whole or not at all: it is renamed when it is complete
    return built


def _inputs_hash() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted({path for pattern in INPUTS for path in ROOT.glob(pattern)}):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:32]
