"""The code of an evening, which one reads out and the other types, and a guest's token."""

import hashlib
import re
import secrets

from chalicelib.errors import InvalidInputError
from chalicelib.recommendations.evenings.model import GUEST

LETTERS = "23456789BCDFGHJKMNPQRSTVWXYZ"
"""No two that look alike (0 and O, 1, I and L, U and V), and no vowels: no code is a word."""
LENGTH = 10
"""48 bits. Of a thousand evenings that are open one is found by 10¹¹ guesses, and an address has thirty an hour."""
_CYRILLIC = str.maketrans("ВСКМНРТХ", "BCKMHPTX")  # what a Russian keyboard writes for the same letters
_GUEST_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")  # 32 bytes as base64url, drawn by the guest's own device


def new_code() -> str:
    """A code that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def code_of(typed: str) -> str:
    """The code as it was given out, however it was typed. Raises `InvalidInputError` for what is none."""
    code = re.sub(r"[\s-]", "", typed).upper().translate(_CYRILLIC)
    if len(code) != LENGTH or not set(code) <= set(LETTERS):
        raise InvalidInputError(f"A code has {LENGTH} letters and digits.", "code")
    return code


def key_of(code: str) -> str:
    """Under what the evening is stored: who reads the table cannot join it."""
    return hashlib.sha256(f"evening {code}".encode()).hexdigest()[:40]


def guest_of(token: str) -> str:
    """The holder of a guest's seat. Raises `InvalidInputError` for what is no such token."""
    if not _GUEST_TOKEN.fullmatch(token):
        raise InvalidInputError("X-Guest has 43 characters of A-Z, a-z, 0-9, - and _, drawn at random.", "X-Guest")
    return GUEST + hashlib.sha256(token.encode()).hexdigest()[:40]
