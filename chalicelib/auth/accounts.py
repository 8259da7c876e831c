"""Registering, and what viewers may change of their accounts."""

import unicodedata
import uuid
from datetime import datetime
from typing import Literal

import msgspec

from chalicelib.auth import emails, passwords, security_events, throttle
from chalicelib.auth.dependencies import Dependencies
from chalicelib.auth.model import Account, AccountStore, EmailTakenError, WrongCredentialsError
from chalicelib.errors import InvalidInputError
from chalicelib.language import Language
from chalicelib.plain_text import hides_something, leads_elsewhere
from chalicelib.settings import Settings

NAME_CHARACTERS_MAX = 100

type Role = Literal["viewer", "operator"]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What viewers see of themselves. Whoever has no account here has no e-mail address here either."""

    user_id: str
    email: str | None
    name: str | None
    language: Language
    age_limit: int | None
    region: str | None
    created_at: datetime | None
    confirmed: bool
    weekly_letter: bool = False
    roles: tuple[Role, ...] = ("viewer",)


class ProfileFields(msgspec.Struct, frozen=True, kw_only=True):
    """What viewers may change of it; absent keeps, null clears name, age limit and region."""

    name: str | msgspec.UnsetType | None = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    age_limit: int | msgspec.UnsetType | None = msgspec.UNSET
    region: str | msgspec.UnsetType | None = msgspec.UNSET
    weekly_letter: bool | msgspec.UnsetType = msgspec.UNSET


def profile_of(account: Account, settings: Settings) -> Profile:
    """The account without its password's hash. Where addresses are not confirmed, each counts as if it were."""
    return Profile(
        user_id=account.user_id,
        email=account.email,
        name=account.name,
        language=account.language,
        age_limit=account.age_limit,
        region=account.region,
        created_at=account.created_at,
        confirmed=account.confirmed_at is not None or not settings.confirm_email,
        weekly_letter=account.letters_since is not None,
        roles=("viewer", "operator") if account.is_operator else ("viewer",),
    )


def register(
    email: str,
    password: str,
    name: str | None,
    language: Language,
    address: str,
    dependencies: Dependencies,
    now: datetime,
) -> Account:
    """A new account. `address` is the caller's network address.

    Raises:
        InvalidInputError: the address, the password or the name may not be taken.
        EmailTakenError: another account has this address. Counted by network address, so that nobody can try out many.
        ThrottledError: too many taken addresses were tried from there, or too many accounts made.
    """
    email = emails.normalised(email)
    chosen, named = passwords.check_new(password, email), _name(name)
    tried = throttle.address_key("register", address)
    with security_events.noting_throttles(dependencies.keys, address=address):
        throttle.check_address(dependencies.attempts, tried, dependencies.settings, now)
        throttle.take_registration(dependencies.attempts, address, dependencies.settings, now)
    account = Account(
        user_id=str(uuid.uuid4()),
        email=email,
        password_hash=passwords.hash_of(chosen, dependencies.settings),
        name=named,
        language=language,
        created_at=now,
    )
    try:
        dependencies.accounts.add(account)
    except EmailTakenError:
        throttle.give_registration_back(dependencies.attempts, address)
        throttle.count_address_failure(dependencies.attempts, tried, dependencies.settings, now)
        raise
    return account


def get_own_account(user_id: str, accounts: AccountStore) -> Account:
    """The signed-in viewer's account. Raises `WrongCredentialsError` when it was deleted a moment ago."""
    account = accounts.find(user_id)
    if account is None:
        raise WrongCredentialsError("Sign in first.")
    return account


def change_profile(user_id: str, given: ProfileFields, accounts: AccountStore, now: datetime) -> Account:
    """Changes what is given."""
    account = get_own_account(user_id, accounts)
    if given.weekly_letter not in (msgspec.UNSET, account.letters_since is not None):
        account = msgspec.structs.replace(account, letters_since=now if given.weekly_letter else None)
        if not accounts.set_letters(user_id, account.letters_since):
            raise WrongCredentialsError("Sign in first.")
    changed = changed_fields(account, given)
    if changed != account and not accounts.change_profile(
        user_id, changed.name, changed.language, changed.age_limit, changed.region
    ):
        raise WrongCredentialsError("Sign in first.")
    return changed


def changed_fields[P: msgspec.Struct](held: P, given: ProfileFields) -> P:
    """An account or a profile with what is given in its place. Raises `InvalidInputError` for an odd name."""
    values = {name: getattr(given, name) for name in given.__struct_fields__ if name in held.__struct_fields__}
    if not isinstance(given.name, msgspec.UnsetType):
        values["name"] = _name(given.name)
    return msgspec.structs.replace(held, **{name: one for name, one in values.items() if one is not msgspec.UNSET})


def change_password(
    user_id: str,
    current: str,
    new: str,
    dependencies: Dependencies,
    now: datetime,
) -> None:
    """Sets another password and ends every session, this one too, in the one write that begins a new session epoch:
    whoever dies afterwards leaves nobody in. The rows of ended sessions go by their time to live.

    Raises:
        WrongCredentialsError: `current` is not the password; counted like a failed sign-in.
        InvalidInputError: `new` may not be chosen.
    """
    account = get_own_account(user_id, dependencies.accounts)
    chosen = passwords.check_new(new, account.email, "new_password")
    key = f"password#{user_id}"
    with security_events.noting_throttles(dependencies.keys, user_id):
        throttle.take_account_attempt(dependencies.attempts, key, dependencies.settings, now)
    if not passwords.matches(current, account.password_hash, dependencies.settings):
        raise WrongCredentialsError("The current password is wrong.")
    if not dependencies.accounts.change_password(
        user_id, account.password_hash, passwords.hash_of(chosen, dependencies.settings)
    ):
        raise WrongCredentialsError("The current password is wrong.")  # changed by another request meanwhile
    dependencies.attempts.forget(key)


def _name(text: str | None) -> str | None:
    """NFC, trimmed; empty is none. A name is a name: it hides nothing, and is no address to write to."""
    if text is None:
        return None
    name = unicodedata.normalize("NFC", text.strip())
    if len(name) > NAME_CHARACTERS_MAX or hides_something(name):
        raise InvalidInputError(f"A name has at most {NAME_CHARACTERS_MAX} characters, all to be seen.", "name")
    if leads_elsewhere(name):
        raise InvalidInputError("A name holds no address, handle or number.", "name")
    return name or None
