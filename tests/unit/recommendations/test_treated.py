"""Experiments in both lanes: what is otherwise for a viewer of an arm, from the list to the question."""

import pytest

from chalicelib.outcomes.experiments.model import Treatment
from chalicelib.recommendations.llm import prompt
from chalicelib.recommendations.model import StoredList
from chalicelib.recommendations.refresh import refresh
from tests.lanes import Lanes, some_films

CONTROL = Treatment(arms="no-model:control", model=False)


def lanes_of(**treatments: Treatment) -> Lanes:
    made = Lanes(some_films())
    made.dependencies = made.dependencies._replace(treatment_of=lambda one: treatments.get(one, Treatment()))
    made.ask_dependencies = made.ask_dependencies._replace(fast=made.dependencies)
    return made


def the_list(lanes: Lanes, user_id: str) -> StoredList:
    held = lanes.store.read(user_id).list_
    assert held
    return held


def test_an_arm_without_the_model_asks_nothing_and_its_list_says_so() -> None:
    lanes = lanes_of(control=CONTROL, other=Treatment(arms="no-model:default"))
    for viewer in ("control", "other"):
        lanes.like_some(3, viewer)
    lanes.deliver()
    assert len(lanes.fake_model.prompts) == 1
    assert the_list(lanes, "control").arms == "no-model:control"
    assert the_list(lanes, "control").source == "personal"
    assert the_list(lanes, "other").arms == "no-model:default"
    assert the_list(lanes, "other").source == "gigachat"
    assert lanes.page("control").list_version.endswith("~no-model:control")
    assert lanes.page("control").state == "fresh", "nothing is waited for"
    assert lanes.store.read("control").state.look_at is None


def test_a_wish_for_a_question_is_met_without_one() -> None:
    lanes = lanes_of(control=CONTROL)
    lanes.like_some(3, "control")
    lanes.deliver()
    refresh(lanes.gate, "control", lanes.now)
    lanes.deliver()
    lanes.wait(hours=2)
    assert lanes.sweep() == 0
    lanes.deliver()
    assert not lanes.fake_model.prompts
    assert lanes.store.read("control").state.refresh_requested_at is None
    assert lanes.page("control").state == "fresh"


def test_a_question_that_was_admitted_before_the_arm_began_is_not_asked() -> None:
    treatments: dict[str, Treatment] = {}
    lanes = lanes_of()
    lanes.dependencies = lanes.dependencies._replace(treatment_of=lambda one: treatments.get(one, Treatment()))
    lanes.ask_dependencies = lanes.ask_dependencies._replace(fast=lanes.dependencies)
    lanes.like_some()
    lanes.deliver(each_ask=lambda _: treatments.update(user=CONTROL))
    assert not lanes.fake_model.prompts
    assert lanes.store.read("user").state.look_at is None


def test_votes_of_a_reply_that_is_there_count_nothing_in_the_arm_and_again_after_it() -> None:
    treatments: dict[str, Treatment] = {}
    lanes = lanes_of()
    lanes.dependencies = lanes.dependencies._replace(treatment_of=lambda one: treatments.get(one, Treatment()))
    lanes.ask_dependencies = lanes.ask_dependencies._replace(fast=lanes.dependencies)
    lanes.like_some()
    lanes.deliver()
    assert the_list(lanes, "user").source == "gigachat"
    treatments["user"] = CONTROL
    lanes.changed()
    lanes.deliver()
    assert the_list(lanes, "user").source == "personal"
    assert all(film.reason is None for film in the_list(lanes, "user").films)
    del treatments["user"]
    lanes.changed()
    lanes.deliver()
    assert the_list(lanes, "user").source == "gigachat"
    assert the_list(lanes, "user").arms == ""


@pytest.mark.parametrize("weight", [0.0, 0.04])
def test_votes_that_count_nothing_lift_nothing(weight: float) -> None:
    lanes = lanes_of(user=Treatment(vote_weight=weight))
    lanes.like_some()
    lanes.deliver()
    assert lanes.fake_model.prompts
    assert the_list(lanes, "user").source == "personal"


def test_settings_and_the_prompt_are_the_arms_own(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = prompt.template

    def template(version: str, name: str) -> str:
        return texts("v1", name)

    monkeypatch.setattr(prompt, "template", template)
    lanes = lanes_of(user=Treatment(prompt_version="v2", settings={"list_size_max": 20, "ask_after_rated": 2}))
    lanes.like_some(2)
    lanes.deliver()
    assert [one.prompt_version for one in lanes.fake_model.prompts] == ["v2"]
    assert len(the_list(lanes, "user").films) == 20
    lanes.like_some(2, "other")
    lanes.deliver()
    assert len(lanes.fake_model.prompts) == 1
    assert len(the_list(lanes, "other").films) > 20
