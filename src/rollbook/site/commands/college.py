"""Files in and out of a college, and the proof of its books."""

import csv
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from rollbook.core.figures import plain
from rollbook.site.commands.registry import Command

if TYPE_CHECKING:
    from rollbook.shared.billing.selectors import Books


def _organisation(parser: ArgumentParser) -> None:
    parser.add_argument("--organisation", required=True, help="the organisation's short name")


def _import_arguments(parser: ArgumentParser) -> None:
    _organisation(parser)
    parser.add_argument("--file", required=True, type=Path, help="a CSV or XLSX file")


def _import_students_arguments(parser: ArgumentParser) -> None:
    _import_arguments(parser)
    parser.add_argument("--create-missing", action="store_true", help="open programmes and terms that do not stand yet")
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")
    parser.add_argument("--valid-only", action="store_true", help="import the good rows although others have errors")


def import_students(arguments: Namespace) -> int:
    """Enter students, their enrolments and their plans."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.core.tenancy.selectors import organisation_by_slug
    from rollbook.systems.college.fees.services.enroller import PlanEnroller
    from rollbook.systems.college.records.selectors import import_rows
    from rollbook.systems.college.records.services import import_students as act

    organisation = organisation_by_slug(arguments.organisation)
    actor = Actor.system(organisation.id, job="command: import students")
    with tenant_scope(organisation.id):
        run = act(
            actor, file_name=arguments.file.name, content=arguments.file.read_bytes(), dry_run=arguments.dry_run,
            create_missing=arguments.create_missing, valid_only=arguments.valid_only, enroller=PlanEnroller(),
        )  # fmt: skip
        faults = [(row.line, fault) for row in import_rows(run, only_errors=True)[:50] for fault in row.errors]
    print(f"{run.rows_total} rows read, {run.rows_with_errors} with errors.")
    for line, fault in faults:
        print(f"  line {line}: {fault['field']}: {fault['message']}")
    if run.state == run.State.COMMITTED:
        print("Imported.")
    elif run.rows_with_errors and not arguments.valid_only:
        print("Nothing was imported.")
    else:
        print("They can be imported. Nothing was changed.")
    return 1 if run.rows_with_errors and not arguments.valid_only else 0


def _import_curriculum_arguments(parser: ArgumentParser) -> None:
    _import_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="only say what would happen")


def import_curriculum(arguments: Namespace) -> int:
    """Draft a curriculum with its subjects; impossible prerequisites, rings and unit totals are told."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.core.tenancy.selectors import organisation_by_slug
    from rollbook.systems.college.catalogue.services import import_curriculum as act

    organisation = organisation_by_slug(arguments.organisation)
    actor = Actor.system(organisation.id, job="command: import curriculum")
    with tenant_scope(organisation.id):
        found = act(
            actor, file_name=arguments.file.name, content=arguments.file.read_bytes(), dry_run=arguments.dry_run
        )
    print(f"{found.name or 'The file'}: {found.subjects_read} subjects read, {len(found.new_codes)} of them new.")
    for year, semester, units in found.units_by_term:
        print(f"  year {year} {semester.lower()}: {plain(units)} units")
    if found.units_by_term:
        print(f"  {plain(found.total_units)} units in all")
    for warning in found.warnings:
        print(f"  warning: {warning}")
    for error in found.errors:
        print(f"  {error.sentence}")
    if found.errors:
        print("Nothing was imported.")
    elif found.curriculum_id is None:
        print("It can be imported. Nothing was changed.")
    else:
        print("Drafted. The head registrar approves it on its page.")
    return 1 if found.errors else 0


def import_payments(arguments: Namespace) -> int:
    """Credit a bank file; rows that cannot be matched wait with their reason."""
    from rollbook.core.permissions.actor import Actor
    from rollbook.core.tenancy.selectors import organisation_by_slug
    from rollbook.systems.college.fees.services.bankfiles import import_payments as act

    organisation = organisation_by_slug(arguments.organisation)
    actor = Actor.system(organisation.id, job="command: import payments")
    outcome = act(actor, name=arguments.file.name, content=arguments.file.read_bytes())
    if outcome.was_imported_before:
        print("This file was imported before; nothing was changed.")
    waiting = f"{outcome.unmatched_count} waiting in the unmatched queue"
    print(f"{outcome.row_count} rows: {outcome.credited_count} credited, {waiting}.")
    return 0


def _export_arguments(parser: ArgumentParser) -> None:
    _organisation(parser)
    parser.add_argument("--format", choices=["csv"], default="csv")
    parser.add_argument("--file", type=Path, help="where to write; standard output when left out")


def export_accounts(arguments: Namespace) -> int:
    """Every instalment of every student: due, paid, and the student's credit."""
    from rollbook.core.money import Money
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.core.tenancy.selectors import organisation_by_slug
    from rollbook.systems.college.fees.selectors import every_account

    with tenant_scope(organisation_by_slug(arguments.organisation).id):
        rows = every_account()
    target = arguments.file.open("w", newline="", encoding="utf-8") if arguments.file else sys.stdout
    try:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(["student_number", "term", "instalment", "due", "paid", "credit"])
        for number, term, instalment, due, paid, credit, currency in rows:
            amounts = [Money(minor, currency).to_decimal_string() for minor in (due, paid, credit)]
            writer.writerow([_plain_cell(number), _plain_cell(term), instalment, *amounts])
    finally:
        if arguments.file:
            target.close()
    return 0


def _plain_cell(text: str) -> str:
    """A cell that a spreadsheet would run as a formula is marked as text."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


def books(arguments: Namespace) -> int:
    """Prove that money received equals money allocated, in credit and given back, and that debits equal credits."""
    from rollbook.core.tenancy.scope import tenant_scope
    from rollbook.core.tenancy.selectors import organisation_by_slug
    from rollbook.shared.billing.selectors import prove_books

    organisation = organisation_by_slug(arguments.organisation)
    with tenant_scope(organisation.id):
        proof = prove_books()
    for line in _book_lines(proof, organisation.currency):
        print(line)
    return 0 if proof.is_right else 1


def _book_lines(proof: "Books", currency: str) -> list[str]:
    from rollbook.core.money import Money

    def text(minor: int) -> str:
        return Money(minor, currency).to_decimal_string()

    verdict = (
        "The books are right." if proof.is_right else "The books are wrong; do not take more money before it is found."
    )
    kept = f"allocated {text(proof.allocated)} + credit {text(proof.credit)} + refunded {text(proof.returned)}"
    wrong = {
        "instalments": proof.wrong_instalments,
        "invoices": proof.wrong_invoices,
        "accounts": proof.wrong_accounts,
        "payments": proof.wrong_payments,
        "payments without a receipt": proof.payments_without_receipt,
        "receivable off by": text(proof.receivable_difference),
        "credit off by": text(proof.credit_difference),
    }
    return [
        verdict,
        f"received {text(proof.received)} = {kept}",
        f"debits {text(proof.debits)} = credits {text(proof.credits)}",
        "wrong: " + ", ".join(f"{name} {figure}" for name, figure in wrong.items()),
    ]


COMMANDS = [
    Command("import students", "Enter students from a CSV or XLSX file.", import_students, _import_students_arguments),
    Command(
        "import curriculum",
        "Draft a curriculum from a CSV or XLSX file.",
        import_curriculum,
        _import_curriculum_arguments,
    ),
    Command("import payments", "Credit a bank file of payments.", import_payments, _import_arguments),
    Command("export accounts", "Write every instalment with what is due and paid.", export_accounts, _export_arguments),
    Command("books", "Prove an organisation's books; exit code 1 when they are wrong.", books, _organisation),
]
