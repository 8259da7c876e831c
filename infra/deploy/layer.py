"""Makes the zips start faster: compiled modules go in, and of the libraries what no function of ours can use stays out.

Lambda's file system is read-only, so a module without its `.pyc` is compiled again on every cold start. botocore
carries the models of some 400 services, four fifths of its files; we call seven. Some wheels come along only because a
library could use them: a test imports every module and makes every client of ours without them.
"""

import hashlib
import importlib.util
import marshal
import zipfile
from collections.abc import Mapping
from pathlib import Path

SERVICES = ("athena", "cloudwatch", "dynamodb", "s3", "secretsmanager", "sesv2", "sqs", "sts")
"""What the code in `chalicelib/` makes clients of; `sts` is botocore's own way to credentials."""

UNUSED = (
    "grpc", "grpcio", "google", "protobuf", "opensearch_protobufs", "opensearch",  # opensearch-py's other transport
    "ecdsa", "rsa", "pyasn1",  # python-jose's backends for those who lack cryptography
    "pycparser",  # cffi's compiler; its compiled modules need none
)  # fmt: skip
"""Top-level packages (and distributions) that stay out: 9 of 30 MB zipped, 27 of 90 MB unpacked."""

MODELS = "/botocore/data/"
LIBRARIES = "python/lib/python3.13/site-packages"
EPOCH = (1980, 1, 1, 0, 0, 0)  # the same libraries give the same bytes, and an unchanged layer is not uploaded again


def slim(source: Path, target: Path) -> None:
    """Writes `target` from Chalice's layer zip unless it was made from the same bytes."""
    stamp = target.with_suffix(".sha256")
    wanted = hashlib.sha256(source.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    if target.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    _write(source, target, "/opt/", {})
    stamp.write_text(wanted)


def compile_code(path: Path, beside: Mapping[str, bytes] | None = None) -> None:
    """Adds to the zip of our own code what Python makes of it, and the files that go beside it, by name."""
    made = path.with_suffix(".compiled")
    _write(path, made, "/var/task/", beside or {})
    made.replace(path)


def _write(source: Path, target: Path, root: str, beside: Mapping[str, bytes]) -> None:
    """`root`: where Lambda unpacks the zip; tracebacks name files there. `beside`: further files."""
    with zipfile.ZipFile(source) as given, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as made:
        for name in sorted(given.namelist()):
            if not name.endswith("/") and _wanted(name):
                _add(made, name, given.read(name))
                if name.endswith(".py"):
                    _add(made, importlib.util.cache_from_source(name), _compiled(given.read(name), root + name))
        for name, content in sorted(beside.items()):
            _add(made, name, content)


def _wanted(name: str) -> bool:
    top = name.removeprefix(f"{LIBRARIES}/").partition("/")[0]
    if name.endswith(".pyi") or top in UNUSED or top.rpartition("-")[0] in UNUSED:
        return False
    _, found, model = name.partition(MODELS)
    return not found or "/" not in model or model.startswith(tuple(f"{service}/" for service in SERVICES))


def _add(made: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.external_attr = 0o644 << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    made.writestr(entry, content)


def _compiled(source: bytes, path: str) -> bytes:
    """A `.pyc` that is valid whatever the file's time stamp (PEP 552: hash-based, unchecked)."""
    code = compile(source, path, "exec", dont_inherit=True, optimize=0)
    flags = (0b01).to_bytes(4, "little")
    return importlib.util.MAGIC_NUMBER + flags + importlib.util.source_hash(source) + marshal.dumps(code)
