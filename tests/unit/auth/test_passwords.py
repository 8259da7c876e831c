import statistics
import time
import unicodedata
from pathlib import Path

import pytest

from chalicelib.auth import passwords
from chalicelib.errors import InvalidInputError
from chalicelib.settings import Settings
from tests.auth_world import CHEAP

EMAIL = "vera@example.com"
SETTINGS = Settings(**CHEAP)


@pytest.mark.parametrize("password", ["8 letter", "a" * 128, "пароль из слов", "🎬🎥🍿🎞️🎟️🎭🎪", "  spaces  kept  "])
def test_a_password_is_taken_when_it_has_8_to_128_characters_of_any_kind(password: str) -> None:
    assert passwords.check_new(password, EMAIL) == unicodedata.normalize("NFC", password)


@pytest.mark.parametrize(
    "password",
    [
        "seven77",
        "a" * 129,
        "Password1",
        "QWERTYUIOP",
        "12345678",
        "kinosovet",
        "зфыыцщкв",
        "йцукенгш",
        "\ud800" * 9,
        "",
    ],
)
def test_a_password_is_refused_when_short_long_common_or_no_text(password: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        passwords.check_new(password, EMAIL, "new_password")
    assert refusal.value.field == "new_password"


def test_a_password_is_refused_when_it_is_the_email_address() -> None:
    with pytest.raises(InvalidInputError):
        passwords.check_new("Vera@Example.COM", EMAIL)


def test_length_counts_characters_after_normalisation_when_letters_are_decomposed() -> None:
    with pytest.raises(InvalidInputError):
        passwords.check_new("é" * 7, EMAIL)  # 14 code points that are 7 characters


def test_a_password_matches_when_typed_in_another_unicode_form() -> None:
    kept = passwords.hash_of("café crème", SETTINGS)
    assert passwords.matches(unicodedata.normalize("NFD", "café crème"), kept, SETTINGS)
    assert not passwords.matches("cafe creme", kept, SETTINGS)


def test_nothing_matches_when_there_is_no_account_or_no_text() -> None:
    assert not passwords.matches("nobody has this password, but it costs as much as any", None, SETTINGS)
    assert not passwords.matches("\ud800", passwords.hash_of("eight letters", SETTINGS), SETTINGS)
    assert not passwords.matches("eight letters", "not a hash", SETTINGS)


def test_a_hash_is_argon2id_with_owasp_parameters_when_settings_are_the_defaults() -> None:
    kept = passwords.hash_of("eight letters", Settings())
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert not passwords.outdated(kept, Settings())
    assert passwords.outdated(kept, Settings(argon2_iterations=3))


def test_an_unknown_account_takes_as_long_when_a_wrong_password_is_tried() -> None:
    settings = Settings()
    kept = passwords.hash_of("eight letters", settings)
    passwords.matches("warm up", None, settings)
    taken: dict[bool, list[float]] = {True: [], False: []}
    for attempt in range(60):
        known = attempt % 2 == 0
        began = time.thread_time()
        passwords.matches("wrong one", kept if known else None, settings)
        taken[known].append(time.thread_time() - began)
    assert 0.8 < statistics.median(taken[True]) / statistics.median(taken[False]) < 1.25


def test_the_common_list_names_source_and_licence_and_holds_no_short_word() -> None:
    lines = Path(passwords.COMMON).read_text(encoding="utf-8").splitlines()
    notes = [line for line in lines if line.startswith("#")]
    assert "MIT" in " ".join(notes)
    assert len(lines) > 3_000  # ASVS 6.2.4 wants at least the top 3,000
    assert all(len(line) >= passwords.LENGTH_MIN and line == line.casefold() for line in lines[len(notes) :])
