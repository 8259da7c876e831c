"""Access tokens that must not be believed, made from a genuine one: for the unit tests and the deployed API alike."""

import base64
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from jose import jwt

RSA_KEY = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
PRIVATE_PEM = RSA_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC_PEM = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def parts_of(token: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    """Header, claims and signature, unverified."""
    header, claims, signature = token.split(".")
    return _decoded(header), _decoded(claims), signature


def signed(header: dict[str, Any], claims: dict[str, Any], secret: str | bytes, digest: str = "sha256") -> str:
    """An HMAC over any header and claims: what a library would refuse to sign, an attacker does not."""
    body = f"{_encoded(header)}.{_encoded(claims)}"
    key = secret.encode() if isinstance(secret, str) else secret
    mac = hmac.digest(key, body.encode(), getattr(hashlib, digest))
    return f"{body}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def without_the_key(token: str) -> dict[str, str]:
    """Forgeries that need no key of ours."""
    header, claims, signature = parts_of(token)
    body = ".".join(token.split(".")[:2])
    other = "another secret, as long as one has to be"
    return {
        "alg none": f"{_encoded(header | {'alg': 'none'})}.{_encoded(claims)}.",
        "alg None": f"{_encoded(header | {'alg': 'None'})}.{_encoded(claims)}.{signature}",
        "no signature": f"{body}.",
        "two parts": body,
        "empty key": signed(header, claims, ""),
        "other key": signed(header, claims, other),
        "unknown kid": signed(header | {"kid": "unknown"}, claims, other),
        "kid as a path": signed(header | {"kid": "../../dev/null"}, claims, ""),
        "kid is a number": signed(header | {"kid": 1}, claims, other),
        "no kid": signed({"alg": "HS256", "typ": "JWT"}, claims, other),
        "key in the header": signed(header | {"jwk": {"kty": "oct", "k": _encoded({})}}, claims, "{}"),
        "RS256": jwt.encode(claims, PRIVATE_PEM, algorithm="RS256", headers={"kid": header["kid"]}),
        "public key as HMAC secret": signed(header, claims, PUBLIC_PEM),
        "edited payload": f"{_encoded(header)}.{_encoded(claims | {'sub': '0' * 36})}.{signature}",
        "edited header": f"{_encoded(header | {'typ': 'JWT'})}.{_encoded(claims)}.{signature}",
        "edited signature": f"{body}.{signature[:-2]}{'AA' if signature[-2:] != 'AA' else 'BB'}",
        "not JSON": f"{_b64(b'{')}.{_b64(b'{')}.{signature}",
        "deep JSON": f"{_b64(b'[' * 900)}.{_encoded(claims)}.{signature}",
        "header is a list": f"{_b64(b'[]')}.{_encoded(claims)}.{signature}",
        "too long": token + "A" * 4_000,
        "encrypted": f"{token}.x.y",
        "nothing": "",
        "spaces": token.replace(".", ". "),
    }


def with_the_key(token: str, secret: str) -> dict[str, str]:
    """Tokens signed with our own key that still are not access tokens of ours: a wrong claim, type or time each."""
    header, claims, _ = parts_of(token)
    now = claims["iat"]
    wrong: dict[str, dict[str, Any]] = {
        "expired": {"iat": now - 1_000, "exp": now - 100},
        "expired just now": {"iat": now - 900, "exp": now},
        "not yet issued": {"iat": now + 600, "exp": now + 1_200},
        "not yet valid": {"nbf": now + 800},
        "lives too long": {"exp": now + 86_400},
        "never expires": {"exp": 10**12},
        "exp is text": {"exp": "tomorrow"},
        "exp is a fraction": {"exp": now + 0.5},
        "wrong issuer": {"iss": "somebody"},
        "wrong audience": {"aud": "somebody"},
        "audiences": {"aud": [claims["aud"], "somebody"]},
        "refresh used as access": {"token_use": "refresh"},
        "sub is a number": {"sub": 1},
        "sid is a list": {"sid": [claims["sid"]]},
        "no such user": {"sub": "00000000-0000-4000-8000-000000000000"},
        "no such session": {"sid": "0" * 32},
    }
    forged = {name: signed(header, claims | change, secret) for name, change in wrong.items()}
    for name in ("iss", "aud", "sub", "sid", "token_use", "iat", "exp", "jti"):
        forged[f"no {name}"] = signed(header, {key: claims[key] for key in claims if key != name}, secret)
    forged["HS512"] = signed(header | {"alg": "HS512"}, claims, secret, "sha512")
    forged["crit"] = signed(header | {"crit": ["b64"], "b64": False}, claims, secret)
    return forged


def _decoded(part: str) -> dict[str, Any]:
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return decoded


def _encoded(value: object) -> str:
    return _b64(json.dumps(value).encode())


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
