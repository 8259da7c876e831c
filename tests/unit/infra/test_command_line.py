"""One command line: the same options everywhere, examples that are understood, and a hint for what is not."""

import re
import shlex
import subprocess
import sys

import pytest
from botocore.exceptions import EndpointConnectionError

from infra.__main__ import COMMANDS, main, overview, parser_of
from tests.aws import aws_in_memory, stack_in_memory

WITHOUT_STACK = {"cost", "rehearse", "package", "openapi"}
USER = "6b1e63c8-5f7e-4b3e-8f0a-3a1d4f7b2c90"


@pytest.mark.parametrize("name", COMMANDS)
def test_examples_are_understood_when_help_is_read(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([name, "--help"])
    assert left.value.code == 0
    told = capsys.readouterr().out
    examples = re.findall(rf"^    (python -m infra {name}(?: .*)?)$", told, re.MULTILINE)
    assert examples
    for example in examples:
        parser_of(name).parse_args(shlex.split(example)[4:])


@pytest.mark.parametrize("name", sorted(set(COMMANDS) - WITHOUT_STACK))
def test_the_stack_is_said_in_the_same_way_everywhere(name: str) -> None:
    assert "--stack" in parser_of(name).format_help()


def test_the_stack_is_taken_from_the_environment_when_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STACK", raising=False)
    assert parser_of("rotate-keys").parse_args([]).stack == "kinosovet"
    monkeypatch.setenv("STACK", "films-test")
    assert parser_of("rotate-keys").parse_args([]).stack == "films-test"
    assert parser_of("rotate-keys").parse_args(["--stack", "other"]).stack == "other"


@pytest.mark.parametrize("arguments", [["--stack", "other", "show"], ["show", "--stack", "other"]])
def test_the_stack_is_taken_before_and_behind_an_action(arguments: list[str]) -> None:
    assert parser_of("dead-letters").parse_args(arguments).stack == "other"


def test_every_command_has_one_line_when_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, command in COMMANDS.items():
        assert [line.split(maxsplit=1)[1] for line in lines if line.startswith(f"  {name} ")] == [command.summary]
    assert max(len(line) for line in overview().splitlines()) <= 100


def test_the_one_that_was_meant_is_named_when_a_command_is_unknown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rotate-key"]) == 2
    assert "Did you mean rotate-keys?" in capsys.readouterr().err
    assert main([]) == 2


def test_no_library_is_waited_for_when_commands_are_listed() -> None:
    program = "import sys; from infra.__main__ import main; main(['--help']); print('boto3' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.endswith("False\n")


def test_no_trace_is_shown_when_a_pipe_is_closed_early() -> None:
    program = f"{sys.executable} -m infra --help | true; {sys.executable} -m infra package --help | true"
    assert subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True).stderr == ""


def test_the_operator_is_told_when_the_stack_is_not_there(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with aws_in_memory(monkeypatch):
        assert main(["sign-out", "--stack", "nowhere", "--user", USER]) == 1
        assert "nowhere cannot be looked up" in capsys.readouterr().err
        stack_in_memory("older", {"TokenKeys": "keys"})
        assert main(["sign-out", "--stack", "older", "--user", USER]) == 1
        assert "no output SessionsTable: deploy it again" in capsys.readouterr().err


def test_a_parameter_without_a_value_is_refused() -> None:
    with pytest.raises(SystemExit) as left:
        parser_of("deploy").parse_args(["--artifacts", "zips", "Protect"])
    assert left.value.code == 2


@pytest.mark.parametrize("command", [["server-keys", "list"], ["rotate-keys"], ["dead-letters", "show"]])
def test_no_trace_is_shown_when_aws_does_not_answer(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def away(_stack: str) -> dict[str, str]:
        raise EndpointConnectionError(endpoint_url="https://nowhere")

    module = COMMANDS[command[0]].module
    monkeypatch.setattr(f"{module}.outputs", away)
    assert main(command) == 1
    assert "Could not connect to the endpoint URL" in capsys.readouterr().err
