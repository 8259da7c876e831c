"""What is opened: each thing once, behind its port, and nothing before it is asked for."""

import subprocess
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import resources
from chalicelib.settings import settings


@pytest.fixture(autouse=True)
def _deployed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    names = ("ACCOUNTS", "SESSIONS", "FEEDBACK", "RECOMMENDATIONS", "ITEM_SIMILARITY", "BUDGET")
    for name in names:
        monkeypatch.setenv(f"{name}_TABLE", f"some-{name.lower()}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("CATALOG_URL", "sqlite:///nowhere/catalog.sqlite")
    forget()
    yield
    forget()


def forget() -> None:
    settings.cache_clear()
    for opened in vars(resources).values():
        if hasattr(opened, "cache_clear"):
            opened.cache_clear()


@pytest.mark.parametrize("name", ["account_store", "session_store", "feedback_store", "recommendation_store", "budget"])
def test_a_store_is_opened_once_when_asked_for_twice(name: str) -> None:
    opened = getattr(resources, name)
    assert opened() is opened()


def test_a_catalogue_is_the_one_its_address_names() -> None:
    kinds = {
        url: type(resources.open_catalog(url)).__name__ for url in ("sqlite:///x.sqlite", "https://search.example")
    }
    assert kinds == {"sqlite:///x.sqlite": "EmbeddedCatalog", "https://search.example": "OpenSearchCatalog"}


def test_each_package_shows_and_forgets_what_it_holds() -> None:
    packages = {"auth", "catalog", "feedback", "outcomes", "recommendations", "weekly"}
    assert set(resources.exporters()) == packages
    # The catalogue holds films alone; an account is what the order of erasure ends with.
    assert set(resources.erasers()._fields) == {"sessions", "lists", "feedback", "outcomes"}


def test_nothing_is_loaded_when_resources_are_imported() -> None:
    heavy = ["boto3", "pynamodb", "opensearchpy", "gigachat", "jose"]
    program = f"import sys, chalicelib.resources; print([name for name in {heavy} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "[]"


@pytest.mark.parametrize("issuers", [None, SimpleNamespace(start_fetching=lambda: None)])
def test_all_that_a_token_is_checked_with_is_open_before_the_first_one_comes(
    issuers: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resources, "trusted_issuers", lambda: issuers)
    monkeypatch.setattr(resources, "fetched_token_keys", lambda: None)
    monkeypatch.setattr(resources, "token_keys", lambda: None)
    resources.opened_admission()
    opened = [one.cache_info().currsize for one in (resources.account_store, resources.session_store)]
    assert opened == [1, 1]
    assert resources.foreign_store.cache_info().currsize == (1 if issuers else 0)


def test_each_message_goes_to_the_queue_of_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("rebuild", "ask", "erasure", "letters", "imports"):
        monkeypatch.setenv(f"{name.upper()}_QUEUE_URL", f"https://sqs.example/{name}")
    outbox: Any = resources.outbox()
    assert (outbox.rebuild_queue_url, outbox.ask_queue_url) == (
        "https://sqs.example/rebuild",
        "https://sqs.example/ask",
    )
