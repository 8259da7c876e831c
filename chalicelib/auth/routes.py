"""The routes of accounts and sign-in (api.md)."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from chalice import Blueprint

from chalicelib import resources
from chalicelib.auth import accounts, sessions
from chalicelib.auth.authorizer import door
from chalicelib.auth.device import device_of
from chalicelib.auth.elsewhere import profiles
from chalicelib.auth.leaving import cooldown, erasure
from chalicelib.auth.letters.ask import ask_to_confirm, ask_to_reset
from chalicelib.auth.letters.redeem import confirm_email, reset_password
from chalicelib.auth.model import Session
from chalicelib.auth.proof_of_work import Proof
from chalicelib.auth.sign_in import sign_in
from chalicelib.errors import NotFoundError
from chalicelib.http.endpoint import Call, endpoint
from chalicelib.init_phase import API, open_in
from chalicelib.language import Language
from chalicelib.settings import settings
from chalicelib.viewer_ids import is_from_elsewhere

bp = Blueprint(__name__)
open_in(API, resources.opened_admission, resources.auth_dependencies, resources.exporters)


class Registration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A new account."""

    email: str
    password: str
    name: str | None = None
    language: Language = "ru"


class Registered(msgspec.Struct, frozen=True, kw_only=True):
    """The new account."""

    user_id: str
    email: str
    name: str | None
    language: Language


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """E-mail address and password; `proof`, the work that a 429 has asked for."""

    email: str
    password: str
    proof: Proof | None = None


