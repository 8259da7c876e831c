"""`docs/integrate.md`, line by line: a site with an OpenID Connect provider of its own comes to its first personal row.

The reader's own values are put in; all else is run as it stands, in a copy of the tree with a port of its own.
"""

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import expect, sync_playwright

from chalicelib.catalog.film_ids import film_id_of
from chalicelib.viewer_ids import of_issuer
from infra.local import processes
from tests.browser.viewer import cinema_at, launched
from tests.deployed import wait_for
from tests.real.clients.conftest import HERE, INSTALLED, ROOT, STRICT, Tools

GUIDE = ROOT / "docs" / "integrate.md"
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
TWENTY_MINUTES = 20 * 60
AUDIENCE, PASSWORD = "kinosovet", "a password at the site, with spaces"
MADE_ONCE = ("tools", "emulator", "clients", "demo")
"""What a reader waits for when everything is fetched for the first time."""
NEXT = "──── the next block"


@pytest.fixture(scope="module")
def issuer(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The site's own sign-in."""
    folder = tmp_path_factory.mktemp("issuer")
    (folder / "node_modules").symlink_to(INSTALLED / "node_modules")
    program = shutil.copy(HERE / "site_issuer.mjs", folder)
    port = processes.free_port()
    address = f"http://127.0.0.1:{port}"
    with (folder / "log").open("w") as log:
        command = [INSTALLED / "bin" / "node", program, str(port), AUDIENCE, PASSWORD]
        started = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def answers() -> bool:
        try:
            return httpx.get(f"{address}/.well-known/openid-configuration").is_success
        except httpx.TransportError:
            return False

    try:
        wait_for(answers, 60, (folder / "log").read_text)
        yield address
    finally:
        os.killpg(started.pid, signal.SIGTERM)  # the program of the wheel is a parent of Node.js
        started.wait()


@pytest.fixture(scope="module")
def copy_of_the_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a reader has cloned, with what was fetched before."""
    copy = tmp_path_factory.mktemp("clone") / "kinosovet"
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    (copy / ".local").mkdir()
    (copy / ".venv").symlink_to(ROOT / ".venv")
    for name in MADE_ONCE:
        if (ROOT / ".local" / name).exists():
            (copy / ".local" / name).symlink_to(ROOT / ".local" / name)
    return copy


@pytest.fixture(scope="module")
def said(issuer: str, copy_of_the_tree: Path) -> Iterator[list[str]]:
    """What each block prints."""
    text = f"\necho '{NEXT}'\n".join(BLOCKS)
    own = {"ISSUER": issuer, "AUDIENCE": AUDIENCE, "PASSWORD": f"'{PASSWORD}'"}
    for name, value in own.items():
        text, times = re.subn(rf"^export {name}=.*$", f"export {name}={value}", text, flags=re.MULTILINE)
        assert times == 1, name
    environment = {name: os.environ[name] for name in os.environ if not name.startswith(("AWS_", "PYTEST_"))}
    environment |= {"LOCAL_PORT": str(processes.free_port())}
    started = subprocess.Popen(
        ["bash", "-eu", "-c", text],
        cwd=copy_of_the_tree, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    try:
        printed, _ = started.communicate(timeout=TWENTY_MINUTES)
        assert started.returncode == 0, printed[-3000:]
        yield printed.split(f"{NEXT}\n")
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGKILL)
        subprocess.run(["make", "down"], cwd=copy_of_the_tree, env=environment, check=True, capture_output=True)


def documents(text: str) -> list[dict[str, Any]]:
    """The JSON objects that a block prints, in their order."""
    found, decoder, at = [], json.JSONDecoder(), text.find("{")
    while at >= 0:
        value, end = decoder.raw_decode(text, at)
        found.append(value)
        at = text.find("{", end)
    return found


def block(said: list[str], line: str) -> str:
    """What the one block printed that holds this text."""
    (number,) = [number for number, text in enumerate(BLOCKS) if line in text]
    return said[number]


def test_the_discovery_document_names_the_issuer_as_tokens_do(said: list[str], issuer: str) -> None:
    assert f'"issuer": "{issuer}"' in block(said, "json.tool | grep -E")


def test_a_viewer_is_there_without_registering(said: list[str], issuer: str) -> None:
    (profile,) = documents(block(said, "grant_type=password"))
    assert profile["user_id"] == of_issuer(issuer, "olga")


def test_the_first_row_is_personal_and_says_why(said: list[str]) -> None:
    (stored,) = documents(block(said, "FILM=$("))
    assert (stored["film_id"], stored["rating"], stored["title"]) == (film_id_of("site-6"), "like", "Stalker")
    (row,) = documents(block(said, "for second in"))
    assert row["source"] == "personal"
    assert row["films"][0]["title"] == "Solaris"
    assert row["films"][0]["because"] == [film_id_of("site-6")]
    assert all(film["reason"] for film in row["films"])


def test_a_back_end_speaks_for_a_viewer_of_its_own(said: list[str]) -> None:
    (stored,) = documents(block(said, "--scopes act"))
    assert (stored["title"], stored["rating"]) == ("Stalker", "like")
    assert block(said, "-X DELETE") == ""


@pytest.fixture
def page_at_the_provider(said: list[str], copy_of_the_tree: Path, issuer: str) -> str:
    """The address of our page, which the provider knows as a client."""
    address = (copy_of_the_tree / ".local" / "url").read_text()
    client = {"redirect_uris": [address], "post_logout_redirect_uris": [address], "response_types": ["code"],
              "grant_types": ["authorization_code", "refresh_token"], "token_endpoint_auth_method": "none"}  # fmt: skip
    made = httpx.post(f"{issuer}/reg", json=client)
    assert (made.status_code, made.json()["client_id"]) == (201, AUDIENCE), made.text
    return address


def test_our_page_signs_in_at_the_provider_and_out_again(page_at_the_provider: str, issuer: str) -> None:
    with sync_playwright() as playwright:
        browser = launched(playwright)
        with cinema_at(browser, page_at_the_provider) as cinema:
            viewer = cinema.viewer()
            page = viewer.page
            viewer.open()
            page.locator(".sign-in .button-main").click()
            page.locator("[name=login]").fill("vera")
            page.locator("[name=password]").fill("any")
            page.locator("[type=submit]").click()
            page.locator("[type=submit]").click()  # what the page may know
            expect(page.locator(".hero, .row .card").first).to_be_visible(timeout=30_000)
            assert page.url == f"{page_at_the_provider}#/"
            page.reload()
            expect(page.locator(".hero, .row .card").first).to_be_visible(timeout=30_000)
            viewer.open("#/account")
            page.locator("[aria-labelledby=settings-title] > .button").click()
            page.locator("[name=logout][value=yes]").click()
            expect(page.locator(".sign-in .button-main")).to_be_visible(timeout=30_000)
            page.locator(".sign-in .button-main").click()
            expect(page.locator("[name=login]")).to_be_visible()
        browser.close()


def test_the_code_of_a_page_is_right(tools: Tools) -> None:
    (snippet,) = re.findall(r"^```ts\n(.*?)^```", GUIDE.read_text(), re.DOTALL | re.MULTILINE)
    head = 'import createClient from "openapi-fetch";\nimport type { paths } from "./kinosovet.d.ts";\n'
    shown = "declare const token: string;\n" + snippet + "\nconsole.log(data?.films[0]?.reason, error?.detail);\n"
    (tools.typescript / "page.ts").write_text(head + shown)
    tools.run("tsc", *STRICT, "page.ts", cwd=tools.typescript)
