"""Runs in a function's place, on nothing but the package: imports its handler as Lambda does, opens what its code
opens, and says where that would call. Started by `command`; imports nothing of ours but what the function itself has.

    python probe.py '{"handler": "app.app", "opens": ["catalog", …]}'

The last line is one JSON object. Nothing leaves the process: the libraries' transports are answered here, and every
other connection is refused and said.
"""

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

ASKED: list[str] = []
"""Every address that a transport was asked for."""
REACHED_FOR: list[str] = []
"""What somebody tried to connect to without a transport that we know."""
KEY = {"kid": "first", "secret": "s" * 64, "credentials": "cmVoZWFyc2FsOnJlaGVhcnNhbA=="}


def _ask_issuers(issuers: Any) -> None:
    """Has each trusted issuer's keys fetched. Raises `ValueError` where the setting trusts nobody."""
    if issuers is None:
        if os.environ.get("TRUSTED_ISSUERS"):
            raise ValueError("TRUSTED_ISSUERS is not as it has to be")
        return
    for entries in issuers.by_name.values():
        for _, keys in entries:
            with contextlib.suppress(Exception):  # it has asked
                keys.find("", "RS256")


TOUCHES: Mapping[str, Callable[[Any], Any]] = {
    # What has to be asked for something before it opens a connection. Both fail, having asked.
    "catalog": lambda catalog: catalog.top(1),
    "model": lambda model: model().count_tokens(["?"]),
    "trusted_issuers": _ask_issuers,
}


def main(task: Mapping[str, Any]) -> dict[str, Any]:
    """The function's import time (ms), its addresses, what its adapters hold, and what could not be opened."""
    _refuse_connections()
    os.environ.pop("_HANDLER")  # what a worker opens while it starts is opened below, where something answers
    began = time.perf_counter()
    module, _, name = task["handler"].rpartition(".")
    getattr(importlib.import_module(module), name)
    import_ms = round((time.perf_counter() - began) * 1000)
    _answer_aws()
    _answer_httpx()
    _answer_urllib3()
    _answer_issuers()
    resources = importlib.import_module("chalicelib.resources")
    errors, opened = [], []
    for opener in task["opens"]:
        asked = len(ASKED)
        try:
            opened.append(made := getattr(resources, opener)())
        except Exception as error:  # noqa: BLE001 - whatever it is, it is said
            if len(ASKED) > asked and not isinstance(error, ValueError | KeyError):
                continue  # it has asked; what the answer means is tested elsewhere
            errors.append(f"{opener} cannot be opened: {error!r}")
            continue
        if touch := TOUCHES.get(opener):
            try:
                touch(made)
            except (ValueError, KeyError) as error:
                errors.append(f"{opener} cannot be used: {error!r}")
            except Exception:  # noqa: BLE001, S110 - it has asked; what the answer means is tested elsewhere
                pass
    held = _held_by_adapters()
    urls = {url for one in held for url in _addresses_in(one["values"])} | _of_clients() | set(ASKED)
    return {
        "cold_import_ms": import_ms,
        "urls": sorted(urls),
        "held": held,
        "errors": errors,
        "reached_for": sorted(set(REACHED_FOR)),
    }


def _refuse_connections() -> None:
    def refuse(_: object, address: Any, *__: object, **___: object) -> None:
        REACHED_FOR.append(str(address))
        raise ConnectionRefusedError("nothing leaves a rehearsal")

    sockets: Any = socket.socket
    sockets.connect = sockets.connect_ex = refuse

    def unknown(host: Any, *_: object, **__: object) -> Any:
        REACHED_FOR.append(str(host))
        raise socket.gaierror("nothing leaves a rehearsal")

    socket.getaddrinfo = unknown


def _answer_issuers() -> None:
    documents: Any = importlib.import_module("chalicelib.auth.elsewhere.adapters.documents")

    def fetch(url: str, *_: object) -> bytes:
        ASKED.append(url)
        raise documents.NotFetchedError(url)

    documents.fetch = fetch


