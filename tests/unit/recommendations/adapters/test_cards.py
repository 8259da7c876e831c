"""What is kept of films, so that a list need not."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from chalicelib.batch_writer import AT_ONCE, BatchRefusedError, BatchWriter
from chalicelib.recommendations.adapters import cards as module
from chalicelib.recommendations.adapters.cards import Cards
from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from chalicelib.recommendations.stored_formats import short_id
from tests.factories import card, film_id
from tests.tables import table

ALIEN, HEAT = card("Alien", title_ru="Чужой"), card("Heat", genres=("Crime",))


@pytest.fixture
def store() -> Iterator[DynamoRecommendationStore]:
    with table("RecommendationsTable") as name:
        yield DynamoRecommendationStore(name, 12_288, 4)


def test_cards_are_found_by_another_worker_whatever_the_catalogue_does(store: DynamoRecommendationStore) -> None:
    Cards(store.items).keep_cards([ALIEN, HEAT])
    found = Cards(store.items).cards_of([ALIEN.film_id, HEAT.film_id, film_id("Nobody's")])
    assert found == {ALIEN.film_id: ALIEN, HEAT.film_id: HEAT}


def test_more_cards_than_one_request_takes_are_all_found(store: DynamoRecommendationStore) -> None:
    many = [card(f"Film {number}") for number in range(module.READ_AT_ONCE + 7)]
    Cards(store.items).keep_cards(many)
    assert list(Cards(store.items).cards_of([one.film_id for one in many]).values()) == many


def test_a_card_is_read_again_when_it_has_been_remembered_for_an_hour(store: DynamoRecommendationStore) -> None:
    now = 0.0
    known = Cards(store.items, lambda: now)
    Cards(store.items).keep_cards([HEAT])
    assert known.cards_of([HEAT.film_id]) == {HEAT.film_id: HEAT}
    changed = msgspec.structs.replace(HEAT, imdb_votes=7)
    Cards(store.items).keep_cards([changed])
    assert known.cards_of([HEAT.film_id]) == {HEAT.film_id: HEAT}
    now = module.REMEMBERED_SECONDS + 1
    assert known.cards_of([HEAT.film_id]) == {HEAT.film_id: changed}


def test_what_is_stored_already_is_written_again_only_when_it_changed(store: DynamoRecommendationStore) -> None:
    written: list[str] = []
    model = store.items
    save = BatchWriter.save

    def noting(batch: BatchWriter, row: Any) -> None:
        written.append(row.user_id)
        save(batch, row)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BatchWriter, "save", noting)
        first = Cards(model)
        first.keep_cards([ALIEN, HEAT])
        first.keep_cards([HEAT, ALIEN])
        Cards(model).keep_cards([ALIEN, HEAT])  # another worker, who has to look
        assert len(written) == 2
        again = msgspec.structs.replace(HEAT, imdb_votes=7)
        first.keep_cards([ALIEN, again])
        assert written[2:] == [f"film#{short_id(HEAT.film_id)}"]
    assert Cards(model).cards_of([HEAT.film_id]) == {HEAT.film_id: again}


def test_a_new_lists_cards_go_in_few_requests(store: DynamoRecommendationStore) -> None:
    connection = store.items._get_connection().connection
    asked: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        call = type(connection).dispatch

        def noting(self: Any, operation: str, *rest: Any) -> Any:
            asked.append(operation)
            return call(self, operation, *rest)

        patch.setattr(type(connection), "dispatch", noting)
        Cards(store.items).keep_cards([card(f"Film {number}") for number in range(2 * AT_ONCE + 1)])
    assert asked == ["BatchGetItem", *3 * ["BatchWriteItem"]]


def test_cards_that_the_table_refused_are_written_by_the_next_try(
    store: DynamoRecommendationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Cards(store.items)
    with monkeypatch.context() as patch:
        patch.setattr(BatchWriter, "_flush", refused)
        with pytest.raises(BatchRefusedError):
            known.keep_cards([ALIEN, HEAT])
    assert not known.cards_of([ALIEN.film_id])
    known.keep_cards([ALIEN, HEAT])
    assert Cards(store.items).cards_of([ALIEN.film_id, HEAT.film_id]) == {ALIEN.film_id: ALIEN, HEAT.film_id: HEAT}


def refused(batch: BatchWriter) -> None:
    raise BatchRefusedError("2 items were not stored.")


def test_a_worker_remembers_no_more_than_its_memory_takes(
    store: DynamoRecommendationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    many = [card(f"Film {number}") for number in range(9)]
    known = Cards(store.items)
    known.keep_cards(many)
    assert len(known._remembered) == len(known._kept) == 3
    assert len(known.cards_of([one.film_id for one in many[:3]])) == 3


def test_a_field_is_unknown_when_the_card_was_stored_before_it_came(store: DynamoRecommendationStore) -> None:
    fields = msgspec.to_builtins(ALIEN)
    del fields["poster_url"], fields["regions"]
    store.items(f"film#{short_id(ALIEN.film_id)}", module.CARD, body=msgspec.msgpack.encode(fields)).save()
    assert Cards(store.items).cards_of([ALIEN.film_id]) == {ALIEN.film_id: ALIEN}
