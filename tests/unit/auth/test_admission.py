"""Who is let in: the holder of a token whose account and session still stand, and nobody learns what was missing."""

import dataclasses
from copy import replace
from datetime import UTC, datetime

import pytest

from chalicelib.auth.admission import Admission
from chalicelib.errors import UnauthorizedError
from tests.auth_world import PASSWORD, World


def world_of_today() -> World:
    """Tokens are checked by the clock of the machine."""
    return World(now=datetime.now(UTC))


def admission(world: World) -> Admission:
    return Admission(world.keys, lambda: world.accounts, lambda: world.sessions, world.settings)


def refused(world: World, token: str) -> str:
    with pytest.raises(UnauthorizedError) as refusal:
        admission(world).admit(token, world.now)
    return refusal.value.detail


def test_the_user_comes_in_with_their_language_when_account_and_session_stand() -> None:
    world = world_of_today()
    account = world.register(language="en")
    admitted = admission(world).admit(world.sign_in().access_token, world.now)
    (session,) = world.sessions.list_all(account.user_id)
    assert dataclasses.astuple(admitted) == (
        account.user_id,
        "en",
        None,
        None,
        session.session_id,
        int(world.now.timestamp()),
        False,
        False,
    )


def test_the_time_of_the_sign_in_stays_when_the_session_is_refreshed() -> None:
    world = world_of_today()
    world.register()
    world.pass_seconds(-700)
    signed_in_at, first = world.now, world.sign_in()
    world.pass_seconds(700)
    token = world.refresh(first.refresh_token).access_token
    assert admission(world).admit(token, world.now).signed_in_at == int(signed_in_at.timestamp())


@pytest.mark.parametrize("asked_for", [True, False])
def test_who_has_not_confirmed_is_told_apart_where_letters_are_asked_for(asked_for: bool) -> None:
    world = world_of_today()
    account, token = world.register(), world.sign_in().access_token
    strict = dataclasses.replace(admission(world), settings=replace(world.settings, confirm_email=asked_for))
    assert strict.admit(token, world.now).context.get("unconfirmed") == ("True" if asked_for else None)
    world.accounts.confirm(account.user_id, world.now)
    assert "unconfirmed" not in strict.admit(token, world.now).context


def test_the_refusal_is_the_same_whatever_is_missing() -> None:
    details = {refused(world_of_today(), "no token at all")}
    deleted, signed_out, expired = world_of_today(), world_of_today(), world_of_today()
    for world in (deleted, signed_out, expired):
        world.register()
    token = deleted.sign_in().access_token
    assert admission(deleted).admit(token, deleted.now)
    deleted.accounts.accounts.clear()
    details.add(refused(deleted, token))
    token = signed_out.sign_in().access_token
    signed_out.sessions.sessions.clear()
    details.add(refused(signed_out, token))
    expired.pass_seconds(-expired.settings.access_token_seconds - 60)
    token = expired.sign_in().access_token
    expired.pass_seconds(expired.settings.access_token_seconds + 1)
    details.add(refused(expired, token))
    assert len(details) == 1


def test_an_old_session_is_refused_when_the_password_was_changed() -> None:
    world = world_of_today()
    account = world.register()
    token = world.sign_in(PASSWORD).access_token
    assert admission(world).admit(token, world.now)
    world.accounts.change_password(account.user_id, account.password_hash, "another hash")
    refused(world, token)


def test_no_store_is_opened_when_the_token_is_not_ours() -> None:
    def opened() -> None:
        raise AssertionError("opened for a stranger")

    world = world_of_today()
    with pytest.raises(UnauthorizedError):
        Admission(world.keys, opened, opened, world.settings).admit("forged", world.now)  # type: ignore[arg-type]
