"""Runs the tests that carry `@pytest.mark.example(system, number)` and lists the examples that none carries.

script/examples             every system
script/examples college     one of them
"""

import sys
from collections import defaultdict

import pytest

#: How many worked examples the specification of each system holds.
TOTALS = {"college": 42}


class Examples:
    """Keeps the tests of the asked systems and remembers how each example went."""

    def __init__(self, systems: list[str]) -> None:
        self.systems = systems
        self.tests: dict[tuple[str, int], set[str]] = defaultdict(set)
        self.failed: set[str] = set()
        self.passed: set[str] = set()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        kept = []
        for item in items:
            numbers = [mark.args for mark in item.iter_markers("example") if mark.args[0] in self.systems]
            for system, *given in numbers:
                for number in given:
                    self.tests[system, int(number)].add(item.nodeid)
            if numbers:
                kept.append(item)
        items[:] = kept

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.add(report.nodeid)
        elif report.when == "call" and report.passed:
            self.passed.add(report.nodeid)

    def is_covered(self, system: str, number: int) -> bool:
        """An example is covered when it has a test, and every test of it passed."""
        tests = self.tests.get((system, number), set())
        return bool(tests & self.passed) and not tests & self.failed

    def report(self, system: str) -> str:
        """What is missing, and last the count."""
        total = TOTALS[system]
        lines = []
        missing = [number for number in range(1, total + 1) if not self.tests.get((system, number))]
        unproved = [
            number for number in range(1, total + 1) if number not in missing and not self.is_covered(system, number)
        ]
        if missing:
            lines.append(f"{system}: no test yet for {', '.join(map(str, missing))}")
        if unproved:
            lines.append(f"{system}: failed or skipped: {', '.join(map(str, unproved))}")
        covered = sum(self.is_covered(system, number) for number in range(1, total + 1))
        return "\n".join([*lines, f"{system}: {covered}/{total}"])


def main(words: list[str]) -> int:
    """Run, then report."""
    systems = words or list(TOTALS)
    unknown = [word for word in systems if word not in TOTALS]
    if unknown:
        print(f"There is no system '{unknown[0]}'; these are: {', '.join(TOTALS)}.")
        return 2
    examples = Examples(systems)
    code = pytest.main(["-q", "src", "tests"], plugins=[examples])
    for system in systems:
        print(examples.report(system))
    return 0 if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED) else int(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
