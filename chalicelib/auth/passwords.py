"""Which passwords are taken, and how they are kept: Argon2id, parameters from the settings."""

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from chalicelib.errors import InvalidInputError
from chalicelib.settings import Settings

LENGTH_MIN = 8  # ASVS 6.2.1
LENGTH_MAX = 128  # ASVS 6.2.9 wants at least 64; a bound keeps the hash's input small
COMMON = Path(__file__).with_name("common_passwords.txt")
OWN_WORDS = ("kinosovet", "киносовет", "kinosovet1", "пароль123", "password1234", "парольпароль", "приветпривет")
"""Words of our own context and language that the list lacks (ASVS 6.2.11)."""

CYRILLIC_KEYS = "йцукенгшщзхъфывапролджэячсмитьбю"
LATIN_KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,."


def normalised(password: str) -> str:
    """NFC, so that one password typed on two systems is one password. Nothing is trimmed or shortened."""
    return unicodedata.normalize("NFC", password)


def check_new(password: str, email: str, field: str = "password") -> str:
    """The normalised password, if it may be chosen: 8 to 128 characters, not common, not the e-mail address.

    Raises:
        InvalidInputError: with the reason and the field.
    """
    chosen = normalised(password)
    if len(chosen) < LENGTH_MIN:
        raise InvalidInputError(f"A password needs at least {LENGTH_MIN} characters.", field)
    if len(chosen) > LENGTH_MAX:
        raise InvalidInputError(f"A password may have at most {LENGTH_MAX} characters.", field)
    try:
        chosen.encode()
    except UnicodeEncodeError:
        raise InvalidInputError("A password must be valid Unicode.", field) from None
    plain = chosen.casefold()
    if plain == email.casefold():
        raise InvalidInputError("The password must not be the e-mail address.", field)
    if plain in _common() or _on_latin_keys(plain) in _common():
        raise InvalidInputError("This password is among the most common ones.", field)
    return chosen


@cache
def _common() -> frozenset[str]:
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#")) | frozenset(OWN_WORDS)


def _on_latin_keys(text: str) -> str:
    """The same keys with a Latin layout: "пароль" typed blindly is a favourite, and so is "зфыыцщкв"."""
    return text.translate(str.maketrans(CYRILLIC_KEYS, LATIN_KEYS))


def hasher(settings: Settings) -> PasswordHasher:
    """Argon2id as the settings want it."""
    return PasswordHasher(
        time_cost=settings.argon2_iterations,
        memory_cost=settings.argon2_memory_kib,
        parallelism=settings.argon2_parallelism,
        type=Type.ID,
    )


def hash_of(password: str, settings: Settings) -> str:
    """The salted hash to keep, parameters included."""
    return hasher(settings).hash(normalised(password))


def matches(password: str, password_hash: str | None, settings: Settings) -> bool:
    """Whether the password belongs to the hash. None (no such account) takes as long and is always False."""
    known = password_hash or _nobodys_hash(settings)
    try:
        text = normalised(password).encode()
    except UnicodeEncodeError:
        text = b"\x00"  # a lone surrogate: nobody's password, and it shall take as long as any
    try:
        return hasher(settings).verify(known, text) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str, settings: Settings) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher(settings).check_needs_rehash(password_hash)


@cache
def _nobodys_hash(settings: Settings) -> str:
    return hasher(settings).hash("nobody has this password, but it costs as much as any")
