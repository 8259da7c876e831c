import base64
import uuid

import pytest

from chalicelib.auth import sessions
from chalicelib.auth.leaving import erasure
from chalicelib.auth.model import SessionNotFoundError, SessionOverError
from chalicelib.errors import SignInTooOldError
from tests.auth_world import World


def signed_in() -> tuple[World, str]:
    world = World()
    world.register()
    return world, world.sign_in().refresh_token


def over(world: World, token: str) -> None:
    with pytest.raises(SessionOverError):
        world.refresh(token)


def test_a_refresh_gives_a_new_pair_and_keeps_no_token_in_clear() -> None:
    world, first = signed_in()
    pair = world.refresh(first)
    assert pair.refresh_token != first
    assert (pair.token_type, pair.expires_in) == ("Bearer", 900)
    stored = repr(world.sessions.sessions)
    assert first not in stored
    assert pair.refresh_token not in stored


def test_a_lost_answer_costs_nothing_when_the_refresh_is_repeated_within_the_grace() -> None:
    world, first = signed_in()
    lost = world.refresh(first)
    world.pass_seconds(world.settings.refresh_grace_seconds)
    repeated = world.refresh(first)
    world.refresh(repeated.refresh_token)
    assert lost.refresh_token != repeated.refresh_token


def test_only_the_last_pair_is_live_when_a_refresh_was_repeated() -> None:
    world, first = signed_in()
    lost, repeated = world.refresh(first), world.refresh(first)
    over(world, lost.refresh_token)
    over(world, repeated.refresh_token)  # two parties had a pair of this session: it is over for both


def test_the_session_is_revoked_when_a_spent_token_comes_after_the_grace() -> None:
    world, first = signed_in()
    pair = world.refresh(first)
    world.pass_seconds(world.settings.refresh_grace_seconds + 0.1)
    over(world, first)
    over(world, pair.refresh_token)


def test_the_grace_counts_from_the_first_use_when_repeats_follow_each_other() -> None:
    world, first = signed_in()
    for _ in range(3):
        world.refresh(first)
        world.pass_seconds(4)
    over(world, first)


def test_the_session_is_revoked_when_a_spent_token_comes_after_its_successor_was_used() -> None:
    world, first = signed_in()
    second = world.refresh(first)
    third = world.refresh(second.refresh_token)  # so the answer was not lost
    over(world, first)
    over(world, third.refresh_token)


def test_a_session_keeps_the_device_it_was_started_on_through_refreshes_and_goes_with_it() -> None:
    world = World()
    account = world.register()
    pair = sessions.start(account, world.dependencies, world.now, "Chrome, Android")
    assert pair
    world.refresh(pair.refresh_token)
    assert [one.device for one in sessions.list_open(account.user_id, world.dependencies, world.now)] == [
        "Chrome, Android"
    ]


def test_other_sessions_live_on_when_one_is_revoked_or_logged_out() -> None:
    world, first = signed_in()
    other = world.sign_in().refresh_token
    sessions.log_out(first, world.sessions)
    over(world, first)
    world.refresh(other)


@pytest.mark.parametrize("token", ["", "x", "ы" * 86, "=" * 86, base64.urlsafe_b64encode(bytes(64)).decode()])
def test_nothing_happens_when_a_token_is_unknown(token: str) -> None:
    world, first = signed_in()
    over(world, token)
    sessions.log_out(token, world.sessions)
    world.refresh(first)


def test_a_token_is_over_after_30_days_and_lives_on_when_used_before() -> None:
    world, first = signed_in()
    world.pass_seconds(29 * 86_400)
    second = world.refresh(first).refresh_token
    world.pass_seconds(29 * 86_400)
    third = world.refresh(second).refresh_token
    world.pass_seconds(30 * 86_400)
    over(world, third)


