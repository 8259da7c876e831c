"""The stand-in is reached as the service is: over HTTPS, by a root that has to be named, at the service's own names."""

import threading
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

from chalicelib.recommendations.llm.adapters.gigachat import GigaChatModel
from chalicelib.recommendations.llm.port import Message, ModelError, Prompt
from chalicelib.settings import Settings
from infra.local.gigachat.certificates import make_certificates
from infra.local.gigachat.server import GigaChatServer
from infra.local.gigachat.service import CACHE_SECONDS, Service
from infra.local.gigachat.tunnel import Tunnel
from tests.standin import CREDENTIALS


class Served(NamedTuple):
    service: Service
    port: int
    tunnel: Tunnel
    root: str


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root, context = make_certificates(tmp_path_factory.mktemp("certificates"))
    service = Service(latency_seconds=(0.0, 0.0))
    with (
        GigaChatServer(0, service, context, serves=("service",)) as server,
        Tunnel(0, server.server_address[1]) as tunnel,
    ):
        threads = [threading.Thread(target=one.serve_forever, args=(0.02,), daemon=True) for one in (server, tunnel)]
        for thread in threads:
            thread.start()
        yield Served(service, server.server_address[1], tunnel, str(root))
        server.shutdown()
        tunnel.shutdown()


PROMPT = Prompt(
    messages=(Message("user", "Привет"),),
    functions=({"name": "greet", "parameters": {"type": "object", "properties": {"word": {"type": "string"}}}},),
    function_call="greet",
    offered=(),
    language="ru",
    prompt_version="v1",
    prompt_tokens=10,
    variable_tokens=10,
    max_completion_tokens=100,
)


def asked(served: Served, **more: Any) -> object:
    """What the product's own client is answered."""
    given: dict[str, Any] = {
        "base_url": f"https://127.0.0.1:{served.port}/v1",
        "auth_url": f"https://127.0.0.1:{served.port}/api/v2/oauth",
        "ca_bundle_file": served.root,
    }
    key: dict[str, Any] = {"credentials": CREDENTIALS, "scope": "GIGACHAT_API_PERS", "model": "GigaChat-2"}
    model = GigaChatModel(**(given | key | more), timeout_seconds=10.0)
    try:
        return model.ask(PROMPT, 30).arguments
    finally:
        model.close()


def test_client_is_answered_when_it_is_given_the_root(served: Served) -> None:
    assert asked(served) == {"word": "Привет"}


@pytest.mark.parametrize("bundle", ["", "/var/task/missing.pem"])
def test_nothing_is_billed_when_the_root_is_not_known(served: Served, bundle: str) -> None:
    before = served.service.ledger.bill()
    with pytest.raises(ModelError) as caught:
        asked(served, ca_bundle_file=bundle)
    assert (caught.value.cause, caught.value.billed) == ("connect", False)
    assert served.service.ledger.bill() == before


def test_services_own_addresses_lead_to_it_when_there_is_a_proxy(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{served.tunnel.server_address[1]}")
    monkeypatch.setenv("SSL_CERT_FILE", served.root)
    deployed = Settings()
    addresses = {"base_url": deployed.llm_base_url, "auth_url": deployed.llm_auth_url}
    assert asked(served, **addresses, ca_bundle_file=deployed.llm_ca_bundle_file) == {"word": "Привет"}
    assert set(served.tunnel.led) == {"api.giga.chat", "ngw.devices.sberbank.ru"}


def test_proxy_leads_nowhere_else(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{served.tunnel.server_address[1]}")
    with pytest.raises(ModelError):
        asked(served, base_url="https://example.com/v1", auth_url="https://example.com/oauth")
    assert "example.com" not in served.tunnel.led


def test_prefix_is_forgotten_when_half_a_minute_has_passed() -> None:
    now = [0.0]
    service = Service(clock=lambda: now[0])
    request = {"model": "GigaChat-2", "messages": [{"role": "system", "content": "Ты кинокритик."}, {"content": "?"}]}
    told = []
    for waited in (0, CACHE_SECONDS, CACHE_SECONDS, CACHE_SECONDS + 1):
        now[0] += waited
        told.append(service.precached_tokens(request, "session") > 0)
    assert told == [False, True, True, False]


def test_bill_is_told_by_day_when_answers_were_given(served: Served) -> None:
    asked(served)
    bill: Any = served.service.ledger.bill()
    (today,) = bill["by_day"].values()
    assert today["prompt_tokens"] == bill["prompt_tokens"] > 0
