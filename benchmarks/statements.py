"""How many statements a payment costs: counted in the log of the database server, not in our own code."""

import collections
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.installation import Installation
from benchmarks.load import apply_load
from benchmarks.payments import plans

_ENTRY = re.compile(r"^\S+ \S+ \S+ \[(\d+)\] (\w+)@\w+ LOG:  (?:statement|execute [^:]+):(.*)$")
_NAMES = {
    "BEGIN": "BEGIN",
    "SET LOCAL app.organisation": "the organisation of the transaction",
    "SELECT u.id, m.id": "session, member, rights, second factor",
    "SELECT pg_try_advisory_xact_lock": "the key: lock it, find an earlier answer",
    "SELECT s.id, s.student_number": "the student's plans, for the receipt",
    "SELECT a.id, i.state": "lock the account; invoice, shift, used reference",
    "WITH room AS": "payment, waterfall, credit, double entry, audit",
    "WITH series AS": "gapless number and receipt",
    "INSERT INTO idempotency_storedanswer": "the answer, kept under its key",
    "COMMIT": "COMMIT",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What one payment sent to the server, on average."""

    payments: int
    #: What it was for, and how often it was sent for one payment.
    statements: list[tuple[str, float]]

    @property
    def per_payment(self) -> float:
        return sum(times for _, times in self.statements)


def count_statements(installation: Installation, seconds: float = 1.5) -> Counted:
    """Have the server log every statement for a moment while one cashier takes payments."""
    log_folder = Path(installation.configuration.home / "postgres").resolve() / "log"
    with psycopg.connect(**installation.administrator(), autocommit=True) as administrator:
        _log_statements(administrator, "all")
        marks = {path: path.stat().st_size for path in log_folder.glob("postgresql-*.log")}
        apply_load(installation.port, plans(installation, 1), seconds)
        _log_statements(administrator, "ddl")
    by_process: dict[str, list[str]] = collections.defaultdict(list)
    for path in log_folder.glob("postgresql-*.log"):
        for process, statement in _entries(path, marks.get(path, 0)):
            by_process[process].append(statement)
    # Only the connections that took payments: the worker and the supervisor ask things of their own.
    sent = [one for statements in by_process.values() if any(map(_is_payment, statements)) for one in statements]
    payments = sum(map(_is_payment, sent))
    found = collections.Counter(_name(statement) for statement in sent)
    # What came once in many payments (the organisation's name, a lease of permits) stands together in one line.
    usual = [(name, times / payments) for name, times in found.items() if times / payments > 0.5]
    rest = sum(times for name, times in found.items() if times / payments <= 0.5) / payments
    order = list(_NAMES.values())
    usual.sort(key=lambda pair: order.index(pair[0]) if pair[0] in order else len(order))
    return Counted(payments, [*usual, ("now and then: the organisation's facts, permits to ask", rest)])


def _log_statements(administrator: "psycopg.Connection[object]", which: str) -> None:
    administrator.execute(f"ALTER SYSTEM SET log_statement = '{which}'")
    administrator.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)


def _entries(path: Path, mark: int) -> Iterator[tuple[str, str]]:
    """Each statement of the ordinary role with the process that ran it; a statement may fill many lines."""
    with path.open(encoding="utf-8", errors="replace") as log:
        log.seek(mark)
        process, lines = "", [""]
        for line in [*log, "0000 end"]:
            if not line[:4].isdigit():
                lines.append(line)
                continue
            if process:
                yield process, " ".join(" ".join(lines).split())
            found = _ENTRY.match(line)
            process, lines = (found[1], [found[3]]) if found and found[2] == "rollbook_app" else ("", [])


def _is_payment(statement: str) -> bool:
    return "INSERT INTO billing_payment" in statement


def _name(statement: str) -> str:
    if not statement:
        return "nothing: the pool asks whether the connection still lives"
    return next((name for beginning, name in _NAMES.items() if statement.startswith(beginning)), statement[:60])
