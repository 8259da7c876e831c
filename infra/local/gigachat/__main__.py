"""Starts the stand-in and serves until it is stopped."""

import argparse

from infra.local.gigachat.access import Access
from infra.local.gigachat.server import GigaChatServer
from infra.local.gigachat.service import Service


def main() -> None:
    """Reads the command line and serves."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.gigachat", description="A local GigaChat.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--credentials", default="", help="the only good ones; by default any well-formed pair")
    parser.add_argument("--parallel", type=int, default=0, help="requests in flight; by default what the scope allows")
    parser.add_argument("--latency-ms", default="300-800", help="how long an answer takes, FROM-TO")
    parser.add_argument("--token-seconds", type=float, default=1_800.0, help="how long a token lives")
    parser.add_argument("--quota-tokens", type=int, default=0, help="402 when used up; 0: no end")
    chosen = parser.parse_args()
    fast, _, slow = chosen.latency_ms.partition("-")
    service = Service(
        access=Access(chosen.credentials, chosen.token_seconds),
        parallel=chosen.parallel,
        latency_seconds=(float(fast) / 1000, float(slow or fast) / 1000),
        quota_tokens=chosen.quota_tokens,
    )
    with GigaChatServer(chosen.port, service) as server:
        print(f"GigaChat stand-in: http://127.0.0.1:{server.server_address[1]}/control/", flush=True)
        try:
            server.serve_forever(poll_interval=0.2)
        except KeyboardInterrupt:
            print("stopped", flush=True)


if __name__ == "__main__":
    main()