def _answer_aws() -> None:
    from botocore import awsrequest, httpsession

    answer: Any = awsrequest.AWSResponse

    class Raw:
        def __init__(self, body: bytes) -> None:
            self.body = body

        def stream(self, *_: object, **__: object) -> Any:
            yield self.body

        def read(self, *_: object) -> bytes:
            body, self.body = self.body, b""
            return body

    def send(_: Any, request: Any) -> Any:
        ASKED.append(_of_request(request))
        target = str(request.headers.get("X-Amz-Target", b""))
        if "GetSecretValue" in target:
            body = json.dumps({"SecretString": json.dumps(KEY)}).encode()
            return answer(request.url, 200, {"content-length": str(len(body))}, Raw(body))
        body = b'{"__type": "ResourceNotFoundException", "message": "nothing is there"}'
        return answer(request.url, 400, {"content-length": str(len(body))}, Raw(body))

    session: Any = httpsession.URLLib3Session
    session.send = send


def _of_request(request: Any) -> str:
    """An address without its query and without what lies behind a bucket or an endpoint."""
    scheme, _, rest = str(request.url).partition("://")
    return f"{scheme}://{rest.partition('/')[0]}/"


def _answer_httpx() -> None:
    """Only where the function has loaded it."""
    if "httpx" not in sys.modules and not _later("httpx"):
        return
    import httpx

    def handle(_: Any, request: Any) -> Any:
        ASKED.append(str(request.url))
        token = {"access_token": "rehearsal", "expires_at": int((time.time() + 1_800) * 1000)}
        return httpx.Response(200, json=token, request=request)

    transport: Any = httpx.HTTPTransport
    transport.handle_request = handle


def _later(name: str) -> bool:
    """Whether the package has it at all; it costs no import time any more."""
    return importlib.util.find_spec(name) is not None


def _answer_urllib3() -> None:
    import urllib3
    from urllib3.exceptions import NewConnectionError

    def urlopen(pool: Any, _method: str, url: str, *_: object, **__: object) -> Any:
        ASKED.append(
            f"{pool.scheme}://{pool.host}:{pool.port}{url}" if pool.port else f"{pool.scheme}://{pool.host}{url}"
        )
        raise NewConnectionError(pool, "nothing leaves a rehearsal")

    pools: Any = urllib3.HTTPConnectionPool
    pools.urlopen = urlopen


def _held_by_adapters() -> list[dict[str, Any]]:
    """Every adapter that lives now, with what `calls` has to know of its attributes."""
    found = []
    for one in gc.get_objects():
        kind = type(one)
        if (
            ".adapters." in str(kind.__module__)
            and str(kind.__module__).startswith("chalicelib.")
            and hasattr(one, "__dict__")
        ):
            values = {name: told for name, value in vars(one).items() if (told := _told(value)) is not None}
            found.append({"class": f"{kind.__module__}.{kind.__qualname__}", "values": values})
    return found


def _of_clients() -> set[str]:
    """Where the clients of AWS go that were made, whoever holds them."""
    from botocore.client import BaseClient

    return {f"{one.meta.endpoint_url}/" for one in gc.get_objects() if isinstance(one, BaseClient)}


def _told(value: Any) -> Any:
    """An attribute as JSON: a text, or a table of pynamodb with the names of its indexes."""
    if isinstance(value, str):
        return value
    meta = getattr(value, "Meta", None)
    if meta is not None and getattr(meta, "table_name", None) and hasattr(value, "exists"):
        value.exists()  # makes its client
        return {"table": meta.table_name, "attributes": _index_attributes(value)}
    return None


def _index_attributes(model: Any) -> dict[str, str]:
    """Index names by the attribute under which the store asks them."""
    return {
        name: one.Meta.index_name
        for name in dir(model)
        if not name.startswith("_")
        and (one := getattr(model, name, None)) is not None
        and getattr(getattr(one, "Meta", None), "index_name", None)
    }


def _addresses_in(values: Mapping[str, Any]) -> list[str]:
    return [one for one in values.values() if isinstance(one, str) and one.startswith(("http://", "https://"))]


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
