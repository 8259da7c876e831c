"""Writes the OpenAPI document into a file, as `GET /v1/openapi.json` serves it.

    python -m infra openapi openapi.json

Generators of clients take it: `make clients`.
"""

import argparse
from pathlib import Path

import msgspec

import app as _registers_every_route  # noqa: F401
from chalicelib.http.endpoint import ENDPOINTS
from chalicelib.http.openapi import document


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to."""
    parser.add_argument("file", type=Path, help="where to write it")


def run(given: argparse.Namespace) -> int:
    """0: it is there."""
    given.file.parent.mkdir(parents=True, exist_ok=True)
    given.file.write_bytes(msgspec.json.format(msgspec.json.encode(document(ENDPOINTS)), indent=2) + b"\n")
    return 0
