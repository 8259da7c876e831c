"""The product's command line: `python -m infra COMMAND …`; each command explains itself with `--help`."""

import importlib
import sys
from collections.abc import Sequence

COMMANDS = {
    "deploy": "infra.deploy.stack",
    "rollback": "infra.deploy.rollback",
    "teardown": "infra.deploy.teardown",
    "package": "infra.deploy.package",
    "films": "infra.catalog.command",
    "dead-letters": "infra.operator.dead_letters",
    "explain": "infra.operator.explain",
    "import-history": "infra.operator.import_history",
    "rotate-keys": "infra.operator.rotate_keys",
    "sign-out": "infra.operator.sign_out",
    "train": "infra.operator.train",
}


def main(arguments: Sequence[str]) -> int:
    """Runs one command; its exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print(f"python -m infra COMMAND …, one of: {', '.join(COMMANDS)}", file=sys.stderr)
        return 2
    sys.argv = [f"python -m infra {arguments[0]}", *arguments[1:]]
    return int(importlib.import_module(COMMANDS[arguments[0]]).main() or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
