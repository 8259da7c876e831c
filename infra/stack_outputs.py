"""Which stack a command is about, and what that stack says of itself."""

import argparse
import os

DEFAULT_STACK = "kinosovet"


class StackUnknownError(Exception):
    """The stack cannot be asked, or does not say what the command has to know. The text is for the operator."""


class Outputs(dict[str, str]):
    """A stack's outputs by name. A missing one raises `StackUnknownError`: the stack is older than the command."""

    def __init__(self, stack: str, values: dict[str, str]) -> None:
        super().__init__(values)
        self.stack = stack

    def __missing__(self, name: str) -> str:
        raise StackUnknownError(f"the stack {self.stack} has no output {name}: deploy it again")


def add_stack(parser: argparse.ArgumentParser, *actions: argparse.ArgumentParser) -> None:
    """The option `--stack`, the same for every command that looks something up in a deployed stack. A command with
    actions takes it before or behind the action."""
    told = f"the stack's name; default: $STACK, else {DEFAULT_STACK}"
    parser.add_argument("--stack", default=os.environ.get("STACK") or DEFAULT_STACK, help=told)
    for action in actions:  # no default here: it would undo what stands before the action
        action.add_argument("--stack", default=argparse.SUPPRESS, help=told)


def outputs(stack: str) -> Outputs:
    """What the stack says of itself, by output name. `AWS_ENDPOINT_URL` leads to a local emulator.

    Raises:
        StackUnknownError: there is no such stack, or no way to the account.
    """
    import boto3  # here, so that a command's `--help` need not wait for it
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        described = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except (BotoCoreError, ClientError) as error:
        raise StackUnknownError(f"the stack {stack} cannot be looked up: {error}") from error
    return Outputs(stack, {one["OutputKey"]: one["OutputValue"] for one in described.get("Outputs", [])})