class RefreshToken(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refresh token."""

    refresh_token: str


class Mailbox(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An e-mail address."""

    email: str


class LetterCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code of a letter."""

    token: str


class PasswordReset(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The code of a letter, and the password to have."""

    token: str
    new_password: str


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """It will be seen to."""

    state: str = "accepted"


class ProfileChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is absent stays; a null name, age limit or region is cleared."""

    name: str | msgspec.UnsetType | None = msgspec.UNSET
    language: Language | msgspec.UnsetType = msgspec.UNSET
    age_limit: Literal[0, 6, 12, 16, 18] | msgspec.UnsetType | None = msgspec.UNSET
    region: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$(?!\n)")] | msgspec.UnsetType | None = msgspec.UNSET
    weekly_letter: bool | msgspec.UnsetType = msgspec.UNSET


class PasswordChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The password and the one to have instead."""

    current_password: str
    new_password: str


@endpoint(bp, "POST", "/v1/auth/register", body=Registration, answer=Registered, status=201, problems=(400, 409, 429))
def register(call: Call[Registration, None]) -> Registered:
    """Creates an account."""
    given, dependencies, now = call.body, resources.auth_dependencies(), datetime.now(UTC)
    account = accounts.register(
        given.email, given.password, given.name, given.language, call.address, dependencies, now
    )
    cooldown.carry_over(account, resources.rests(), dependencies, now)
    ask_to_confirm(account, resources.letter_queue(), settings())
    return Registered(user_id=account.user_id, email=account.email, name=account.name, language=account.language)


@endpoint(bp, "POST", "/v1/auth/login", body=Credentials, answer=sessions.TokenPair, problems=(400, 401, 429))
def login(call: Call[Credentials, None]) -> sessions.TokenPair:
    """Signs in with e-mail address and password."""
    return sign_in(
        call.body.email,
        call.body.password,
        call.address,
        resources.auth_dependencies(),
        datetime.now(UTC),
        call.body.proof,
        device_of(call.user_agent),
    )


@endpoint(bp, "POST", "/v1/auth/refresh", body=RefreshToken, answer=sessions.TokenPair, problems=(400, 401))
def refresh(call: Call[RefreshToken, None]) -> sessions.TokenPair:
    """Exchanges a refresh token for a new pair."""
    return sessions.refresh(
        call.body.refresh_token,
        resources.auth_dependencies(),
        datetime.now(UTC),
        call.address,
    )


@endpoint(bp, "POST", "/v1/auth/logout", body=RefreshToken, status=204, problems=(400,))
def logout(call: Call[RefreshToken, None]) -> None:
    """Ends the session of a refresh token."""
    sessions.log_out(call.body.refresh_token, resources.session_store())


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that goes on. `device` is what it was made with, as far as that said so (`Chrome, Android`);
    `last_used_at`, its last refresh; `current`: the one that asks."""

    session_id: str
    device: str | None
    started_at: datetime
    last_used_at: datetime
    expires_at: datetime
    current: bool


class SessionList(msgspec.Struct, frozen=True, kw_only=True):
    """The one used last comes first."""

    sessions: tuple[OpenSession, ...]


@endpoint(bp, "POST", "/v1/auth/confirm", body=LetterCode, status=204, problems=(400,))
def confirm(call: Call[LetterCode, None]) -> None:
    """Confirms an account's e-mail address by the code of a letter."""
    accounts_held, codes = resources.account_store(), resources.code_store()
    resources.note_confirmed(confirm_email(call.body.token, accounts_held, codes, datetime.now(UTC)))


@endpoint(bp, "POST", "/v1/auth/reset", body=Mailbox, answer=Accepted, status=202, problems=(400, 429))
def reset(call: Call[Mailbox, None]) -> Accepted:
    """Wants a letter that sets a forgotten password anew; the answer is the same whether there is an account."""
    queue, dependencies = resources.letter_queue(), resources.auth_dependencies()
    ask_to_reset(call.body.email, call.address, queue, dependencies, datetime.now(UTC))
    return Accepted()


@endpoint(bp, "POST", "/v1/auth/reset/confirm", body=PasswordReset, status=204, problems=(400,))
def confirm_reset(call: Call[PasswordReset, None]) -> None:
    """Sets another password by the code of a letter, and signs out everywhere."""
    given, accounts_held, codes = call.body, resources.account_store(), resources.code_store()
    user_id = reset_password(given.token, given.new_password, accounts_held, codes, settings(), datetime.now(UTC))
    resources.note_confirmed(user_id)


@endpoint(bp, "GET", "/v1/me", answer=accounts.Profile, door=door, problems=(401,))
def get_me(call: Call[None, None]) -> accounts.Profile:
    """The viewer's profile."""
    viewer = call.viewer
    if is_from_elsewhere(viewer.user_id):
        return profiles.get_foreign_profile(
            viewer.user_id, viewer.language, viewer.is_operator, resources.foreign_store()
        )
    return accounts.profile_of(accounts.get_own_account(viewer.user_id, resources.account_store()), settings())


@endpoint(bp, "PATCH", "/v1/me", body=ProfileChange, answer=accounts.Profile, door=door, problems=(400, 401))
def change_me(call: Call[ProfileChange, None]) -> accounts.Profile:
    """Changes the viewer's profile."""
    viewer, given = call.viewer, accounts.ProfileFields(**msgspec.structs.asdict(call.body))
    if is_from_elsewhere(viewer.user_id):
        return profiles.change_foreign_profile(
            viewer.user_id, viewer.language, viewer.is_operator, given, resources.foreign_store()
        )
    changed = accounts.change_profile(viewer.user_id, given, resources.account_store(), datetime.now(UTC))
    return accounts.profile_of(changed, settings())


@endpoint(bp, "PUT", "/v1/me/password", body=PasswordChange, status=204, door=door, problems=(400, 401, 404, 429))
def change_password(call: Call[PasswordChange, None]) -> None:
    """Sets another password and signs out everywhere."""
    if is_from_elsewhere(call.viewer.user_id):
        raise NotFoundError("You have no password here.")
    accounts.change_password(
        call.viewer.user_id,
        call.body.current_password,
        call.body.new_password,
        resources.auth_dependencies(),
        datetime.now(UTC),
    )


@endpoint(bp, "GET", "/v1/me/sessions", answer=SessionList, door=door, problems=(401,))
def list_sessions(call: Call[None, None]) -> SessionList:
    """The viewer's open sessions."""
    now = datetime.now(UTC)
    found = sessions.list_open(call.viewer.user_id, resources.auth_dependencies(), now)
    return SessionList(sessions=tuple(_shown(one, call.viewer.session_id) for one in found))


@endpoint(bp, "DELETE", "/v1/me/sessions/{session_id}", status=204, door=door, problems=(400, 401, 404))
def end_session(call: Call[None, None], session_id: str) -> None:
    """Ends one of the viewer's sessions: its tokens are refused within 30 seconds."""
    held_as = UUID(session_id).hex
    sessions.end(call.viewer.user_id, held_as, resources.auth_dependencies(), datetime.now(UTC))


@endpoint(bp, "DELETE", "/v1/me", status=204, door=door, problems=(401,))
def delete_me(call: Call[None, None]) -> None:
    """Deletes the account and everything held about the viewer; needs a sign-in at most 10 minutes old."""
    now = datetime.now(UTC)
    sessions.require_recent(call.viewer.signed_in_at, settings(), now)
    cooldown.keep(call.viewer.user_id, resources.rests(), resources.auth_dependencies(), now)
    if is_from_elsewhere(call.viewer.user_id):
        erasure.erase_foreign(call.viewer.user_id, resources.foreign_store(), now)
    else:
        erasure.erase_account(call.viewer.user_id, resources.account_store(), now)


@endpoint(bp, "GET", "/v1/me/export", answer=dict, door=door, problems=(401,))
def export_me(call: Call[None, None]) -> dict[str, object]:
    """Everything held about the viewer; needs a sign-in at most 10 minutes old."""
    sessions.require_recent(call.viewer.signed_in_at, settings(), datetime.now(UTC))
    return erasure.export(call.viewer.user_id, resources.exporters())


def _shown(session: Session, current_id: str | None) -> OpenSession:
    return OpenSession(
        session_id=str(UUID(hex=session.session_id)),
        device=session.device,
        started_at=session.started_at,
        last_used_at=sessions.last_used_at(session),
        expires_at=session.expires_at,
        current=session.session_id == current_id,
    )
