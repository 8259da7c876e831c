"""Tokens that no trusted issuer means for us, by what is wrong with them: for the unit tests and the deployed API."""

import warnings
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.forgeries import signed
from tests.issuer_twin import ALGORITHMS, Issuer, encoded, new_key, public_jwk

MINUTE = 60


def by_an_attacker(issuer: Issuer, attacker: Issuer) -> dict[str, str]:
    """What somebody can make who has none of the issuer's keys, but an issuer of their own."""
    good = issuer.token()
    head, body, signature = good.split(".")
    header, claims = jwt.get_unverified_header(good), issuer.claims()
    kid, key = issuer.keys["RS256"]
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    jwk = public_jwk("RS256", key, kid)
    theirs = new_key("RS256")
    their_jwk = public_jwk("RS256", theirs, kid)
    forged = {
        "an unknown issuer's": attacker.token(),
        "an unknown issuer's, in the name of ours": attacker.token(iss=issuer.url),
        "another key under our key id": jwt.encode(claims, theirs, "RS256", {"kid": kid}),
        "another key and no key id": jwt.encode(claims, theirs, "RS256"),
        "an unknown key id": jwt.encode(claims, theirs, "RS256", {"kid": "made up"}),
        "a key id that is a path": jwt.encode(claims, theirs, "RS256", {"kid": "../../etc/passwd"}),
        "a key id that is an address": jwt.encode(claims, theirs, "RS256", {"kid": f"{attacker.url}/keys"}),
        "a very long key id": jwt.encode(claims, theirs, "RS256", {"kid": "k" * 1_000}),
        "a key in the header": jwt.encode(claims, theirs, "RS256", {"kid": kid, "jwk": their_jwk}),
        "the address of a key set": jwt.encode(claims, theirs, "RS256", {"kid": kid, "jku": f"{attacker.url}/keys"}),
        "the address of a certificate": jwt.encode(claims, theirs, "RS256", {"kid": kid, "x5u": f"{attacker.url}/x"}),
        "a certificate in the header": jwt.encode(claims, theirs, "RS256", {"kid": kid, "x5c": ["MIIB"]}),
        "no algorithm": f"{encoded(header | {'alg': 'none'})}.{body}.",
        "no algorithm, in capitals": f"{encoded(header | {'alg': 'NONE'})}.{body}.{signature}",
        "an algorithm that is a list": f"{encoded(header | {'alg': ['RS256']})}.{body}.{signature}",
        "no word of an algorithm": f"{encoded({'kid': kid})}.{body}.{signature}",
        "a key id that is a number": f"{encoded(header | {'kid': 7})}.{body}.{signature}",
        "a key id that is null": f"{encoded(header | {'kid': None})}.{body}.{signature}",
        "a kind that is a number": f"{encoded(header | {'typ': 7})}.{body}.{signature}",
        "HS256 by the public key": signed(header | {"alg": "HS256"}, claims, public),
        "HS256 by the public key's text": signed(header | {"alg": "HS256"}, claims, public.strip()),
        "HS256 by the published JWK": signed(header | {"alg": "HS256"}, claims, str(jwk["n"])),
        "HS256 by nothing": signed(header | {"alg": "HS256"}, claims, ""),
        "an RSA key id with another algorithm": jwt.encode(claims, new_key("ES256"), "ES256", {"kid": kid}),
        "PS256": jwt.encode(claims, theirs, "PS256", {"kid": kid}),
        "ES384": jwt.encode(claims, ec.generate_private_key(ec.SECP384R1()), "ES384", {"kid": kid}),
        "an elliptic signature of zeros": ".".join(_of_zeros(issuer, 64)),
        "an empty signature": f"{head}.{body}.",
        "a cut signature": f"{head}.{body}.{signature[:40]}",
        "two parts": f"{head}.{body}",
        "five parts": f"{good}.x.y",
        "another subject under the same signature": f"{head}.{encoded(claims | {'sub': '43'})}.{signature}",
        "another header under the same signature": f"{encoded(header | {'x': 1})}.{body}.{signature}",
        "claims that are no JSON": f"{head}.{encoded(b'{')}.{signature}",
        "claims that are a list": f"{head}.{encoded([claims])}.{signature}",
        "deep JSON": f"{head}.{encoded(b'[' * 2_000)}.{signature}",
        "an issuer that is a list": f"{head}.{encoded(claims | {'iss': [issuer.url]})}.{signature}",
        "too long": f"{good}{'A' * 9_000}",
        "a token of another kind": "ks_" + "A" * 43,
    }
    for algorithm in ALGORITHMS:  # the attacker's keys under each of our ids
        own = attacker.keys[algorithm][1]
        forged[f"{algorithm} by the attacker's key"] = jwt.encode(
            claims, own, algorithm, {"kid": issuer.keys[algorithm][0]}
        )
    return forged


