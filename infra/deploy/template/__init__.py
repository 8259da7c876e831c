"""The parts of the one CloudFormation stack that Chalice does not write, by subject; `chalice package` merges them."""

from infra.deploy.template.alarms import alarms, dashboard, topic
from infra.deploy.template.api import api, api_globals
from infra.deploy.template.functions import function_globals, functions, logs
from infra.deploy.template.learning import learning
from infra.deploy.template.parameters import conditions, outputs, parameters
from infra.deploy.template.queues import queues
from infra.deploy.template.stores import secrets, stores
from infra.deploy.template.tables import tables

type Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None


def render() -> dict[str, object]:
    """What to hand to `chalice package --merge-template`."""
    return {
        "Description": "Kinosovet: film recommendations from a catalogue of your own",
        "Parameters": parameters(),
        "Conditions": conditions(),
        "Globals": {"Function": function_globals(), "Api": api_globals()},
        "Resources": {
            **tables(),
            **stores(),
            **learning(),
            **secrets(),
            **queues(),
            **logs(),
            **functions(),
            **api(),
            **topic(),
            **alarms(),
            **dashboard(),
        },
        "Outputs": outputs(),
    }
