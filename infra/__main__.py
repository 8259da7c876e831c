"""The product's command line: `python -m infra COMMAND …`.

A command is a module with `add_arguments(parser)` and `run(given) -> int` (the exit code); its docstring is what
`--help` prints, examples included. It is imported when it is called, so the list of commands is there at once.
"""

import argparse
import difflib
import importlib
import os
import sys
from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple

from infra.stack_outputs import StackUnknownError

NOT_DONE, NOT_UNDERSTOOD = 1, 2


class Command(NamedTuple):
    """Where a command is, and what it is for in one line."""

    module: str
    summary: str


COMMANDS = {
    "deploy": Command("infra.deploy.stack", "create or update the stack"),
    "rollback": Command("infra.deploy.rollback", "go back to the package before the present one"),
    "teardown": Command("infra.deploy.teardown", "take the stack away with everything it holds"),
    "rehearse": Command("infra.rehearsal.command", "what would go wrong on AWS, without going there"),
    "package": Command("infra.deploy.package", "build what is deployed, and print the template's path"),
    "cost": Command(
        "infra.operator.cost.command", "a month's bill by the number of viewers, before anything is deployed"
    ),
    "openapi": Command("infra.clients.document", "write the OpenAPI document, which clients are generated from"),
    "films": Command("infra.catalog.command", "load a catalogue of films"),
    "map-roles": Command("infra.catalog.map_roles", "let the functions into an OpenSearch domain with access control"),
    "train": Command("infra.operator.train", "hand rating files to the learning job, or run it now"),
    "import": Command("infra.operator.import_file", "bring in what your viewers did, or films, by file"),
    "import-history": Command("infra.operator.import_history", "bring a viewer's long history into a site"),
    "status": Command("infra.operator.status", "how a stack is doing right now: questions, money, queues, learning"),
    "experiments": Command("infra.operator.experiments", "how experiments stand; start and stop them"),
    "explain": Command("infra.operator.explain", "why a film stands where it does in a viewer's list"),
    "letter": Command("infra.operator.letter", "a viewer's weekly letter, as it would be sent now"),
    "trace": Command("infra.operator.trace", "a request, followed from the API through both queues to the list"),
    "dead-letters": Command("infra.operator.dead_letters", "what no worker could handle, and back to work with it"),
    "rotate-keys": Command("infra.operator.rotate_keys", "sign access tokens with a new key from now on"),
    "revoke-key": Command("infra.operator.revoke_key", "take a leaked signing key out of use within seconds"),
    "server-keys": Command("infra.operator.server_keys", "make, list and revoke the keys of your own servers"),
    "roles": Command("infra.operator.roles", "make accounts operators, or take that from them"),
    "calibrate-tokens": Command(
        "infra.operator.calibrate_tokens", "our estimate of tokens beside GigaChat's own count"
    ),
    "sign-out": Command("infra.operator.sign_out", "end the sessions of one viewer, or of everybody"),
}


def main(arguments: Sequence[str]) -> int:
    """Runs one command. Returns its exit code: 0 done, 1 not done, 2 not understood (argparse's own number too)."""
    name = arguments[0] if arguments else ""
    if name in ("-h", "--help", "help"):
        print(overview())
        return 0
    if name not in COMMANDS:
        print(_hint(name) if name else overview(), file=sys.stderr)
        return NOT_UNDERSTOOD
    given = parser_of(name).parse_args(arguments[1:])
    try:
        return int(_module(name).run(given))
    except StackUnknownError as error:
        print(f"✗ {error}", file=sys.stderr)
        return NOT_DONE
    except Exception as error:
        # No network, no permission, no such bucket. By name: listing the commands must not wait for the library.
        if not type(error).__module__.startswith(("botocore.", "boto3.")):
            raise
        print(f"✗ AWS does not do it: {error}", file=sys.stderr)
        return NOT_DONE


def overview() -> str:
    """All commands, one line each."""
    lines = [f"  {name:18}{command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["usage: python -m infra COMMAND …", "", *lines, "", "python -m infra COMMAND --help says more."])


def parser_of(name: str) -> argparse.ArgumentParser:
    """The command's own parser."""
    command = _module(name)
    parser = argparse.ArgumentParser(
        prog=f"python -m infra {name}",
        description=command.__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,  # an operator's script must not break when an option is added
    )
    command.add_arguments(parser)
    return parser


def _module(name: str) -> ModuleType:
    return importlib.import_module(COMMANDS[name].module)


def _hint(name: str) -> str:
    alike = difflib.get_close_matches(name, COMMANDS, n=1)
    meant = f"Did you mean {alike[0]}? " if alike else ""
    return f"python -m infra: there is no command {name}. {meant}All of them: {', '.join(COMMANDS)}"


def program() -> int:
    """The command that the process was started with. Whoever reads its output may stop reading (`… | head`)."""
    try:
        try:
            return main(sys.argv[1:])
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nor may the flush at exit complain
        return NOT_DONE


if __name__ == "__main__":
    sys.exit(program())
