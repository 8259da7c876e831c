"""What the steps rely on, whatever keeps the lists."""

import base64
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import boto3
import msgspec
import pytest

from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.model import (
    AskState,
    ListChangedError,
    Mark,
    Pick,
    RawReply,
    StoredFilm,
    StoredList,
    StoredReply,
    UserErasedError,
    Why,
)
from chalicelib.recommendations.ports import RecommendationStore
from tests.factories import NOW, card, film_id, titles
from tests.fake_lanes import FakeRecommendationStore
from tests.tables import table

USER, OTHER = "u1", "u2"
ENDS = NOW + timedelta(minutes=13)  # of a mark


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Iterator[RecommendationStore]:
    if request.param == "fake":
        yield FakeRecommendationStore()
        return
    with table("RecommendationsTable") as name:
        yield DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4)


def stored_list(version: int = 1, films: int = 3, **fields: Any) -> StoredList:
    given: dict[str, Any] = {
        "generated_at": NOW,
        "read_at": NOW,
        "seen_until": NOW - timedelta(seconds=10),
        "taste_hash": "t",
        "films": tuple(
            StoredFilm(
                card=card(f"Film {n}", title_ru=f"Фильм {n}"),
                ground="model",
                because=(film_id("Alien"),),
                reason="Потому что.",
                reason_language="ru",
                why=Why(60, 12, 3, 0, kept=91, rose=n, pick=1),
            )
            for n in range(films)
        ),
        "because_titles": {film_id("Alien"): titles("Alien", ru="Чужой")},
        "taste": ("Вам близко неспешное кино.", "Чаще всего это драмы."),
        "taste_language": "ru",
    }
    return StoredList(version=version, **(given | fields))


ANSWER = StoredReply(
    taste_hash="t",
    replied_at=NOW,
    language="ru",
    prompt_version="1",
    question_key="k",
    tokens=900,
    picks=(Pick(film_id=film_id("Alien"), reason="Потому что."),),
    taste=("Вам близко неспешное кино.",),
    likes=3,
)


RAW = RawReply(question_key="k", taste_hash="t", language="ru", prompt_version="1", offered=(film_id("Alien"),),
               reply_json='{"arguments": "\\ud83d"}', tokens=900, replied_at=NOW)  # fmt: skip


def test_the_models_words_come_back_as_they_came_and_not_for_a_page(store: RecommendationStore) -> None:
    store.put_raw(USER, RAW)
    assert (store.read(USER).raw, store.read_page(USER).raw) == (RAW, None)
    store.erase(USER, NOW)
    assert store.read(USER).raw is None
    with pytest.raises(UserErasedError):
        store.put_raw(USER, RAW)


def test_unknown_user_has_nothing(store: RecommendationStore) -> None:
    record = store.read(USER)
    assert (record.list_, record.reply, record.state, record.erased) == (None, None, AskState(), False)


def test_everything_comes_back_as_it_was_stored(store: RecommendationStore) -> None:
    store.publish(USER, stored_list())
    store.put_reply(USER, ANSWER)
    state = store.put_state(USER, AskState(asked_hash="t", asked_at=NOW, not_before=NOW), replaces=AskState())
    record = store.read(USER)
    assert (record.list_, record.reply, record.state) == (stored_list(), ANSWER, state)
    page = store.read_page(USER)
    assert (page.list_, page.reply, page.state) == (stored_list(), None, state)
    assert store.read(OTHER).list_ is None


def test_loser_of_a_race_is_told_when_two_publish_the_same_version(store: RecommendationStore) -> None:
    store.publish(USER, stored_list(1))
    with pytest.raises(ListChangedError):
        store.publish(USER, stored_list(1, films=5))
    store.publish(USER, stored_list(2))
    with pytest.raises(ListChangedError):
        store.publish(USER, stored_list(2, films=5))
    with pytest.raises(ListChangedError):
        store.publish(USER, stored_list(7))
    assert store.read(USER).list_ == stored_list(2)


def test_loser_of_a_race_is_told_when_two_change_the_state(store: RecommendationStore) -> None:
    first = store.put_state(USER, AskState(asked_hash="a"), replaces=AskState())
    with pytest.raises(ListChangedError):
        store.put_state(USER, AskState(asked_hash="b"), replaces=AskState())
    second = store.put_state(USER, msgspec.structs.replace(first, asked_hash="c"), replaces=first)
    with pytest.raises(ListChangedError):
        store.put_state(USER, AskState(asked_hash="d"), replaces=first)
    assert store.read(USER).state == second


