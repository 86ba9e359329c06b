"""Runs the lanes of tests and stops at the first that fails, saying which.

script/test                 every lane
script/test fast            format, types, contracts and the fast tests
script/test races journeys  these lanes
script/test --list          what each lane holds
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
CLOSING = re.compile(r"^=*\s*(?P<counts>(?:\d+ [a-z]+(?:, )?)+) in [\d.]+s")


@dataclass(frozen=True)
class Lane:
    """One group of checks."""

    name: str
    holds: str
    commands: tuple[tuple[str, ...], ...]
    before: Callable[[], None] | None = None
    #: Folders without which there is nothing to run yet.
    folders: tuple[str, ...] = ()

    @property
    def is_there(self) -> bool:
        return not self.folders or any((ROOT / folder).is_dir() for folder in self.folders)


@dataclass
class Tally:
    """How many tests ran in all lanes."""

    counts: dict[str, int] = field(default_factory=dict)

    def add(self, line: str) -> None:
        closing = CLOSING.match(line.strip())
        for number, word in re.findall(r"(\d+) ([a-z]+)", closing["counts"]) if closing else ():
            self.counts[word] = self.counts.get(word, 0) + int(number)

    def line(self) -> str:
        failed = self.counts.get("failed", 0) + self.counts.get("error", 0) + self.counts.get("errors", 0)
        skipped = f", {self.counts['skipped']} skipped" if self.counts.get("skipped") else ""
        return f"tests: {self.counts.get('passed', 0)} passed, {failed} failed{skipped}"


def pytest_over(*places: str, workers: int = 0) -> tuple[str, ...]:
    """A pytest command over folders."""
    spread = ("-n", str(workers), "--dist", "loadfile") if workers else ()
    return (PYTHON, "-m", "pytest", "-q", *spread, *places)


def find_browser() -> None:
    """Put the path of a Chromium where the journeys look for it."""
    from rollbook.site.testing.browser import NoBrowser, ensure_browser

    try:
        os.environ["ROLLBOOK_TEST_BROWSER"] = str(ensure_browser())
    except NoBrowser as refusal:
        sys.exit(f"journeys: {refusal}")


CHECKED = tuple(place for place in ("src", "tests", "script", "benchmarks", "conftest.py") if (ROOT / place).exists())
HOME = os.environ.get("ROLLBOOK_TEST_HOME") or str(ROOT / ".rollbook-test")
CORES = os.cpu_count() or 1
LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"

LANES = (
    Lane(
        "lint",
        "format, imports and habits (ruff)",
        (
            (PYTHON, "-m", "ruff", "format", "--check", "--quiet", *CHECKED),
            (PYTHON, "-m", "ruff", "check", "--quiet", *CHECKED),
        ),
    ),
    Lane("types", "strict types (mypy)", ((PYTHON, "-m", "mypy", "src/rollbook", "benchmarks"),)),
    Lane("contracts", "which room may import which (import-linter)", ((PYTHON, "-c", LINT_IMPORTS),)),
    Lane(
        "migrations",
        "models and migrations agree; a fresh database is the one that Django's own command makes",
        (
            (PYTHON, "-m", "rollbook", "manage", "makemigrations", "--check", "--dry-run"),
            pytest_over("tests/schema"),
        ),
    ),
    Lane(
        "tests",
        "rules, services, database rules and architecture",
        (pytest_over("src", "tests/architecture", workers=min(CORES, 4)),),
    ),
    Lane(
        "isolation",
        "another organisation, a lower role, nobody",
        (pytest_over("tests/isolation"),),
        None,
        ("tests/isolation",),
    ),
    Lane(
        "races",
        "several at the same moment, each with a control",
        (pytest_over("tests/races"),),
        None,
        ("tests/races",),
    ),
    Lane(
        "api", "the whole API against its description (schemathesis)", (pytest_over("tests/api"),), None, ("tests/api",)
    ),
    Lane("drills", "processes are killed and come back", (pytest_over("tests/drills"),), None, ("tests/drills",)),
    Lane(
        "journeys",
        "people's ways in a real browser",
        (pytest_over("tests/journeys", workers=min(CORES, 2)),),
        find_browser,
        ("tests/journeys",),
    ),
    Lane("docs", "what the documentation says is true", (pytest_over("tests/docs"),), None, ("tests/docs",)),
)
#: Lanes that use one core each and measure no time: they run beside each other where there are two.
BESIDE = (("types", "contracts", "migrations"), ("isolation", "api", "docs"))
GROUPS = {"fast": ("lint", "types", "contracts", "migrations", "tests"), "all": tuple(lane.name for lane in LANES)}


def chosen(words: Sequence[str]) -> list[Lane]:
    """The lanes that were asked for, in their order."""
    names = {name for word in words or ["all"] for name in GROUPS.get(word, (word,))}
    unknown = names - {lane.name for lane in LANES}
    if unknown:
        known = ", ".join([*GROUPS, *(lane.name for lane in LANES)])
        sys.exit(f"There is no lane '{min(unknown)}'; these are: {known}.")
    return [lane for lane in LANES if lane.name in names and lane.is_there]


def steps(lanes: Sequence[Lane]) -> list[list[Lane]]:
    """The lanes in their order, those that may run beside each other together."""
    found: list[list[Lane]] = []
    for lane in lanes:
        together = next((names for names in BESIDE if CORES > 1 and lane.name in names), (lane.name,))
        step = next((step for step in found if step[0].name in together), None)
        if step is None:
            found.append([lane])
        else:
            step.append(lane)
    return found


def run(step: Sequence[Lane], tally: Tally) -> list[str]:
    """Run one lane, or several beside each other; name those that failed."""
    if len(step) == 1:
        return [] if passes(step[0], tally, partial(print, flush=True)) else [step[0].name]
    # What each says is kept until it is through, so that nobody reads two at once.
    said: list[list[str]] = [[] for _ in step]
    failed = []
    with ThreadPoolExecutor(CORES) as pool:
        runs = [pool.submit(passes, lane, tally, lines.append) for lane, lines in zip(step, said, strict=True)]
        for lane, lines, outcome in zip(step, said, runs, strict=True):
            if not outcome.result():
                failed.append(lane.name)
            print("\n".join(lines), flush=True)
    return failed


def passes(lane: Lane, tally: Tally, say: Callable[[str], object]) -> bool:
    """Run one lane, telling what it says; tell whether it passed."""
    say(f"── {lane.name}: {lane.holds}")
    started = time.monotonic()
    if lane.before is not None:
        lane.before()
    for command in lane.commands:
        if not succeeds(command, lane, tally, say):
            say(f"── {lane.name}: FAILED after {time.monotonic() - started:.1f} s")
            return False
    say(f"── {lane.name}: passed in {time.monotonic() - started:.1f} s")
    return True


def succeeds(command: Sequence[str], lane: Lane, tally: Tally, say: Callable[[str], object]) -> bool:
    """Run one command with the tests' own home and a database of its lane, passing its lines on as they come."""
    environment = {**os.environ, "PYTHONUNBUFFERED": "1", "ROLLBOOK_TEST_DB_SUFFIX": lane.name}
    # Tests are rewritten as they are loaded: every lane would do that anew for what it shares with the one before.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if "rollbook" in command:
        environment |= {"ROLLBOOK_HOME": HOME, "ROLLBOOK_LOG_LEVEL": "WARNING"}
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        text=True,
    )  # fmt: skip
    if process.stdout is None:
        raise RuntimeError("The output of a lane cannot be read.")
    for line in process.stdout:
        say(line.rstrip("\n"))
        tally.add(line)
    return process.wait() == 0


