"""The parts of the one CloudFormation stack that Chalice does not write, by subject; `chalice package` merges them."""

from infra.template.alarms import alarms, dashboard
from infra.template.api import api
from infra.template.functions import function_globals, functions, logs
from infra.template.learning import learning
from infra.template.parameters import conditions, outputs, parameters
from infra.template.queues import queues
from infra.template.stores import secrets, stores
from infra.template.tables import tables

type Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def render() -> dict[str, object]:
    """What to hand to `chalice package --merge-template`."""
    return {
        "Description": "Kinosovet: film recommendations from a catalogue of your own",
        "Parameters": parameters(),
        "Conditions": conditions(),
        "Globals": {"Function": function_globals()},
        "Resources": {
            **tables(),
            **stores(),
            **learning(),
            **secrets(),
            **queues(),
            **logs(),
            **functions(),
            **api(),
            **alarms(),
            **dashboard(),
        },
        "Outputs": outputs(),
    }