def test_only_users_whose_time_has_come_are_looked_at(store: RecommendationStore) -> None:
    def wait(user: str, minutes: float, stale: bool = True) -> AskState:
        state = AskState(stale_since=NOW if stale else None, not_before=NOW + timedelta(minutes=minutes))
        return store.put_state(user, state, replaces=AskState())

    for number in range(12):
        wait(f"due-{number}", -number)
    wait("later", 5)
    wait("not stale", -5, stale=False)
    served = wait("served", -5)
    store.put_state("served", msgspec.structs.replace(served, stale_since=None), replaces=served)
    assert sorted(store.list_waiting(NOW, 100)) == sorted(f"due-{number}" for number in range(12))
    assert len(list(store.list_waiting(NOW, 5))) == 5


def test_those_longest_waiting_come_first_whatever_shard_they_stand_in(store: RecommendationStore) -> None:
    for minutes in range(40):
        state = AskState(stale_since=NOW, not_before=NOW - timedelta(minutes=minutes))
        store.put_state(f"waits {minutes}", state, replaces=AskState())
    assert list(store.list_waiting(NOW, 25)) == [f"waits {minutes}" for minutes in range(39, 14, -1)]


def test_unproven_accounts_wait_in_a_place_of_their_own(store: RecommendationStore) -> None:
    def wait(user: str, minutes: float, **fields: Any) -> None:
        moment = NOW - timedelta(minutes=minutes)
        store.put_state(user, AskState(stale_since=moment, not_before=moment, **fields), replaces=AskState())

    for minutes in range(20):
        wait(f"robot {minutes}", minutes, unproven=True)
    wait("later", -1, unproven=True)
    wait("somebody", 5)
    wait("admitted", 60, pending_since=NOW - timedelta(hours=1), unproven=True)
    assert list(store.list_common(NOW, 3)) == ["robot 19", "robot 18", "robot 17"]
    assert len(list(store.list_common(NOW, 100))) == 20
    assert list(store.list_common(NOW, 0)) == []
    assert list(store.list_waiting(NOW, 100)) == ["admitted", "somebody"], "a lost question is seen with the others"
    assert list(store.list_present(NOW - timedelta(hours=1), NOW, 100)) == ["somebody"]
    state = store.read("robot 3").state
    store.put_state("robot 3", msgspec.structs.replace(state, unproven=False), replaces=state)
    assert "robot 3" in set(store.list_waiting(NOW, 100)) - set(store.list_common(NOW, 100))


def test_viewers_who_are_there_come_latest_first_and_nobody_else_among_them(store: RecommendationStore) -> None:
    def wait(user: str, minutes: float, **fields: Any) -> None:
        moment = NOW - timedelta(minutes=minutes)
        store.put_state(user, AskState(stale_since=moment, not_before=moment, **fields), replaces=AskState())

    for minutes in range(20):
        wait(f"new {minutes}", minutes)
    wait("returning", 5, asked_at=NOW)
    wait("wishes", 0.5, asked_at=NOW, refresh_requested_at=NOW)
    wait("admitted", 5, pending_since=NOW)
    since = NOW - timedelta(minutes=10)
    assert list(store.list_present(since, NOW, 4)) == ["new 0", "wishes", "new 1", "new 2"]
    assert len(list(store.list_present(since, NOW, 100))) == 12
    assert list(store.list_present(since, NOW, 0)) == []


def test_who_is_admitted_counts_until_the_lease_ends_and_is_looked_at_then(store: RecommendationStore) -> None:
    for minutes in range(0, 30, 5):
        store.put_state(f"user {minutes}", AskState(pending_since=NOW - timedelta(minutes=minutes)), AskState())
    assert (store.count_open(NOW, 100), store.count_open(NOW, 2)) == (3, 2)
    assert list(store.list_waiting(NOW, 100)) == ["user 25", "user 20", "user 15"]


