"""A bank file of 20,000 rows, all by command line, against books that are kept here a second time in another way."""

import csv
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.drill

STUDENTS = 900
ROWS = 20_000
MALFORMED_AMOUNTS = ("0", "-5", "1e3", "5,000.00", "12.345", "NaN", "10000000.00", "", "5000.00 PHP")
METHODS = ("BANK_TRANSFER", "EWALLET", "CHECK", "CARD")


@dataclass
class Paper:
    """The two files and what they mean, worked out without any of Rollbook's code."""

    students: list[list[str]] = field(default_factory=list)
    payments: list[list[str]] = field(default_factory=list)
    credited: list[list[str]] = field(default_factory=list)
    #: Student → what each month costs and has got, in centavos.
    dues: dict[str, list[int]] = field(default_factory=dict)
    received: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def accounts(self) -> set[tuple[str, str, str, str, str, str]]:
        """The rows of the export, as a clerk with a ledger would write them."""
        rows = set()
        for student, dues in self.dues.items():
            left, months = self.received[student], []
            for due in dues:
                months.append(min(due, left))
                left -= months[-1]
            for number, (due, paid) in enumerate(zip(dues, months, strict=True), start=1):
                term = "2026-2" if student.startswith("T") and number > 6 else "2026-1"
                shown = number - 6 if term == "2026-2" else number
                rows.add((student, term, str(shown), pesos(due), pesos(paid), pesos(left)))
        return rows


def pesos(centavos: int) -> str:
    return f"{centavos // 100}.{centavos % 100:02d}"


def shares(total: int, parts: int) -> list[int]:
    """Equal parts; the odd centavos go to the first ones."""
    return [total // parts + (1 if part < total % parts else 0) for part in range(parts)]


def write_paper(chance: random.Random) -> Paper:
    paper = Paper()
    for number in range(STUDENTS):
        student, parts = f"S{number:05d}", chance.choice((1, 3, 5, 6, 6, 6, 12))
        total = chance.randrange(900_000, 6_000_000)
        paper.dues[student] = shares(total, parts)
        paper.students.append([student, "Ñ-Santos", f"Given {number}", "BSIT", "2026-1", pesos(total), str(parts), "2026-08-31"])  # fmt: skip
    for number in range(20):
        # Two open terms: a bank file cannot say which is meant.
        for term in ("2026-1", "2026-2"):
            paper.students.append([f"T{number:05d}", "Reyes", "Two terms", "BSIT", term, "6000.00", "6", "2026-08-31"])
        paper.dues[f"T{number:05d}"] = [100_000] * 12
    for number in range(ROWS):
        add_payment(paper, number, chance)
    return paper


def add_payment(paper: Paper, number: int, chance: random.Random) -> None:
    """One row of the bank's file: most are good, the others are spoilt in one of the ways that files are."""
    student, amount = f"S{chance.randrange(STUDENTS):05d}", chance.randrange(1, 400_000)
    row = [f"BANK-{number:06d}", student, pesos(amount), chance.choice(METHODS), "2026-09-01T09:30"]
    kind = chance.randrange(100) if paper.credited else 99
    if kind < len(SPOILT):
        paper.payments.append(SPOILT[kind](row, paper, chance))
        return
    if kind == len(SPOILT):
        # Far more than the plan costs: the rest is credit.
        amount = chance.randrange(5_000_000, 20_000_000)
        row[2] = pesos(amount)
    paper.received[student] += amount
    paper.credited.append(row)
    paper.payments.append(row)


def with_cell(row: list[str], place: int, text: str) -> list[str]:
    return [*row[:place], text, *row[place + 1 :]]


#: Ways in which one row in a hundred each cannot be credited.
SPOILT: tuple[Callable[[list[str], Paper, random.Random], list[str]], ...] = (
    lambda row, paper, chance: list(chance.choice(paper.credited)),
    lambda row, paper, chance: with_cell(chance.choice(paper.credited), 2, row[2]),
    lambda row, paper, chance: with_cell(chance.choice(paper.credited), 1, row[1]),
    lambda row, paper, chance: with_cell(row, 1, f"X{chance.randrange(9999)}"),
    lambda row, paper, chance: with_cell(row, 1, f"T{chance.randrange(20):05d}"),
    lambda row, paper, chance: with_cell(row, 2, chance.choice(MALFORMED_AMOUNTS)),
    lambda row, paper, chance: with_cell(row, chance.choice((0, 1, 3, 4)), ""),
    lambda row, paper, chance: with_cell(row, 3, "BARTER"),
    lambda row, paper, chance: with_cell(row, 4, "31.08.2026"),
    lambda row, paper, chance: row[:3],
)


class CommandLine:
    """One installation, spoken to as an operator does."""

    def __init__(self, home: Path) -> None:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("ROLLBOOK_", "DATABASE_"))
        }
        self.environment = inherited | {"ROLLBOOK_HOME": str(home), "ROLLBOOK_LOG_LEVEL": "WARNING"}

    def say(self, *words: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rollbook", *words],
            env=self.environment, capture_output=True, text=True, timeout=300, check=False, cwd="/",
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout


@pytest.fixture
def command_line() -> Iterator[CommandLine]:
    home = Path(tempfile.mkdtemp(prefix="rollbook-bank-"))
    home.chmod(0o755)
    spoken = CommandLine(home)
    try:
        yield spoken
    finally:
        spoken.say("down")
        shutil.rmtree(home)


def write_csv(path: Path, heading: str, rows: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(heading.split(","))
        writer.writerows(rows)
    return path


def test_every_good_row_is_credited_once_and_the_accounts_agree_with_a_second_reckoning(
    command_line: CommandLine, tmp_path: Path
) -> None:
    paper = write_paper(random.Random(20261121))
    students = write_csv(
        tmp_path / "students.csv",
        "student_number,family_name,given_name,programme,term,plan_total,instalments,first_due_on",
        paper.students,
    )
    payments = write_csv(tmp_path / "payments.csv", "reference,student_number,amount,method,paid_at", paper.payments)
    command_line.say(
        "create-organisation", "--slug", "s", "--name", "N", "--system", "college", "--currency", "PHP",
        "--timezone", "Asia/Manila",
    )  # fmt: skip
    command_line.say("import", "students", "--organisation", "s", "--file", str(students), "--create-missing")

    first = command_line.say("import", "payments", "--organisation", "s", "--file", str(payments))
    again = command_line.say("import", "payments", "--organisation", "s", "--file", str(payments))

    counts = (
        f"{ROWS} rows: {len(paper.credited)} credited, {ROWS - len(paper.credited)} waiting in the unmatched queue."
    )
    assert first.strip().endswith(counts)
    assert again.splitlines() == ["This file was imported before; nothing was changed.", counts]
    exported = tmp_path / "accounts.csv"
    command_line.say("export", "accounts", "--organisation", "s", "--format", "csv", "--file", str(exported))
    with exported.open(newline="", encoding="utf-8") as file:
        heading, *rows = csv.reader(file)
    assert heading == ["student_number", "term", "instalment", "due", "paid", "credit"]
    assert len(rows) == sum(len(dues) for dues in paper.dues.values())
    assert {tuple(row) for row in rows} == paper.accounts()
    books = command_line.say("books", "--organisation", "s").splitlines()
    received = pesos(sum(paper.received.values()))
    assert re.fullmatch(rf"received {received} = allocated [\d.]+ \+ credit [\d.]+ \+ refunded 0\.00", books[1])
    debits = re.fullmatch(r"debits ([\d.]+) = credits ([\d.]+)", books[2])
    assert debits is not None
    assert debits[1] == debits[2]
