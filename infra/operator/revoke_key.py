"""Takes signing keys out of the key set at once: tokens that somebody makes with a leaked one stop working.

    python -m infra revoke-key 20261123-1f0c9a7e
    python -m infra revoke-key --all --stack films-test

A new key signs from now on. Warm functions look at the set again within 15 seconds, and so long the command waits; then
it has API Gateway forget the authorizer's answers, which live 30 seconds, or says that they still do. Viewers stay
signed in: their access tokens are refused, and their refresh tokens, which no key signs, bring new ones. If tokens were
made already, end the sessions too: `python -m infra sign-out`.
"""

import argparse
import json
import sys
import time
from collections.abc import Collection
from datetime import UTC, datetime

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.auth.keys import CACHE_SECONDS, parse
from chalicelib.settings import AUTHORIZER_CACHE_SECONDS
from infra.deploy.template.api import STAGE
from infra.operator.rotate_keys import entry_of, fresh_key
from infra.stack_outputs import add_stack, outputs


class KeyUnknownError(Exception):
    """The set has no key of that id. The text is for the operator."""


def without(text: str, kids: Collection[str] | None, now: datetime) -> str:
    """The key set with a new key in front and without these; None: without any that was there. Raises
    `KeyUnknownError`."""
    held = parse(text)
    if unknown := set(kids or ()) - {key.kid for key in held}:
        known = ", ".join(key.kid for key in held)
        raise KeyUnknownError(f"the set has no key {', '.join(sorted(unknown))}; it has {known}")
    kept = [key for key in held if kids is not None and key.kid not in kids]
    return json.dumps({"keys": [entry_of(key) for key in (fresh_key(now), *kept)]})


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which keys, and of which stack."""
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("kids", metavar="KID", nargs="*", default=[], help="the header `kid` of a token it signed")
    which.add_argument("--all", action="store_true", help="every key that there is: the secret itself was read")
    add_stack(parser)


def run(given: argparse.Namespace) -> int:
    """Revokes, waits until no function believes the keys, and says so."""
    known = outputs(given.stack)
    client = boto3.client("secretsmanager")
    text = client.get_secret_value(SecretId=known["TokenKeys"])["SecretString"]
    try:
        fresh = without(text, None if given.all else given.kids, datetime.now(UTC))
    except KeyUnknownError as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    client.put_secret_value(SecretId=known["TokenKeys"], SecretString=fresh)
    print("keys, newest first:", ", ".join(key.kid for key in parse(fresh)), flush=True)
    time.sleep(CACHE_SECONDS + 1)  # one that looked just before has looked again
    try:
        boto3.client("apigateway").flush_stage_authorizers_cache(restApiId=known["RestAPIId"], stageName=STAGE)
    except (BotoCoreError, ClientError) as error:
        print(f"✓ no function believes them; API Gateway may for {AUTHORIZER_CACHE_SECONDS} s more: {error}")
        return 0
    print("✓ nothing believes them any more")
    return 0
