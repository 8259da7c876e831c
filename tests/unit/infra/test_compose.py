"""The compose file is for those who have Docker; that it is sound and stays on loopback is checked without."""

import importlib
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent.parent


def test_localstack_container_listens_on_loopback_and_gets_a_pinned_image() -> None:
    compose = importlib.import_module("yaml").safe_load((ROOT / "docker-compose.yml").read_text())
    (service,) = compose["services"].values()
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])
    assert service["image"].rpartition(":")[2] not in ("", "latest")


def test_container_finds_our_authorizer_plugin() -> None:
    compose = importlib.import_module("yaml").safe_load((ROOT / "docker-compose.yml").read_text())
    (service,) = compose["services"].values()
    _, plugins = service["environment"]["PYTHONPATH"].split(":")
    here = ROOT / plugins.removeprefix("/opt/kinosovet/")
    assert [entry.name for entry in here.glob("*.dist-info/entry_points.txt")] == ["entry_points.txt"]
