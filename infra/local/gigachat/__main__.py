"""Starts the stand-in and serves until it is stopped."""

import argparse
import threading
from pathlib import Path
from socketserver import BaseServer

from infra.local.gigachat.access import Access
from infra.local.gigachat.certificates import make_certificates
from infra.local.gigachat.server import GigaChatServer
from infra.local.gigachat.service import Service
from infra.local.gigachat.tunnel import Tunnel


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.gigachat", description="A local GigaChat.")
    parser.add_argument("--port", type=int, required=True, help="where the service speaks HTTPS")
    parser.add_argument("--control-port", type=int, required=True, help="where its control speaks HTTP")
    parser.add_argument("--tunnel-port", type=int, help="a proxy that leads the service's host names to it")
    parser.add_argument("--certificates", type=Path, required=True, help="a folder for root.pem, made anew")
    parser.add_argument("--credentials", default="", help="the only good ones; by default any well-formed pair")
    parser.add_argument("--parallel", type=int, default=0, help="requests in flight; by default what the scope allows")
    parser.add_argument("--latency-seconds", default="0.5", help="how long an answer takes: N, or FROM-TO")
    parser.add_argument("--token-seconds", type=float, default=1_800.0, help="how long a token lives")
    parser.add_argument("--quota-tokens", type=int, default=0, help="402 when used up; 0: no end")
    chosen = parser.parse_args()
    fast, _, slow = chosen.latency_seconds.partition("-")
    service = Service(
        access=Access(chosen.credentials, chosen.token_seconds),
        parallel=chosen.parallel,
        latency_seconds=(float(fast), float(slow or fast)),
        quota_tokens=chosen.quota_tokens,
    )
    _, context = make_certificates(chosen.certificates)
    servers: list[BaseServer] = [
        GigaChatServer(chosen.port, service, context, serves=("service",)),
        GigaChatServer(chosen.control_port, service, serves=("control",)),
    ]
    if chosen.tunnel_port:
        servers.append(Tunnel(chosen.tunnel_port, chosen.port))
    print(f"GigaChat stand-in: http://127.0.0.1:{chosen.control_port}/control/", flush=True)
    for one in servers[1:]:
        threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        servers[0].serve_forever(poll_interval=0.2)
    except KeyboardInterrupt:
        print("stopped", flush=True)


if __name__ == "__main__":
    main()