def test_a_list_is_due_until_the_mark_with_this_token_is_cleared(store: RecommendationStore) -> None:
    store.mark_due(USER, "first", NOW, ENDS)
    store.mark_due(USER, "second", NOW + timedelta(minutes=9), NOW + timedelta(minutes=22))
    store.clear_due(USER, "first")
    second = Mark(token="second", renewed=True, ends_at=ENDS)
    assert (store.read(USER).due, store.read_marks([USER, "nobody"])) == (second, {USER: second})
    assert list(store.list_due(NOW + timedelta(minutes=14), 10)) == []
    assert list(store.list_due(NOW + timedelta(minutes=15), 10)) == [USER], "since the first word"
    store.clear_due(USER, "second")
    assert (store.read(USER).due, list(store.list_due(NOW + timedelta(days=1), 10))) == (None, [])


def test_a_mark_of_0_2_covers_no_later_word_and_is_over() -> None:
    with table("RecommendationsTable") as name:
        store = DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4)
        store.items(USER, "due", token="old", stale_shard="due-0", due_at="2026-01-01T00:00:00Z").save()
        mark = store.read(USER).due
        assert mark == Mark(token="old", renewed=True)
        assert (mark.covers(NOW), mark.is_over(NOW)) == (False, True)
        store.clear_due(USER, "old")
        assert store.read(USER).due is None


def test_a_mark_that_stands_is_named_every_twenty_minutes(store: RecommendationStore) -> None:
    store.put_off_due(USER, NOW)
    assert store.read(USER).due is None, "nothing comes of what is not there"
    store.mark_due(USER, "token", NOW, ENDS)
    moment = NOW + timedelta(minutes=15)
    for _ in range(5):
        assert list(store.list_due(moment, 10)) == [USER]
        store.put_off_due(USER, moment)
        assert list(store.list_due(moment + timedelta(minutes=20, seconds=-1), 10)) == []
        moment += timedelta(minutes=20)
    assert store.read(USER).due == Mark(token="token", ends_at=ENDS), "its end stays"


def test_longest_due_come_first_whatever_shard_they_stand_in(store: RecommendationStore) -> None:
    for minutes in range(20):
        store.mark_due(f"user {minutes}", "token", NOW - timedelta(minutes=minutes), NOW)
    assert list(store.list_due(NOW, 5)) == [f"user {minutes}" for minutes in (19, 18, 17, 16, 15)]


def test_states_are_read_for_many_and_those_without_are_left_out(store: RecommendationStore) -> None:
    held = store.put_state(USER, AskState(asked_hash="a"), replaces=AskState())
    store.erase("erased", NOW)
    assert store.read_states([USER, "nobody", "erased"]) == {USER: held}


def test_no_mark_is_set_when_the_user_is_erased(store: RecommendationStore) -> None:
    store.mark_due(USER, "token", NOW, ENDS)
    store.erase(USER, NOW)
    with pytest.raises(UserErasedError):
        store.mark_due(USER, "late", NOW, ENDS)
    store.clear_due(USER, "token")
    store.put_off_due(USER, NOW)
    record = store.read(USER)
    assert (record.erased, record.due, list(store.list_due(NOW + timedelta(days=9), 10))) == (True, None, [])
    assert store.read_marks([USER]) == {}


def test_a_viewer_who_was_erased_may_begin_anew_when_they_are_readmitted(store: RecommendationStore) -> None:
    store.publish(USER, stored_list(1))
    store.erase(USER, NOW)
    store.readmit(USER)
    store.readmit(USER)
    assert not store.read(USER).erased
    store.publish(USER, stored_list(1))
    store.put_state(USER, AskState(asked_hash="a"), replaces=AskState())
    store.readmit(USER)
    assert store.read(USER).list_ is not None, "nobody but a marker goes"


def test_nothing_can_be_published_when_the_user_is_erased(store: RecommendationStore) -> None:
    store.publish(USER, stored_list(1))
    store.put_reply(USER, ANSWER)
    store.put_state(USER, AskState(asked_hash="a", stale_since=NOW, not_before=NOW), replaces=AskState())
    store.erase(USER, NOW)
    store.erase(USER, NOW)
    record = store.read(USER)
    assert (record.erased, record.list_, record.reply, record.state) == (True, None, None, AskState())
    for version in (1, 2):
        with pytest.raises(UserErasedError):
            store.publish(USER, stored_list(version))
    assert list(store.list_waiting(NOW, 10)) == []


