"""The command line: a plain sentence first, whatever goes wrong."""

import pytest

from rollbook.core.errors import Forbidden
from rollbook.site import commands
from rollbook.site.commands import CommandFailed, main
from rollbook.site.commands.registry import Command, Needs
from rollbook.site.commands.registry import commands as every_command
from rollbook.site.configuration import ConfigurationError


def offering(monkeypatch, run, **facts):
    command = Command("try", "Try it.", run, needs=Needs.NOTHING, **facts)
    monkeypatch.setattr(commands, "commands", lambda: [command])


def refusing(error):
    def run(_arguments):
        raise error

    return run


EXPECTED = [
    (ConfigurationError("ROLLBOOK_PORT: write a whole number."), "ROLLBOOK_PORT: write a whole number."),
    (CommandFailed("The file is empty."), "The file is empty."),
    (Forbidden(), "Your role does not allow this. Ask an administrator if you need it for your work."),
]


@pytest.mark.parametrize(("error", "sentence"), EXPECTED)
def test_an_expected_failure_is_a_sentence_and_nothing_else(monkeypatch, capsys, error, sentence):
    offering(monkeypatch, refusing(error))
    assert main(["try"]) == 1
    assert capsys.readouterr().err.splitlines()[0] == sentence


def test_an_unforeseen_failure_is_a_sentence_before_its_trace(monkeypatch, capsys):
    offering(monkeypatch, refusing(KeyError("lost")))
    assert main(["try"]) == 1
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert first == "Something went wrong that we did not foresee (KeyError): 'lost'"
    assert second.startswith("Traceback")


def test_ctrl_c_is_no_failure_to_explain(monkeypatch, capsys):
    offering(monkeypatch, refusing(KeyboardInterrupt()))
    assert main(["try"]) == 130
    assert capsys.readouterr().err == "Stopped.\n"


def test_an_unknown_command_is_a_sentence(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["enroll-everyone"])
    assert stopped.value.code == 2
    assert capsys.readouterr().err.splitlines()[0] == "There is no command 'enroll-everyone'. See rollbook --help."


def test_a_missing_argument_is_a_sentence_before_the_usage(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["create-organisation", "--slug", "s"])
    first, second, *_ = capsys.readouterr().err.splitlines()
    assert (stopped.value.code, second.split()[0]) == (2, "usage:")
    assert first == "The following arguments are required: --name, --system, --currency, --timezone."


def test_a_command_may_read_the_rest_of_its_line_itself(monkeypatch):
    seen = []
    offering(monkeypatch, lambda arguments: seen.append(arguments.rest) or 0, takes_rest=True)
    assert main(["try", "check", "--json", "-x"]) == 0
    assert seen == [["check", "--json", "-x"]]


def test_a_command_can_be_a_family_too(monkeypatch):
    seen = []
    family = [
        Command("demo", "All.", lambda _: seen.append("demo") or 0, needs=Needs.NOTHING),
        Command("demo load", "Load.", lambda _: seen.append("load") or 0, needs=Needs.NOTHING),
    ]
    monkeypatch.setattr(commands, "commands", lambda: family)
    assert [main(["demo"]), main(["demo", "load"])] == [0, 0]
    assert seen == ["demo", "load"]


def test_every_command_has_a_name_of_its_own_and_a_sentence():
    offered = every_command()
    assert {"up", "down", "web", "worker", "migrate", "doctor", "manage", "create-organisation", "demo"} <= {
        command.name for command in offered
    }
    assert [command.name for command in offered if not command.summary.endswith(".")] == []
