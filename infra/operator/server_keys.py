"""Keys for your own servers: to change films, to act for viewers, and for nothing that the key does not name.

    python -m infra server-keys create shop --scopes read,act
    python -m infra server-keys list --stack films-test
    python -m infra server-keys revoke shop

`create` prints the key once; only its hash is kept. It is sent as `Authorization: Bearer ks_…`. A new key is known
within seconds, a revoked one is refused within half a minute.
"""

import argparse
import secrets
import sys
from datetime import UTC, datetime

import boto3

from chalicelib import resources
from chalicelib.auth.server_keys import PREFIX, ServerKey, digest, parse, text_of
from chalicelib.auth.server_use import UseStore
from chalicelib.callers import SCOPES
from infra.stack_outputs import add_stack, outputs

SECRET_BYTES = 32  # 256 bits: nothing to guess


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which key of which stack."""
    actions = parser.add_subparsers(dest="action", required=True)
    creating = actions.add_parser("create", help="make a key and print it, once")
    creating.add_argument("name", help="whose key it is, 1 to 64 letters, digits, dots, dashes or underscores")
    creating.add_argument("--scopes", required=True, help=f"comma-separated, of {', '.join(SCOPES)}")
    listing = actions.add_parser("list", help="names, scopes and ages")
    revoking = actions.add_parser("revoke", help="refuse a key from now on")
    revoking.add_argument("name", help="the key's")
    add_stack(parser, creating, listing, revoking)


def run(given: argparse.Namespace) -> int:
    """The exit code: 1 when there is such a name already, or no such key."""
    client, secret_id = boto3.client("secretsmanager"), outputs(given.stack)["ServerKeys"]
    keys = parse(client.get_secret_value(SecretId=secret_id)["SecretString"])
    try:
        if given.action == "list":
            return _show(keys, resources.open_uses(outputs(given.stack)["SessionsTable"]))
        changed, said = _created(keys, given) if given.action == "create" else _revoked(keys, given.name)
    except ValueError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    client.put_secret_value(SecretId=secret_id, SecretString=text_of(changed))
    print(said)
    return 0


def _created(keys: tuple[ServerKey, ...], given: argparse.Namespace) -> tuple[tuple[ServerKey, ...], str]:
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    scopes = tuple(dict.fromkeys(one.strip() for one in given.scopes.split(",")))
    made = ServerKey(given.name, digest(key), scopes, int(datetime.now(UTC).timestamp()))
    return parse(text_of((*keys, made))), key


def _revoked(keys: tuple[ServerKey, ...], name: str) -> tuple[tuple[ServerKey, ...], str]:
    left = tuple(key for key in keys if key.name != name)
    if left == keys:
        raise ValueError(f"there is no server key {name}")
    return left, f"✓ {name} is revoked; it is refused within half a minute"


def _show(keys: tuple[ServerKey, ...], uses: UseStore) -> int:
    for key in keys:
        used_at, made_at = uses.find_last_used(key.name), datetime.fromtimestamp(key.created_at, UTC)
        used = f"last used {used_at:%Y-%m-%d %H:%M} UTC" if used_at and used_at >= made_at else "never used"
        print(f"{key.name:24} {','.join(key.scopes):32} since {made_at:%Y-%m-%d}, {used}")
    if not keys:
        print("no server keys")
    return 0
