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
    try:
        if given.action == "list":
            return _show(_held(given.stack), resources.open_uses(outputs(given.stack)["SessionsTable"]))
        if given.action == "create":
            print(created(given.stack, given.name, given.scopes))
        else:
            revoked(given.stack, given.name)
            print(f"✓ {given.name} is revoked; it is refused within half a minute")
    except ValueError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return 0


def created(stack: str, name: str, scopes: str) -> str:
    """A new key for these scopes (with commas); only its hash is kept.

    Raises:
        ValueError: there is such a name already, or a scope that is none.
    """
    key = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    given = tuple(dict.fromkeys(one.strip() for one in scopes.split(",")))
    made = ServerKey(name, digest(key), given, int(datetime.now(UTC).timestamp()))
    _put(stack, parse(text_of((*_held(stack), made))))
    return key


def revoked(stack: str, name: str) -> None:
    """Takes a key back. Raises `ValueError` where there is none of that name."""
    keys = _held(stack)
    left = tuple(key for key in keys if key.name != name)
    if left == keys:
        raise ValueError(f"there is no server key {name}")
    _put(stack, left)


def _held(stack: str) -> tuple[ServerKey, ...]:
    client, secret_id = boto3.client("secretsmanager"), outputs(stack)["ServerKeys"]
    return parse(client.get_secret_value(SecretId=secret_id)["SecretString"])


def _put(stack: str, keys: tuple[ServerKey, ...]) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId=outputs(stack)["ServerKeys"], SecretString=text_of(keys))


def _show(keys: tuple[ServerKey, ...], uses: UseStore) -> int:
    for key in keys:
        used_at, made_at = uses.find_last_used(key.name), datetime.fromtimestamp(key.created_at, UTC)
        used = f"last used {used_at:%Y-%m-%d %H:%M} UTC" if used_at and used_at >= made_at else "never used"
        print(f"{key.name:24} {','.join(key.scopes):32} since {made_at:%Y-%m-%d}, {used}")
    if not keys:
        print("no server keys")
    return 0
