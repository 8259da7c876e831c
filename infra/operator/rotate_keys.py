"""Adds a new signing key to the key set. Nobody is signed out.

    python -m infra rotate-keys
    python -m infra rotate-keys --stack films-test

The new key signs from now on; the old ones go on verifying until the last token they signed has expired, and are
removed by a later rotation. Run it every few months; a key that somebody may know is taken away by `revoke-key`.
"""

import argparse
import json
import secrets
from datetime import UTC, datetime

import boto3

from chalicelib.auth.keys import CACHE_SECONDS, Key, parse
from chalicelib.settings import Settings
from infra.stack_outputs import add_stack, outputs

SECRET_BYTES = 48  # HS256 wants 32 at least (RFC 7518 3.2)


def rotated(text: str, now: datetime, keep_seconds: int) -> str:
    """The key set with a new key in front, without those replaced more than `keep_seconds` ago."""
    moment = int(now.timestamp())
    old = parse(text)
    # A key may have signed until the next one came, so its age counts from there; the newest is replaced right now.
    replaced_at = [moment, *(key.created_at for key in old)]
    kept = [key for key, since in zip(old, replaced_at, strict=False) if moment - since <= keep_seconds]
    return json.dumps({"keys": [entry_of(key) for key in (fresh_key(now), *kept)]})


def fresh_key(now: datetime) -> Key:
    """A new key."""
    return Key(f"{now:%Y%m%d}-{secrets.token_hex(4)}", secrets.token_urlsafe(SECRET_BYTES), int(now.timestamp()))


def entry_of(key: Key) -> dict[str, object]:
    """The key as the secret has it."""
    return {"kid": key.kid, "secret": key.secret, "created_at": key.created_at}


def keep_seconds(settings: Settings) -> int:
    """How long a replaced key may still be needed: a warm function signs with it for a cache's life, and what it
    signed then lives as long as an access token. Doubled, for hosts whose clocks differ."""
    return 2 * (settings.access_token_seconds + CACHE_SECONDS)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The stack whose keys they are."""
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Rotates, and prints the key ids."""
    secret_id = outputs(given.stack)["TokenKeys"]
    client = boto3.client("secretsmanager")
    text = client.get_secret_value(SecretId=secret_id)["SecretString"]
    fresh = rotated(text, datetime.now(UTC), keep_seconds(Settings()))
    client.put_secret_value(SecretId=secret_id, SecretString=fresh)
    print("keys, newest first:", ", ".join(key.kid for key in parse(fresh)))
    return 0
