"""What stands behind each port, and what it is opened with, as it was when last looked at: see `tests/kept`."""

import inspect
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import boto3
import pytest

from chalicelib import resources
from tests.aws import aws_in_memory
from tests.kept import assert_kept
from tests.unit.test_resources import forget

DEPTH = 3
NAMES = {
    "LEARNING_BUCKET": "learning", "LEARNING_DATABASE": "database", "LEARNING_WORKGROUP": "group",
    "IMPORTS_BUCKET": "imports",
    "SERVER_KEYS_SECRET": "server-keys", "LLM_SECRET": "llm", "MAIL_SENDER": "ses://site@example.com",
    "OUTCOMES_TABLE": "Outcomes",
    "TRUSTED_ISSUERS": '[{"issuer": "https://login.example/", "audience": "films"}]', "LEARNING_SOURCE": "export",
} | {f"{name}_QUEUE_URL": f"https://sqs.example/{name.lower()}" for name in ("REBUILD", "ASK", "IMPORTS",
"EVENTS")}  # fmt: skip


def told(value: Any, depth: int = DEPTH) -> object:
    """A value by its type, and what it holds by theirs."""
    if value is None or isinstance(value, bool | int | float | str | bytes):
        return value if not isinstance(value, bytes) else "bytes"
    if isinstance(value, FunctionType) or inspect.ismethod(value) or inspect.isbuiltin(value):
        return getattr(value, "__qualname__", "a function")
    name = type(value).__qualname__
    if isinstance(value, type):
        table = getattr(getattr(value, "Meta", None), "table_name", None)
        return f"{value.__name__} of {table}" if table else name
    if isinstance(value, ModuleType) or not depth:
        return name
    if isinstance(value, dict):
        return {str(key): told(one, depth - 1) for key, one in sorted(value.items(), key=lambda pair: str(pair[0]))}
    if fields := getattr(value, "_fields", getattr(value, "__struct_fields__", ())):
        return {"": name} | {field: told(getattr(value, field), depth - 1) for field in fields}
    if isinstance(value, list | tuple):
        return [told(one, depth - 1) for one in value]
    if not type(value).__module__.startswith("chalicelib"):
        return name
    held = sorted(getattr(value, "__dict__", {}).items())
    return {"": name} | {field: told(one, depth - 1) for field, one in held if not _passes(field, one)}


def _passes(field: str, value: object) -> bool:
    """Whether it is a moment that the object has noted for itself."""
    return field.startswith("_") and isinstance(value, float)


def openers() -> dict[str, Callable[[], object]]:
    """All that opens something and asks for nothing."""
    found = {name: one for name, one in vars(resources).items()
             if callable(one) and getattr(one, "__module__",
             "") == resources.__name__ and not name.startswith("_")}  # fmt: skip
    return {name: one for name, one in found.items() if not inspect.signature(one).parameters}


def test_each_port_has_behind_it_what_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("CATALOG_URL", "sqlite:///nowhere/catalog.sqlite")
    found: dict[str, object] = {}
    with aws_in_memory(monkeypatch):
        boto3.client("secretsmanager").create_secret(Name="llm", SecretString='{"credentials": "key"}')
        forget()
        for name, opener in openers().items():
            if name != "fetched_catalog":
                found[name] = told(opener())
    assert_kept("resources", found)
