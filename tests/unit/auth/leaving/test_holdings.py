"""The export shows what is held, and nothing that could be used to sign in."""

import msgspec

from chalicelib.auth.leaving.holdings import holdings
from tests.auth_world import EMAIL, World
from tests.fake_accounts import FakeForeignStore


def test_account_sign_ins_and_addresses_are_shown_when_there_are_any() -> None:
    world = World()
    account = world.register(name="Vera")
    world.refresh(world.sign_in().refresh_token)
    world.pass_seconds(60)
    world.sign_in(address="198.51.100.7")
    held = holdings(account.user_id, world.accounts, world.sessions, world.settings, FakeForeignStore(world.accounts))
    assert held.profile
    assert (held.profile.email, held.profile.name) == (EMAIL, "Vera")
    assert [one.refreshed for one in held.sessions] == [1, 0]
    assert held.sessions[0].started_at < held.sessions[1].started_at
    assert held.familiar_addresses == 2


def test_no_secret_is_shown_when_it_is_written_out() -> None:
    world = World()
    account = world.register()
    pair = world.sign_in()
    text = msgspec.json.encode(
        holdings(account.user_id, world.accounts, world.sessions, world.settings, FakeForeignStore(world.accounts))
    ).decode()
    (session,) = world.sessions.sessions.values()
    secrets = (account.password_hash, session.current_hash, session.session_id, pair.refresh_token, pair.access_token)
    assert not [secret for secret in secrets if secret in text]


def test_nothing_is_shown_when_the_account_is_gone() -> None:
    held = holdings("nobody", World().accounts, World().sessions, World().settings, FakeForeignStore(World().accounts))
    assert (held.profile, held.sessions, held.familiar_addresses) == (None, (), 0)