def by_the_issuer(issuer: Issuer) -> dict[str, str]:
    """What the issuer's own key has signed, and what still is no token for us."""
    now = issuer.claims()["iat"]
    kid, key = issuer.keys["RS256"]
    wrong: dict[str, dict[str, Any]] = {
        "for another audience": {"aud": "shop"},
        "for other audiences": {"aud": ["shop", "films-admin"]},
        "for an audience that begins like ours": {"aud": "films.example.com"},
        "for nobody": {"aud": []},
        "without audience": {"aud": None},
        "without subject": {"sub": None},
        "without issuer": {"iss": None},
        "without end": {"exp": None},
        "of the issuer's name with a slash": {"iss": f"{issuer.url}/"},
        "of the issuer's name in capitals": {"iss": issuer.url.upper()},
        "expired": {"iat": now - 600, "exp": now - 120},
        "expired a leeway ago": {"iat": now - 600, "exp": now - MINUTE - 1},
        "not yet valid": {"nbf": now + 3 * MINUTE},
        "not yet issued": {"iat": now + 3 * MINUTE, "exp": now + 6 * MINUTE},
        "of a sign-in to come": {"auth_time": now + 3 * MINUTE},
        "with an end that is text": {"exp": str(now + 300)},
        "with an end that is true": {"exp": True},
        "with an end beyond all numbers": {"exp": float("inf")},
        "with a beginning that is text": {"nbf": "now"},
        "with a subject that is a number": {"sub": 42},
        "with an empty subject": {"sub": ""},
        "with a subject longer than any": {"sub": "s" * 256},
        "bound to a key that a bearer does not show": {"cnf": {"jkt": "x"}},
    }
    forged = {name: issuer.token(**change) for name, change in wrong.items()}
    for kind in ("logout+jwt", "dpop+jwt", "secevent+jwt"):
        forged[f"a {kind}"] = issuer.token(header={"typ": kind})
    forged["what has to be understood and is not"] = issuer.token(header={"crit": ["x"], "x": 1})
    forged["RS512 by its own key"] = jwt.encode(issuer.claims(), key, "RS512", {"kid": kid})
    forged["PS256 by its own key"] = jwt.encode(issuer.claims(), key, "PS256", {"kid": kid})
    return forged


def weak_keys(issuer: Issuer) -> dict[str, str]:
    """Signed by keys that the issuer does publish, and that must not be used: adds them to its key set."""
    small = rsa.generate_private_key(public_exponent=65_537, key_size=1_024)  # noqa: S505 - that is the point
    big_curve, other_use = ec.generate_private_key(ec.SECP384R1()), new_key("ES256")
    private, secret = ed25519.Ed25519PrivateKey.generate(), "a secret that is long enough for anybody"
    issuer.more_keys = [
        public_jwk("RS256", small, "small"),
        public_jwk("ES256", other_use, "for encryption") | {"use": "enc"},
        public_jwk("ES256", other_use, "for another algorithm") | {"alg": "ES256K"},
        public_jwk("EdDSA", private, "private") | {"d": encoded(private.private_bytes_raw())},
        {"kty": "oct", "k": encoded(secret.encode()), "kid": "secret", "alg": "HS256"},
        {"kty": ["RSA"]},
        {"kty": "RSA", "n": 1},
        {"kty": "EC", "crv": "P-384", "x": "", "y": "", "kid": "bare"},
    ]
    claims = issuer.claims()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.warnings.InsecureKeyLengthWarning)
        by_small = jwt.encode(claims, small, "RS256", {"kid": "small"})
    return {
        "by an RSA key of 1,024 bits": by_small,
        "by a key for encryption": jwt.encode(claims, other_use, "ES256", {"kid": "for encryption"}),
        "by a key for another algorithm": jwt.encode(claims, other_use, "ES256", {"kid": "for another algorithm"}),
        "by a published private key": jwt.encode(claims, private, "EdDSA", {"kid": "private"}),
        "by a published secret": jwt.encode(claims, secret, "HS256", {"kid": "secret"}),
        "by a curve that is not agreed on": jwt.encode(claims, big_curve, "ES384", {"kid": "bare"}),
    }


def _of_zeros(issuer: Issuer, length: int) -> tuple[str, str, str]:
    """CVE-2022-21449: a signature (0, 0) that a careless verifier takes."""
    head, body, _ = issuer.token(algorithm="ES256").split(".")
    return head, body, encoded(bytes(length))
