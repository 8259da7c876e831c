"""The operator's first screen: figures that add up, and one part that is away hides no other."""

from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.catalog.model import CatalogFacts, CatalogUnavailableError
from chalicelib.operator.status import Parts, QueueState, status
from chalicelib.outcomes.tallies import tally_list, tally_question
from chalicelib.recommendations.item_similarity.daily import PastRun, Run
from chalicelib.recommendations.model import AskState
from chalicelib.recommendations.site_model import Reached, SiteModel
from chalicelib.settings import Settings
from tests.factories import NOW
from tests.fake_lanes import FakeRecommendationStore
from tests.fake_model import FakeBudget
from tests.fake_outcomes import FakeTallies

LOADED = datetime(2026, 2, 1, tzinfo=UTC)
RUN = PastRun(learned_at=LOADED, likes=90, hit_rate=0.18, popularity_hit_rate=0.1)


class Queues:
    def states(self, now: datetime) -> Mapping[str, QueueState]:  # noqa: ARG002
        return {"ask": QueueState(waiting=3, oldest_seconds=12, dead=1)}


class World:
    def __init__(self) -> None:
        self.budget, self.tallies, self.lists = FakeBudget(), FakeTallies(), FakeRecommendationStore()
        self.parts = Parts(
            self.budget.ledger,
            self.tallies,
            Queues(),
            lambda: CatalogFacts(films=9_724, loaded_at=LOADED, withdrawn=2),
            lambda: (LOADED, SiteModel(likes=100, reached=Reached(hit_rate=0.2, popularity_hit_rate=0.1))),
            lambda: Run(past=(RUN,)),
            self.lists,
            Settings(roubles_per_million_tokens=65.0, budget_tokens_per_day=5_000),
        )


def test_what_is_used_and_what_is_reserved_are_told_apart_and_priced() -> None:
    world = World()
    for key in ("a", "b"):
        world.budget.reserve(key, 2_000, NOW)
    world.budget.settle("a", 1_500)
    told = status(world.parts, NOW)
    assert (told.tokens.used, told.tokens.reserved, told.tokens.budget) == (1_500, 2_000, 5_000)
    assert (told.tokens.money.amount, told.tokens.money.currency) == (0.1, "RUB")


def test_a_call_that_brought_nothing_is_used_and_not_priced() -> None:
    world = World()
    for key in ("a", "b"):
        world.budget.reserve(key, 2_000, NOW)
    world.budget.settle("a", 1_500)
    world.budget.lose("b")
    told = status(world.parts, NOW).tokens
    assert (told.used, told.lost, told.reserved, told.money.amount) == (3_500, 2_000, 0, 0.1)


def test_questions_and_lists_are_told_by_what_they_were() -> None:
    world = World()
    tally_question(world.tallies, "answered", NOW)
    tally_question(world.tallies, "failed: 500", NOW)
    tally_list(world.tallies, None, "gigachat")
    told = status(world.parts, NOW)
    assert (told.questions.today, told.questions.by_outcome) == (2, {"answered": 1, "failed": 1})
    assert told.lists.by_source == {"gigachat": 1, "personal": 0, "top": 0}
    assert told.queues["ask"] == QueueState(waiting=3, oldest_seconds=12, dead=1)
    assert (told.catalogue.films, told.catalogue.loaded_at, told.catalogue.withdrawn) == (9_724, LOADED, 2)
    assert (told.learning.learned_at, told.learning.likes, told.learning.hit_rate) == (LOADED, 100, 0.2)
    assert told.learning.runs == (RUN,)


def test_who_waits_is_told_apart_from_whose_question_is_under_way() -> None:
    world = World()
    for user_id, state in (
        ("a", AskState(stale_since=NOW, not_before=NOW)),
        ("b", AskState(stale_since=NOW, not_before=NOW)),
        ("c", AskState(pending_since=NOW)),
    ):
        world.lists.put_state(user_id, state, replaces=AskState())
    told = status(world.parts, NOW).questions
    assert (told.waiting, told.open) == (2, 1)


def test_the_rest_is_told_when_the_catalogue_is_away_and_nothing_was_learned_yet() -> None:
    def away() -> CatalogFacts:
        raise CatalogUnavailableError("away")

    told = status(World().parts._replace(catalog_facts=away, learned=lambda: None), NOW)
    assert (told.catalogue.films, told.learning.learned_at, told.learning.likes) == (None, None, None)
    assert told.queues
