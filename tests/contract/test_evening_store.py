"""What the steps of an evening rely on, whatever keeps it: changed by compare-and-swap, ended for good, forgotten."""

from collections.abc import Iterator
from datetime import timedelta

import boto3
import msgspec
import pytest

from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.evenings.adapters.evenings_table import Evenings
from chalicelib.recommendations.evenings.model import Attendance, Attended, CommonFilm, Evening, Seat
from chalicelib.recommendations.evenings.port import EveningStore
from tests.factories import NOW, film_id
from tests.fake_evenings import FakeEveningStore
from tests.tables import table

KEY, OTHER = "a" * 40, "b" * 40
OPENED = Evening(opened_at=NOW, seats=(Seat(holder="olga", age_limit=12, region="RU"),))
JOINED = Evening(
    opened_at=NOW,
    seats=(
        Seat(holder="olga", age_limit=12, region="RU", answers={film_id("Alien"): "yes"}),
        Seat(holder="guest#1", answers={film_id("Alien"): "yes"}),
    ),
    films=(CommonFilm(film_id("Alien"), ("Horror",)), CommonFilm(film_id("Brazil"), (), "Comedy", "Drama")),
    chosen=film_id("Alien"),
    how="both",
)


@pytest.fixture(params=["fake", "dynamo"])
def store(request: pytest.FixtureRequest) -> Iterator[EveningStore]:
    if request.param == "fake":
        yield FakeEveningStore()
        return
    with table("RecommendationsTable") as name:
        yield Evenings(DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4).items)


def test_an_evening_comes_back_as_it_was_stored(store: EveningStore) -> None:
    assert store.find(KEY) is None
    assert store.put(KEY, OPENED, replaces=None)
    held = store.find(KEY)
    assert held == msgspec.structs.replace(OPENED, version=1)
    assert store.put(KEY, JOINED, replaces=held)
    assert store.find(KEY) == msgspec.structs.replace(JOINED, version=2)
    assert store.find(OTHER) is None


def test_the_loser_of_a_race_changes_nothing(store: EveningStore) -> None:
    assert store.put(KEY, OPENED, replaces=None)
    assert not store.put(KEY, JOINED, replaces=None)
    held = store.find(KEY)
    assert store.put(KEY, JOINED, replaces=held)
    assert not store.put(KEY, OPENED, replaces=held)
    assert not store.put(OTHER, OPENED, replaces=held)
    assert store.find(OTHER) is None
    found = store.find(KEY)
    assert found is not None
    assert found.seats == JOINED.seats


def test_an_ended_evening_stays_ended_whatever_was_read_before(store: EveningStore) -> None:
    store.put(KEY, OPENED, replaces=None)
    held = store.find(KEY)
    for _ in range(2):
        store.end(KEY, OPENED.ends_at)
    assert store.find(KEY) is None
    assert not store.put(KEY, JOINED, replaces=held)
    assert not store.put(KEY, JOINED, replaces=None)
    assert store.find(KEY) is None


def test_a_viewers_evenings_are_changed_by_compare_and_swap(store: EveningStore) -> None:
    none = store.attendance("olga")
    assert none == Attendance()
    one = Attendance(evenings=(Attended(KEY, NOW + timedelta(hours=12)),))
    assert store.put_attendance("olga", one, replaces=none)
    held = store.attendance("olga")
    assert (held.version, held.evenings) == (1, one.evenings)
    assert not store.put_attendance("olga", Attendance(), replaces=none)
    assert store.put_attendance("olga", Attendance(), replaces=held)
    assert not store.put_attendance("olga", one, replaces=held)
    assert store.attendance("olga").evenings == ()
    assert store.attendance("boris") == Attendance()


def test_the_marker_of_a_deleted_viewer_keeps_evenings_out_until_it_is_taken_away(store: EveningStore) -> None:
    one = Attendance(evenings=(Attended(KEY, NOW + timedelta(hours=12)),))
    assert store.put_attendance("olga", one, replaces=Attendance())
    assert not store.put_attendance("olga", Attendance(erased=True), replaces=Attendance()), "one came in meanwhile"
    assert store.put_attendance("olga", Attendance(erased=True), replaces=store.attendance("olga"))
    assert store.attendance("olga") == Attendance(erased=True)
    assert not store.put_attendance("olga", one, replaces=store.attendance("olga"))
    store.readmit("olga")
    assert store.attendance("olga") == Attendance()
    assert store.put_attendance("olga", one, replaces=Attendance())
    store.readmit("olga")
    assert store.attendance("olga").evenings == one.evenings


def test_everything_has_an_end_in_the_table_and_the_longest_evening_costs_two_write_units() -> None:
    films = tuple(CommonFilm(film_id(f"Film {n}"), (), "Documentary", "Film-Noir") for n in range(15))
    answers = {film.film_id: "veto" for film in films}
    seats = tuple(Seat(holder=f"guest#{n * 40}", age_limit=12, region="RU", answers=answers) for n in "ab")  # type: ignore[arg-type]
    longest = Evening(opened_at=NOW, seats=seats, films=films, chosen=films[0].film_id, how="compromise")
    with table("RecommendationsTable") as name:
        store = Evenings(DynamoRecommendationStore(name, list_bytes_max=12_288, stale_shards=4).items)
        store.put(KEY, longest, replaces=None)
        body = boto3.client("dynamodb").scan(TableName=name)["Items"][0]["body"]["B"]
        assert len(body) < 2_048 - 150, "two write units, its name and the rest included"
        store.put_attendance("olga", Attendance(evenings=(Attended(KEY, longest.ends_at),)), replaces=Attendance())
        store.put_attendance("boris", Attendance(erased=True), replaces=Attendance())
        store.put(OTHER, OPENED, replaces=None)
        store.end(OTHER, OPENED.ends_at)
        rows = boto3.client("dynamodb").scan(TableName=name)["Items"]
        assert len(rows) == 4
        until = {row["user_id"]["S"]: int(row["expires_at"]["N"]) for row in rows}
        evening = int(longest.ends_at.timestamp())
        assert {until[f"evening#{KEY}"], until[f"evening#{OTHER}"], until["olga"]} == {evening}
        assert until["boris"] > evening
