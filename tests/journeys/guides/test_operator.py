"""The guide for operators is true: its commands are typed, one after the other, in an installation of their own."""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import HTTPCookieProcessor, build_opener, urlopen

import pytest

from rollbook.site.rehearsal.scratch import free_port
from tests.journeys.guides.guide import Guide
from tests.journeys.guides.shell import Terminal, bare_environment, lines_missing

pytestmark = pytest.mark.journey

guide = Guide("operator")


@dataclass
class Operator:
    """Sits at a terminal; knows which tasks of the guide they did already."""

    terminal: Terminal
    done: set[str] = field(default_factory=set)

    def do(self, task: str) -> None:
        """Do a task of the guide, once."""
        if task not in self.done:
            self.done.add(task)
            guide.run(task, self)


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    place = Path(tempfile.mkdtemp(prefix="rollbook-guide-"))
    # The embedded database of somebody who works as root belongs to another user, who has to get in.
    place.chmod(0o755)
    terminal = Terminal(bare_environment(place / "home", free_port()), keeps=place)
    try:
        yield Operator(terminal)
    finally:
        subprocess.run(
            [sys.executable, "-m", "rollbook", "down"], env=terminal.environment, check=False, capture_output=True
        )
        shutil.rmtree(place)


@pytest.mark.parametrize("task", guide.headings)
def test_the_guide_for_operators_is_true(task, operator):
    operator.do(task)


def test_the_guide_for_operators_has_no_step_too_many_or_too_few():
    guide.compare()


def test_an_answer_that_was_not_given_is_noticed():
    assert lines_missing("Ready at … now.\nStop it.", "Ready at 8700 now.\nand\nStop it.") == ""
    assert lines_missing("Ready at … now.", "Ready at 8700.") == "Ready at … now."
    assert lines_missing("Stop it.\nReady.", "Ready.\nStop it.") == "Ready."


def after(*tasks: str) -> Callable[[Operator], None]:
    """What the guide had one do before."""

    def prepare(operator: Operator) -> None:
        for task in tasks:
            operator.do(task)

    return prepare


def types(operator: Operator, *blocks: str) -> None:
    """Type the commands of a step and read the answer that the page promises."""
    operator.terminal.type(*blocks)


# Commands that say by themselves whether they succeeded; the page says what they answer.

install = guide.task("Install")
install.step("In the checkout, make the environment. With nothing to do it returns at once.")(types)


@install.step("Say where the installation lives.")
def _(operator, commands):
    operator.terminal.type(commands)
    # Work goes on outside the checkout, where a guide's files do not belong.
    operator.terminal.folder = operator.terminal.keeps


@install.step("Start everything. The first time makes the database and takes about a minute.")
def _(operator, commands, answer):
    said = operator.terminal.type(commands, answer)
    address = re.search(r"http://[\w.]+:\d+", said).group()
    with urlopen(f"{address}/health/ready", timeout=30) as ready:
        assert ready.status == 200


install.step("Ask whether all is well.")(types)

open_one = guide.task("Open an institution", given=after("Install"))
open_one.step("Open it, with the short name that stands in its addresses.")(types)


@open_one.step(
    "Invite its first administrator. The link works once, for 72 hours; hand it over in person or by a message that "
    "only they read."
)
def _(operator, commands, answer):
    link = operator.terminal.type(commands, answer).split()[-1]
    with build_opener(HTTPCookieProcessor()).open(link, timeout=30) as page:
        assert "Welcome, Andres Lim." in page.read().decode()


open_one.step("See who is here.")(types)

students = guide.task("Import students", given=after("Install", "Open an institution"))
students.step(
    "Write a file with one line for each student and term; [its columns](../reference/files-in-and-out.md) are few."
)(types)
students.step("Try it first. Nothing is changed, and every mistake is named with its line.")(types)


@students.step("Import it. With `--create-missing`, programmes and terms that do not stand yet are opened.")
def _(operator, commands, answer):
    operator.terminal.type(commands, answer)
    said = operator.terminal.type("rollbook export accounts --organisation riverside --format csv")
    assert said.count("260001,2026-1,") == said.count("260002,2026-1,") == 6


restart = guide.task("Stop and start", given=after("Install"))


@restart.step("Stop everything that this installation started, and nothing else. Requests get 20 seconds to end.")
def _(operator, commands, answer):
    operator.terminal.type(commands, answer)
    operator.terminal.type("rollbook down", "Nothing was running.")


restart.step("Start it again; migrations of a newer version are applied before anybody is served.")(types)
restart.step("See what waits to be done in the background, and whether a worker is alive.")(types)

launch = guide.task("Check before launch", given=after("Install"))
launch.step("Check one item; exit code 0 means that it is green.")(types)
launch.step("Ask what an item is, what it found lately, and what to do when it is red.")(types)
launch.step("Prove that nobody altered a result.")(types)

books = guide.task("Prove the books", given=after("Install", "Open an institution", "Import students"))
books.step("Prove that what was received is what was allocated, credited and given back, and that debits are credits.")(
    types
)
books.step(
    "Prove the audit trail against its seals. What to do when something is wrong: [proving the audit "
    "trail](proving-the-audit-trail.md)."
)(types)

backup = guide.task("Back up", given=after("Install", "Open an institution", "Import students"))
backup.step("Stop, so that the copy is of one moment.")(types)
backup.step(
    "Copy the whole folder into one file. If the database lies elsewhere because you run as root (`postgres` is a "
    "link), copy that folder too."
)(types)
backup.step(
    "Start again, and carry the file to another machine. It holds the keys: whoever has it can read everything."
)(types)


def a_backup_and_what_came_later(operator: Operator) -> None:
    operator.do("Back up")
    facts = "--system college --currency PHP --timezone Asia/Manila"
    operator.terminal.type(f"rollbook create-organisation --slug mistake --name Mistake {facts}")


restore = guide.task("Restore", given=a_backup_and_what_came_later)
restore.step("Stop, and put what is there aside. Do not delete it yet.")(types)
restore.step("Lay the backup in its place and start.")(types)


@restore.step("Prove what came back.")
def _(operator, commands, answer):
    operator.terminal.type(commands, answer)
    operator.terminal.type("rollbook organisations", "riverside: Riverside College")
    assert "mistake" not in operator.terminal.said[-1]
    assert operator.terminal.type("rollbook export accounts --organisation riverside").count("2026-1") == 12


drill = guide.task("Hold a drill", given=after("Install"))
drill.step("See which drills there are.")(types)