def test_no_answer_and_no_state_come_back_when_the_user_was_erased_during_the_question(
    store: RecommendationStore,
) -> None:
    asked = store.put_state(USER, AskState(asked_hash="a"), replaces=AskState())
    store.erase(USER, NOW)
    with pytest.raises(UserErasedError):
        store.put_reply(USER, ANSWER)
    for known in (asked, AskState()):
        with pytest.raises(UserErasedError):
            store.put_state(USER, AskState(asked_hash="b"), replaces=known)
    assert store.read(USER).erased


def test_nothing_can_be_published_when_a_user_without_a_list_is_erased(store: RecommendationStore) -> None:
    store.erase(USER, NOW)
    with pytest.raises(UserErasedError):
        store.publish(USER, stored_list(1))


def test_list_is_cut_from_its_end_when_it_is_too_large_to_store() -> None:
    with table("RecommendationsTable") as name:
        store = DynamoRecommendationStore(name, list_bytes_max=2_000, stale_shards=4)
        store.publish(USER, stored_list(films=300))
        held = store.read(USER).list_
    assert held is not None
    assert 20 < len(held.films) < 300
    assert held.films == stored_list(films=300).films[: len(held.films)]


def _place_of_many(number: int) -> StoredFilm:
    because = tuple(film_id(f"Liked {(number * step) % 40}") for step in (1, 7, 11))
    why = Why(number, 100 - number, number * 7 % 50, 0, kept=100 - number % 30, rose=number % 9, chance=number % 3)
    return StoredFilm(card=card(f"Film {number}", title_ru=f"Фильм {number}"), ground="neighbour", because=because,
                      reason=None, reason_language=None, why=why)  # fmt: skip


def test_list_of_a_hundred_films_costs_two_write_units_and_is_read_whole_by_another_worker() -> None:
    films = tuple(map(_place_of_many, range(100)))
    liked = {one.film_id: one for one in (card(f"Liked {number}") for number in range(40))}
    known = {film_id: one.titles for film_id, one in liked.items()}
    held = msgspec.structs.replace(stored_list(), films=films, because_titles=known, judged=40)
    with table("RecommendationsTable") as name:
        store = DynamoRecommendationStore(name, 12_288, 4)
        store.cards.keep_cards(liked.values())  # a list has shown them before
        store.publish(USER, held)
        row = boto3.client("dynamodb").get_item(
            TableName=name, Key={"user_id": {"S": USER}, "item": {"S": "list"}}, ConsistentRead=True
        )["Item"]
        read = DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4).read_page(USER).list_
    assert read == held
    assert len(row["body"]["B"]) + 150 <= 2 * 1024, "names and small values of the item are below 150 bytes"


LIST_OF_FORMAT_3 = (
    "ksQQFDbW3rCGU5GWVJ+zgUIASsSUeNqbw3jtf+YSLQdkcklGYnEG0xFGhiMK53Z6zg0zDHNY961/2+4dTuterO4J+MMc1zSl2Ns8lSFPbdJExolM"
    "MydygqiJDBMjgBgMGxpvqqRaJCZZJJsa6KYlGxjrmqZaGOlampgb65okGZubmRoYmKUamTUtyU3MzFvuk5mdmqJguDqpMj4nMS+9NDE9tQEA16o8"
    "JA=="
)


def test_a_list_of_format_3_is_read_with_the_cards_that_lay_under_whole_ids_then() -> None:
    shown, liked = card("Film 0", title_ru="Фильм 0"), card("Liked 0")
    with table("RecommendationsTable") as name:
        store = DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4)
        for one in (shown, liked):
            store.items(f"film#{one.film_id}", "card", body=msgspec.msgpack.encode(one)).save()
        store.items(USER, "list", version=1, format=3, body=base64.b64decode(LIST_OF_FORMAT_3)).save()
        read = store.read(USER).list_
        assert read
        store.publish(USER, msgspec.structs.replace(read, version=2))
        again = DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4).read_page(USER).list_
    assert [one.card for one in read.films] == [shown]
    assert read.films[0].because == (liked.film_id, film_id("Liked 1"))
    assert read.because_titles == {liked.film_id: liked.titles, film_id("Liked 1"): titles("Liked 1")}
    assert again == msgspec.structs.replace(read, version=2), "and written anew with short ids"
