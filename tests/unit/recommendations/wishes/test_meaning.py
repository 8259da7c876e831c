"""Words that the rules leave find films by what they mean: once embedded for everybody, among what has to be met, never
what a viewer may not see; and whatever fails, the request is answered as before."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from chalicelib.catalog.meaning import Spent, digest_of, in_bytes
from chalicelib.catalog.shown import shown_to
from chalicelib.recommendations.llm.breaker import Breaker
from chalicelib.recommendations.llm.port import ModelError
from chalicelib.recommendations.wishes.answer import Answer, answer_plan, answer_words
from chalicelib.recommendations.wishes.meaning import near_in_meaning, words_left, words_subject
from chalicelib.recommendations.wishes.model import Plan, Wish
from chalicelib.recommendations.wishes.texts import KEPT, find_better
from tests.factories import NOW, feedback
from tests.fake_meaning import FakeEmbedder, FakeFilmVectors
from tests.fakes import FakeFeedbackStore
from tests.text_lanes import TextLanes
from tests.unit.recommendations.wishes.conftest import ALIEN, ALIENS, FILMS, GROUNDHOG_DAY, TOY_STORY, loaded

TEXT = "xenomorph hunts crew"
SAME = {"xenomorph": "alien", "xenomorphs": "aliens", "marmot": "groundhog"}


class MeaningLanes(TextLanes):
    """A site with an embedder, whose films have been embedded by their first titles."""

    def __init__(self, folder: Path, **settings: object) -> None:
        super().__init__(FILMS, **settings)
        self.embedder = FakeEmbedder(SAME)
        self.vectors = FakeFilmVectors()
        self.whole = loaded(folder)
        self.use(shown_to(self.whole), self.whole, FakeFeedbackStore())
        self.text_dependencies = self.text_dependencies._replace(embedder=lambda: self.embedder)
        rows = {one.film_id: (digest_of(""), in_bytes(self.embedder.vector(one.titles.main))) for one in FILMS}
        self.vectors.put("fake", rows, Spent())

    def near(self, plan: Plan) -> Sequence[str]:
        return near_in_meaning(self.texts, self.vectors, self.now, plan)

    def ask(self, text: str, viewer: str = "viewer") -> Answer:
        return answer_words(
            self.seen, self.feedback, viewer, text, "en", 20, self.now,
            lambda text, said: find_better(self.gate, self.texts, viewer, text, said, self.now), self.near,
        )  # fmt: skip


@pytest.fixture
def lanes(tmp_path: Path) -> MeaningLanes:
    return MeaningLanes(tmp_path)


def test_words_find_films_that_mean_it_once_they_are_embedded_for_everybody(lanes: MeaningLanes) -> None:
    first = lanes.ask(TEXT)
    assert (first.films, first.state) == ((), "updating")
    lanes.answer()
    second = lanes.ask(TEXT, "somebody else")
    assert second.films[0].film_id == ALIEN.film_id
    assert lanes.ask("Xenomorph  HUNTS crew").films[0].film_id == ALIEN.film_id
    assert lanes.embedder.asked == [["xenomorph hunts crew"]]


def test_what_has_to_be_met_is_met(lanes: MeaningLanes) -> None:
    lanes.ask(f"{TEXT}, nothing after 1985")
    lanes.ask("xenomorphs crew, nothing before 1990")
    lanes.answer()
    found = lanes.ask(f"{TEXT}, nothing after 1985")
    assert found.films[0].film_id == ALIEN.film_id
    later = lanes.ask("xenomorphs crew, nothing before 1990")
    assert lanes.texts.vectors
    assert later.films
    assert all(film.year and film.year >= 1990 for film in later.films)


def test_no_film_is_shown_that_the_viewer_has_rated_or_may_not_see_or_that_has_gone(lanes: MeaningLanes) -> None:
    lanes.ask(TEXT)
    lanes.answer()
    lanes.feedback.put("viewer", feedback("Alien", year=1979, rating="like"), None)
    assert ALIEN.film_id not in {film.film_id for film in lanes.ask(TEXT).films}
    seen = answer_words(
        shown_to(lanes.whole, 12), FakeFeedbackStore(), "child", TEXT, "en", 20, NOW, find_near=lanes.near
    )
    assert all(film.age_rating is not None and film.age_rating <= 12 for film in seen.films)
    lanes.whole.withdraw([ALIEN.film_id])
    assert ALIEN.film_id not in {film.film_id for film in lanes.ask(TEXT, "other").films}


def test_what_was_understood_finds_the_same_when_it_is_sent_back(lanes: MeaningLanes) -> None:
    lanes.ask(TEXT)
    lanes.answer()
    said = lanes.ask(TEXT)
    again = answer_plan(lanes.seen, lanes.feedback, "viewer", said.understood, "en", 20, NOW, lanes.near)
    assert again.films == said.films


def test_what_the_rules_understand_is_not_embedded(lanes: MeaningLanes) -> None:
    for text in ("comedy 1990s", "films about space", "Alien"):
        lanes.ask(text)
        lanes.answer()
    assert lanes.embedder.asked == []
    assert words_left((Wish(kind="words", value="space"), Wish(kind="genre", value="Comedy"))) == ""


def test_a_vector_is_forgotten_with_the_plans_of_its_time(lanes: MeaningLanes) -> None:
    lanes.ask(TEXT)
    lanes.answer()
    lanes.now += KEPT
    assert lanes.near((Wish(kind="words", value=TEXT),)) == []


@pytest.mark.parametrize("error", [
    ModelError("server_error", retryable=True, billed=True), ModelError("no_model", retryable=True, billed=False),
])  # fmt: skip
def test_a_failed_embedding_costs_what_it_may_have_cost_and_the_plan_goes_on(
    lanes: MeaningLanes, error: ModelError
) -> None:
    lanes.embedder.fails_with = error
    lanes.ask(TEXT)
    lanes.answer()
    assert lanes.calls() == 1, "the plan is asked for"
    entries = [one for one in lanes.budget.entries.values() if one.reserved_tokens < 100]
    assert [one.state for one in entries] == ["settled"]
    assert bool(entries[0].tokens) == error.billed
    assert lanes.texts.vectors == {}


def test_a_message_that_comes_twice_pays_once(lanes: MeaningLanes) -> None:
    lanes.ask(TEXT)
    lanes.answer(copies=3)
    assert len(lanes.embedder.asked) == 1
    assert [one.state for one in lanes.budget.entries.values()] == ["settled", "settled"]
    plan, words = (
        lanes.fake_model.prompts[0].reserved_tokens,
        min(e.reserved_tokens for e in lanes.budget.entries.values()),
    )
    assert lanes.texts.held.tokens_on_day == plan + words, "both come out of the share of texts"


def test_other_texts_with_the_same_words_have_their_meaning(lanes: MeaningLanes) -> None:
    lanes.ask(TEXT)
    lanes.answer()
    lanes.now += timedelta(days=1)
    lanes.ask(f"{TEXT}, nothing after 1985")
    lanes.answer()
    assert len(lanes.embedder.asked) == 1
    assert lanes.calls() == 2


def test_nothing_is_embedded_while_the_breaker_knows_of_an_outage(lanes: MeaningLanes) -> None:
    lanes.ask(TEXT)
    lanes.budget.put_breaker(Breaker(open_until=NOW - timedelta(seconds=1)), replaces=lanes.budget.breaker())
    lanes.answer()
    assert lanes.embedder.asked == [], "the one call that tries is the plan's"
    assert lanes.calls() == 1


def test_an_embedder_that_cannot_be_opened_leaves_the_plan_alone(lanes: MeaningLanes) -> None:
    def broken() -> None:
        raise RuntimeError("the secret's text is wrong")

    lanes.text_dependencies = lanes.text_dependencies._replace(embedder=broken)
    lanes.ask(TEXT)
    assert lanes.answer() != []
    assert lanes.calls() == 1


def test_words_are_the_same_that_differ_in_case_and_spaces() -> None:
    assert words_subject(" Xenomorph  HUNTS") == words_subject("xenomorph hunts")
    assert words_subject("xenomorph") != words_subject("xenomorphs")
    assert "xeno" not in words_subject("xenomorph")


def test_one_meaning_stands_beside_what_the_words_find(lanes: MeaningLanes) -> None:
    lanes.ask("marmot toys")
    lanes.answer()
    found = {film.film_id for film in lanes.ask("marmot toys").films}
    assert GROUNDHOG_DAY.film_id in found
    assert {ALIENS.film_id, TOY_STORY.film_id} & found
