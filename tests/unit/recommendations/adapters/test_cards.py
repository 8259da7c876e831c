"""What is kept of films, so that a list need not."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
import pytest

from chalicelib.batch_writer import BatchWriter
from chalicelib.catalog.model import CatalogUnavailableError, FilmCard
from chalicelib.recommendations.adapters import cards as module
from chalicelib.recommendations.adapters.cards import Cards
from chalicelib.recommendations.adapters.store import DynamoRecommendationStore
from tests.factories import card, film, film_id
from tests.tables import table

ALIEN, HEAT = card("Alien", title_ru="Чужой"), card("Heat", genres=("Crime",))


@pytest.fixture
def store() -> Iterator[DynamoRecommendationStore]:
    with table("RecommendationsTable") as name:
        yield DynamoRecommendationStore(name, 12_288, 4)


def away(_: Sequence[str]) -> Mapping[str, FilmCard]:
    raise CatalogUnavailableError("away")


def test_cards_are_found_by_another_worker_when_the_catalogue_is_away(store: DynamoRecommendationStore) -> None:
    Cards(store.items).keep([ALIEN, HEAT])
    found = Cards(store.items, away).find([ALIEN.film_id, HEAT.film_id, film_id("Nobody's")])
    assert found == {ALIEN.film_id: ALIEN, HEAT.film_id: HEAT}


def test_more_cards_than_one_request_takes_are_all_found(store: DynamoRecommendationStore) -> None:
    many = [card(f"Film {number}") for number in range(module.READ_AT_ONCE + 7)]
    Cards(store.items).keep(many)
    assert list(Cards(store.items).find([one.film_id for one in many]).values()) == many


def test_the_catalogue_is_asked_before_the_table_and_not_again_for_a_while(store: DynamoRecommendationStore) -> None:
    asked: list[list[str]] = []
    now = 0.0

    def find_films(film_ids: Sequence[str]) -> Mapping[str, FilmCard]:
        asked.append(list(film_ids))
        return {ALIEN.film_id: film("Alien", title_ru="Чужой", directors=("Ridley Scott",))}

    known = Cards(store.items, find_films, lambda: now)
    assert known.find([ALIEN.film_id]) == known.find([ALIEN.film_id]) == {ALIEN.film_id: ALIEN}
    assert asked == [[ALIEN.film_id]]
    now = module.REMEMBERED_SECONDS + 1
    known.find([ALIEN.film_id])
    assert len(asked) == 2


def test_what_is_stored_already_is_written_again_only_when_it_changed(store: DynamoRecommendationStore) -> None:
    written: list[str] = []
    model = store.items
    save = BatchWriter.save

    def noting(self: BatchWriter, row: object) -> None:
        written.append(row.user_id)  # type: ignore[attr-defined]
        save(self, row)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BatchWriter, "save", noting)
        first = Cards(model)
        first.keep([ALIEN, HEAT])
        first.keep([HEAT, ALIEN])
        Cards(model).keep([ALIEN, HEAT])  # another worker, who has to look
        assert len(written) == 2
        again = msgspec.structs.replace(HEAT, imdb_votes=7)
        first.keep([ALIEN, again])
        assert written[2:] == [f"film#{HEAT.film_id}"]
    assert Cards(model).find([HEAT.film_id]) == {HEAT.film_id: again}


def test_a_worker_remembers_no_more_than_its_memory_takes(
    store: DynamoRecommendationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 3)
    many = [card(f"Film {number}") for number in range(9)]
    known = Cards(store.items)
    known.keep(many)
    assert len(known._remembered) == len(known._kept) == 3
    assert len(known.find([one.film_id for one in many[:3]])) == 3


def test_a_field_is_unknown_when_the_card_was_stored_before_it_came(store: DynamoRecommendationStore) -> None:
    fields = msgspec.to_builtins(ALIEN)
    del fields["poster_url"], fields["regions"]
    store.items(f"film#{ALIEN.film_id}", module.CARD, body=msgspec.msgpack.encode(fields)).save()
    assert Cards(store.items).find([ALIEN.film_id]) == {ALIEN.film_id: ALIEN}