def test_a_session_ends_after_half_a_year_when_it_was_refreshed_all_the_time() -> None:
    world, token = signed_in()
    for _ in range(sessions.SESSION_DAYS_MAX // 20):
        token = world.refresh(token).refresh_token
        world.pass_seconds(20 * 86_400)
    over(world, token)


def test_no_refresh_is_good_when_the_account_was_deleted() -> None:
    world, first = signed_in()
    user_id = next(iter(world.accounts.accounts))
    erasure.erase_account(user_id, world.accounts, world.now)
    over(world, first)


def test_a_refresh_token_has_256_random_bits() -> None:
    world, first = signed_in()
    second = world.refresh(first).refresh_token
    raw = [base64.urlsafe_b64decode(token + "==") for token in (first, second)]
    assert [len(each) for each in raw] == [64, 64]
    assert raw[0][:32] == raw[1][:32]  # user and session
    assert raw[0][32:] != raw[1][32:]


def test_every_session_is_over_when_the_worker_died_right_after_the_password_was_changed() -> None:
    world, thief = signed_in()
    user_id = next(iter(world.accounts.accounts))
    held = world.accounts.find(user_id)
    assert held is not None
    assert world.accounts.change_password(user_id, held.password_hash, "another hash")  # and nothing after it ran
    over(world, thief)


def test_sessions_live_on_when_a_sign_in_renews_the_hash_of_the_same_password() -> None:
    world, first = signed_in()
    user_id = next(iter(world.accounts.accounts))
    held = world.accounts.find(user_id)
    assert held is not None
    assert world.accounts.rehash_password(user_id, held.password_hash, "the same password, hashed anew")
    world.refresh(first)


@pytest.mark.parametrize("end", ["refresh", "log out"])
def test_a_session_lives_on_when_a_token_was_made_up_from_its_ids(end: str) -> None:
    world, token = signed_in()
    session = next(iter(world.sessions.sessions.values()))
    made_up = uuid.UUID(session.user_id).bytes + bytes.fromhex(session.session_id) + bytes(32)
    forged = base64.urlsafe_b64encode(made_up).rstrip(b"=").decode()
    if end == "refresh":
        over(world, forged)
    else:
        sessions.log_out(forged, world.sessions)
    world.refresh(token)


def test_open_sessions_are_listed_and_the_one_used_last_comes_first() -> None:
    world, first = signed_in()
    user_id = next(iter(world.accounts.accounts))
    world.pass_seconds(60)
    world.sign_in()
    world.pass_seconds(60)
    world.refresh(first)
    told = sessions.list_open(user_id, world.dependencies, world.now)
    ago = [(world.now - one.started_at).total_seconds() for one in told]
    used = [(world.now - sessions.last_used_at(one)).total_seconds() for one in told]
    assert (ago, used) == ([120, 60], [0, 60])
    assert sessions.list_open("nobody", world.dependencies, world.now) == []


def test_no_session_is_listed_when_it_has_expired_or_the_password_was_changed() -> None:
    world, _ = signed_in()
    user_id = next(iter(world.accounts.accounts))
    world.pass_seconds(world.settings.refresh_token_seconds)
    assert sessions.list_open(user_id, world.dependencies, world.now) == []
    world.sign_in()
    account = world.accounts.accounts[user_id]
    assert world.accounts.change_password(user_id, account.password_hash, "another")
    assert sessions.list_open(user_id, world.dependencies, world.now) == []
    (held,) = [one for one in world.sessions.list_all(user_id) if one.expires_at > world.now]
    with pytest.raises(SessionNotFoundError):
        sessions.end(user_id, held.session_id, world.dependencies, world.now)


def test_one_session_ends_and_the_others_go_on_when_its_owner_ends_it() -> None:
    world, first = signed_in()
    user_id = next(iter(world.accounts.accounts))
    (held,) = world.sessions.list_all(user_id)
    second = world.sign_in().refresh_token
    sessions.end(user_id, held.session_id, world.dependencies, world.now)
    over(world, first)
    world.refresh(second)
    with pytest.raises(SessionNotFoundError):
        sessions.end(user_id, held.session_id, world.dependencies, world.now)


def test_a_session_of_somebody_else_is_not_found() -> None:
    world, first = signed_in()
    (held,) = world.sessions.list_all(next(iter(world.accounts.accounts)))
    stranger = world.register("somebody.else@example.com").user_id
    with pytest.raises(SessionNotFoundError):
        sessions.end(stranger, held.session_id, world.dependencies, world.now)
    world.refresh(first)


def test_a_sign_in_is_recent_for_ten_minutes_and_a_token_that_does_not_say_never() -> None:
    world = World()
    signed_in_at = int(world.now.timestamp())
    sessions.require_recent(signed_in_at, world.settings, world.now)
    world.pass_seconds(600)
    sessions.require_recent(signed_in_at, world.settings, world.now)
    world.pass_seconds(1)
    for told in (signed_in_at, None):
        with pytest.raises(SignInTooOldError):
            sessions.require_recent(told, world.settings, world.now)
