"""What the local run hands on to the stack."""

from infra.deploy.template.parameters import parameters
from infra.local.up import CHOSEN, chosen


def test_a_variable_sets_its_parameter_and_an_empty_one_leaves_the_default() -> None:
    assert chosen({"REGISTRATIONS_PER_HOUR": "5", "ANYTHING": "1"}) == {"RegistrationsPerHour": "5"}
    assert chosen({"REGISTRATIONS_PER_HOUR": ""}) == {}


def test_every_variable_sets_a_parameter_that_the_stack_has() -> None:
    assert set(CHOSEN.values()) <= set(parameters())
