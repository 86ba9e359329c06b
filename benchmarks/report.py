"""What came out, as a section of docs/benchmarks.md that the run itself writes between its markers."""

import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.handwritten import STATEMENTS as HAND_STATEMENTS

if TYPE_CHECKING:
    from benchmarks.session import Results

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
HEADING = """\
# Measured

Figures of one machine at one moment; what lasts are the ratios, because both sides were measured in the same run.

"""


def targets(results: "Results") -> list[tuple[str, float, float]]:
    """Each target: what, what we got, what it must be at least."""
    ours = {clients: median(run.seen.rate for run in runs) for clients, runs in results.ours.items()}
    by_hand = {clients: median(rates) for clients, rates in results.by_hand.items()}
    return [
        ("8 clients, of hand-written SQL", ours[8] / by_hand[8], 0.20),
        ("32 clients, of our own rate at 8", ours[32] / ours[8], 0.90),
        ("10 hot plans, of the spread rate (8 clients)", median(r.seen.rate for r in results.hot) / ours[8], 0.60),
        ("the list of 50, of the bare view (8 clients)", median(results.listed) / median(results.bare), 0.40),
        ("bank file, payments a second", median(file.rate for file in results.files), 5_000),
    ]


def targets_met(results: "Results") -> bool:
    """Whether every target was reached and nothing failed."""
    return not results.failures and not results.deadlocks and all(got >= least for _, got, least in targets(results))


def section(results: "Results", *, rounds: int, seconds: float) -> str:
    """The section as Markdown."""
    ours = {clients: median(run.seen.rate for run in runs) for clients, runs in results.ours.items()}
    rows = [
        [
            f"{clients}", f"{ours[clients]:,.0f}/s", f"{median(results.by_hand[clients]):,.0f}/s",
            f"{ours[clients] / median(results.by_hand[clients]):.2f}",
            f"{_middle(runs, 'median_ms'):.0f} ms", f"{_middle(runs, 'slow_ms'):.0f} ms",
            f"{median(r.web_ms for r in runs):.1f} ms", f"{median(r.database_ms for r in runs):.1f} ms",
            f"{_middle(runs, 'client_ms'):.2f} ms",
        ]
        for clients, runs in results.ours.items()
    ]  # fmt: skip
    titles = [
        "clients", "payments over HTTP", "by hand", "ratio", "median", "95 %", "web server", "database", "load"
    ]  # fmt: skip
    kept = [
        [what, _figure(got), _figure(least), "yes" if got >= least else "**no**"]
        for what, got, least in targets(results)
    ]
    file = results.files[0]
    return "\n".join(
        [
            "## Payments, lists, bank files",
            "",
            f"{datetime.now(UTC):%d %B %Y}, {_machine()}, database, web server, worker and clients on it together; "
            f"medians of {rounds} rounds of {seconds:.0f} s that take turns. The load of other work just then: "
            f"{os.getloadavg()[2]:.1f}.",
            "",
            *_table(["target", "got", "at least", "met"], kept),
            "",
            f"Answers that were no success: {len(results.failures)}; deadlocks: {results.deadlocks}; "
            "the books of the college at the counter were proved afterwards.",
            *[f"- {failure}" for failure in results.failures],
            "",
            "The last columns: processor time of web server, database and the load itself for one payment.",
            "",
            *_table(titles, rows),
            "",
            f"The list: {median(results.listed):,.0f}/s, the bare view {median(results.bare):,.0f}/s. The bank file: "
            f"{file.rows:,} rows, {file.credited:,} credited and {file.waiting:,} kept waiting with their reason, in "
            f"{median(one.seconds for one in results.files):.1f} s.",
            "",
            *_statements(results),
            "",
            _remaining(results),
        ]
    )


def write(text: str, *, name: str = "speed") -> None:
    """Put a section between its markers, and leave the rest of the page as it is."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEADING
    begin, end = f"<!-- {name}: written by its benchmark -->", f"<!-- end of {name} -->"
    block = f"{begin}\n{text}\n{end}"
    if begin in page:
        before, _, rest = page.partition(begin)
        page = before + block + rest.partition(end)[2]
    else:
        page = f"{page.rstrip()}\n\n{block}\n"
    PAGE.write_text(page, encoding="utf-8")


def _statements(results: "Results") -> list[str]:
    counted = results.statements
    if counted is None:
        return []
    return [
        f"What a payment sends to the database, counted in the log of the server over {counted.payments} payments "
        f"({counted.per_payment:.1f} statements; hand-written: {HAND_STATEMENTS}):",
        "",
        *_table(["statement", "times"], [[name, f"{times:.2f}"] for name, times in counted.statements]),
    ]


def _remaining(results: "Results") -> str:
    runs = results.ours[8]
    web, database = median(r.web_ms for r in runs), median(r.database_ms for r in runs)
    both = web + database
    return (
        f"What the remaining cost is made of, at 8 clients: {web / both:.0%} is Python in the web server (HTTP, "
        "session, permission, checks of the body, statements bound and read, the answer encoded), "
        f"{database / both:.0%} is PostgreSQL (row policies, references and indexes of every table it writes, the "
        "receipt's number under its lock until the commit is on disk); planning is paid once for each connection."
    )


def _middle(runs: "Sequence[Any]", name: str) -> float:
    return float(median(getattr(run.seen, name) for run in runs))


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"


def _machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    return f"{os.cpu_count()} cores ({model}), Python {platform.python_version()}"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return [
        f"| {' | '.join(titles)} |",
        f"|{'---|' * len(titles)}",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
