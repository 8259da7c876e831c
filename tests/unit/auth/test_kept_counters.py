"""What sign-ins leave in the throttle's counters, as it was when last looked at: see `tests/kept`."""

import random
from datetime import timedelta

from chalicelib.auth import throttle
from chalicelib.auth.keys import SECRET_CHARACTERS_MIN, parse
from chalicelib.auth.model import ThrottledError
from chalicelib.errors import TooManyRequestsError
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_accounts import FakeAttemptStore
from tests.kept import assert_kept

SETTINGS = Settings(throttle_failures_per_account=3, throttle_failures_per_address=5, throttle_strangers_per_account=4,
                    registrations_per_hour=3)  # fmt: skip


def test_counters_stand_as_kept_after_each_step() -> None:
    lot, attempts, now = random.Random(12), FakeAttemptStore(), NOW
    names: dict[str, str] = {}
    found: dict[str, object] = {}
    before: dict[str, list[int]] = {}
    for number in range(260):
        now += timedelta(seconds=lot.choice((0, 0, 1, 5, 14, 15, 16, 40)) if number % 90 else 4_000)
        guess = throttle.Guess("vera@example.com", lot.choice(("192.0.2.1", "192.0.2.2")), lot.random() < 0.3,
                               lot.random() < 0.2)  # fmt: skip
        names |= {guess.account_key: f"account, {guess.network}", guess.strangers_key: "strangers",
                  guess.network_key: guess.network}  # fmt: skip
        step = lot.choice(("guess", "guess", "fails", "fails", "fails", "right", "registers", "back", "letter", "mail"))
        said: object = None
        try:
            match step:
                case "guess":
                    throttle.take_guess(attempts, guess, SETTINGS, now)
                case "fails":
                    throttle.count_failure(attempts, guess, SETTINGS, now)
                case "right" if number % 5 == 0:
                    throttle.forgive(attempts, guess)
                case "registers":
                    throttle.take_registration(attempts, guess.network, SETTINGS, now)
                case "back":
                    throttle.give_registration_back(attempts, guess.network)
                case "letter":
                    throttle.take_letter(attempts, guess.network, SETTINGS, now)
                case "mail":
                    said = throttle.is_letter_due(attempts, guess.email, SETTINGS, now)
        except (ThrottledError, TooManyRequestsError) as refused:
            said = [type(refused).__name__, getattr(refused, "retry_after_seconds", None)]
        held = {names.get(key, key[:14]): [one.count,
        *((at - NOW) // timedelta(seconds=1) for at in (one.blocked_until, gone))]
                for key, (one, gone) in sorted(attempts.counters.items())}  # fmt: skip
        changed = {key: value for key, value in held.items() if before.get(key) != value}
        bits = throttle.work_bits(attempts, guess, SETTINGS, now)
        found[f"{number} {step}"] = [guess.is_familiar, guess.is_paid, said, bits, len(held), changed]
        before = held
    assert_kept("counters", found)


def test_a_secret_of_the_least_length_is_one() -> None:
    secret = "s" * SECRET_CHARACTERS_MIN
    assert parse(f'{{"kid": "k", "secret": "{secret}"}}')[0].secret == secret
