"""One run of everything in a scratch installation: rounds that take turns, medians at the end."""

import argparse
import sys
from dataclasses import dataclass, field
from statistics import median

from benchmarks import bankfile, handwritten, lists, report
from benchmarks.installation import STUDENTS, Installation, running
from benchmarks.payments import Run, pay_over_http
from benchmarks.statements import Counted, count_statements

CLIENTS = (1, 8, 32)
LIST_CLIENTS = 8


@dataclass(slots=True)
class Results:
    """Everything that was measured, one entry for each round."""

    ours: dict[int, list[Run]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    by_hand: dict[int, list[float]] = field(default_factory=lambda: {clients: [] for clients in CLIENTS})
    hot: list[Run] = field(default_factory=list)
    listed: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    files: list[bankfile.Imported] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    deadlocks: int = 0
    statements: Counted | None = None

    def note(self, what: str, run: Run) -> None:
        """Keep what went wrong; a rate with refusals in it is no rate."""
        if run.seen.failures:
            self.failures.append(f"{what}: {run.seen.statuses}, first {run.seen.first_fault}")


def measure(installation: Installation, rounds: int, seconds: float) -> Results:
    """Every workload once in each round, ours and the measure next to each other."""
    results = Results()
    handwritten.make_tables(installation.owner(), installation.configuration.database_app_role, STUDENTS)
    for number in range(1, rounds + 1):
        for clients in CLIENTS:
            run = pay_over_http(installation, clients, seconds)
            results.note(f"{clients} clients", run)
            results.ours[clients].append(run)
            results.by_hand[clients].append(handwritten.pay_by_hand(installation.place(), clients, seconds).rate)
        run = pay_over_http(installation, 8, seconds, hot=True)
        results.note("10 hot plans", run)
        results.hot.append(run)
        print(f"  round {number} of {rounds}: {_line(results)}", flush=True)
    with lists.bare_server(installation) as port:
        for _ in range(rounds):
            results.listed.append(lists.read_list(installation, LIST_CLIENTS, seconds).rate)
            results.bare.append(lists.read_bare(port, LIST_CLIENTS, seconds).rate)
    results.statements = count_statements(installation)
    organisation_id = bankfile.open_roll()
    for number in range(1, rounds + 1):
        results.files.append(bankfile.import_file(organisation_id, number))
        print(f"  bank file {number} of {rounds}: {results.files[-1].rate:,.0f} payments/s", flush=True)
    results.deadlocks = _deadlocks(installation)
    _prove(installation)
    return results


def _line(results: Results) -> str:
    parts = [
        f"{clients} clients {results.ours[clients][-1].seen.rate:.0f}/s (by hand {results.by_hand[clients][-1]:.0f}/s)"
        for clients in CLIENTS
    ]
    return ", ".join([*parts, f"hot {results.hot[-1].seen.rate:.0f}/s"])


def _deadlocks(installation: Installation) -> int:
    import psycopg

    with psycopg.connect(**installation.administrator()) as connection:
        row = connection.execute("SELECT sum(deadlocks)::int FROM pg_stat_database").fetchone()
    return int(row[0]) if row else 0


def _prove(installation: Installation) -> None:
    """Fast and wrong would be worth nothing: the books must be right after all this."""
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.shared.billing.selectors import prove_books

    with tenant_scope(installation.college.organisation_id):
        if not prove_books().is_right:
            raise RuntimeError("The books are off after the load.")


def main() -> int:
    """Run, print, write into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--rounds", type=int, default=3, help="how often every workload is run, in turn (default: 3)")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each lasts (default: 4)")
    parser.add_argument("--dry-run", action="store_true", help="print only; leave docs/benchmarks.md as it is")
    arguments = parser.parse_args()
    print("Setting up a scratch installation …", flush=True)
    with running() as installation:
        results = measure(installation, arguments.rounds, arguments.seconds)
    page = report.section(results, rounds=arguments.rounds, seconds=arguments.seconds)
    print(page)
    if not arguments.dry_run:
        report.write(page)
    return 0 if report.targets_met(results) else 1


def middle(runs: list[Run]) -> float:
    """The median rate of some runs."""
    return median(run.seen.rate for run in runs)


if __name__ == "__main__":
    sys.exit(main())