def is_server_running() -> bool:
    """Whether the tests' embedded server runs already, because somebody else works with it."""
    from rollbook.site.configuration import Configuration
    from rollbook.site.runtime.postgres import EmbeddedPostgres

    return EmbeddedPostgres(Configuration(home=Path(HOME))).is_running()


def stop_server() -> None:
    """Stop the tests' embedded server."""
    from rollbook.site.configuration import Configuration
    from rollbook.site.runtime.postgres import EmbeddedPostgres

    EmbeddedPostgres(Configuration(home=Path(HOME))).stop()


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description="Run the lanes of tests.", usage="script/test [--list] [LANE …]")
    parser.add_argument("lanes", nargs="*", metavar="LANE")
    parser.add_argument("--list", action="store_true", help="name the lanes and stop")
    arguments = parser.parse_args()
    lanes = chosen(arguments.lanes)
    if arguments.list:
        width = max(len(lane.name) for lane in lanes)
        print("\n".join(f"{lane.name:{width}}  {lane.holds}" for lane in lanes))
        return 0
    was_running = is_server_running()
    started, tally = time.monotonic(), Tally()
    try:
        failed = next((names for step in steps(lanes) if (names := run(step, tally))), [])
    finally:
        if not was_running:
            stop_server()
    seconds = time.monotonic() - started
    if failed:
        which = " ".join(failed)
        print(f"Failed: {which}. The lanes after were not run. Repeat this alone with: script/test {which}")
    else:
        print(f"{len(lanes)} lanes passed in {seconds:.0f} s.")
    print(tally.line(), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
