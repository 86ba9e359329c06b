"""Students from a file: check, import, take back. Checking and importing write different things, never half of one."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Count
from django.utils.translation import gettext

from rollbook.core import clock, ids
from rollbook.core.audit.services import record
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.errors import Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.shared.people import services as people
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import by_code
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.checking import CheckedFile, check_lines
from rollbook.systems.college.records.errors import (
    ImportCannotMove,
    ImportHasErrors,
    ImportIsInUse,
    ImportIsOutdated,
    ImportNotFound,
)
from rollbook.systems.college.records.importing import Enroller
from rollbook.systems.college.records.models import Hold, ImportRow, ImportRun, Student, StudentStatusPeriod
from rollbook.systems.college.records.reading import Line, read_list
from rollbook.systems.college.records.services import making
from rollbook.systems.college.records.services.students import BARCODE, STUDENT_NUMBER

LEAST_REASON = 10

INSERT_ROWS = """
INSERT INTO college_records_importrow (organisation_id, id, run_id, line, values, errors, outcome, student_id,
                                       made_student)
SELECT %(organisation)s, r.id, %(run)s, r.line, r.values::jsonb, r.errors::jsonb, r.outcome, r.student_id, r.made
  FROM unnest(%(ids)s::uuid[], %(lines)s::int[], %(values)s::text[], %(errors)s::text[], %(outcomes)s::text[],
              %(students)s::uuid[], %(made)s::boolean[]) AS r(id, line, values, errors, outcome, student_id, made)
RETURNING id
"""

SAVE_ROWS = """
UPDATE college_records_importrow w
   SET outcome = r.outcome, student_id = r.student_id, made_student = r.made, errors = r.errors::jsonb
  FROM unnest(%(lines)s::int[], %(outcomes)s::text[], %(students)s::uuid[], %(made)s::boolean[], %(errors)s::text[])
       AS r(line, outcome, student_id, made, errors)
 WHERE w.organisation_id = %(organisation)s AND w.run_id = %(run)s AND w.line = r.line
"""


@transaction.atomic
def import_students(
    actor: Actor,
    *,
    file_name: str,
    content: bytes,
    dry_run: bool = False,
    create_missing: bool = False,
    valid_only: bool = False,
    enroller: Enroller | None = None,
) -> ImportRun:
    """Check a file and, unless it is a rehearsal, import it in the same breath. Errors stop it unless `valid_only`."""
    if dry_run:
        return check_file(actor, file_name=file_name, content=content, create_missing=create_missing, enroller=enroller)
    run, checked = _check(actor, file_name, content, create_missing, enroller)
    new_students = _commit(actor, run, checked, valid_only=valid_only, enroller=enroller)
    _insert_rows(actor, run, checked, new_students)
    return run


@transaction.atomic
def check_file(
    actor: Actor, *, file_name: str, content: bytes, create_missing: bool = False, enroller: Enroller | None = None
) -> ImportRun:
    """Rehearse an import: read the file, keep its rows with what is wrong with each, change nothing else."""
    run, checked = _check(actor, file_name, content, create_missing, enroller)
    _insert_rows(actor, run, checked)
    return run


@transaction.atomic
def commit_import(
    actor: Actor, *, run_id: UUID, valid_only: bool = False, enroller: Enroller | None = None
) -> ImportRun:
    """Import a file that was checked. It is checked again, since records may have changed meanwhile."""
    actor.require(permissions.IMPORT_STUDENTS)
    run = _get_for_update(run_id)
    _must_become(run, ImportRun.State.COMMITTED)
    rows = ImportRow.objects.filter(run_id=run.id).order_by("line").values_list("line", "values")
    lines = [Line(number, values) for number, values in rows]
    checked = check_lines(lines, creates_missing=run.creates_missing, enroller=enroller)
    if not run.rows_with_errors and any(row.errors for row in checked.lines):
        raise ImportIsOutdated
    new_students = _commit(actor, run, checked, valid_only=valid_only, enroller=enroller)
    _save_rows(actor, run, checked, new_students)
    return run


@transaction.atomic
def take_back_import(actor: Actor, *, run_id: UUID, reason: str, enroller: Enroller | None = None) -> ImportRun:
    """Undo an import on which nothing rests yet: its students and enrolments count for nothing from now on.

    The rows stay as evidence; programmes and terms that it made stay in the catalogue.
    """
    actor.require(permissions.IMPORT_STUDENTS)
    if not LEAST_REASON <= len(reason.strip()) <= 500:
        raise Invalid.field(
            "reason",
            gettext("Write in %(least)s to 500 characters why the import is taken back.") % {"least": LEAST_REASON},
        )
    run = _get_for_update(run_id)
    _must_become(run, ImportRun.State.TAKEN_BACK)
    imported = list(ImportRow.objects.filter(run_id=run.id, outcome=ImportRow.Outcome.IMPORTED))
    made = [row.student_id for row in imported if row.made_student and row.student_id]
    # Locked first: nobody enrols or holds one of them while we look whether anything rests on them.
    persons = dict(Student.objects.select_for_update(of=("self",)).filter(id__in=made).values_list("id", "person_id"))
    terms = by_code(Term, sorted({row.values["term"] for row in imported}))
    pairs = [(row.student_id, terms[row.values["term"].lower()].id) for row in imported if row.student_id]
    reasons = _in_use(run, made) + (enroller.in_use(pairs, made) if enroller else [])
    if reasons:
        raise ImportIsInUse(reasons="; ".join(reasons))
    now = clock.now()
    if enroller:
        enroller.take_back(actor, pairs, reason.strip())
    Student.objects.filter(id__in=made).update(taken_back_at=now)
    people.bulk_remove_identifiers(
        actor, kinds=[STUDENT_NUMBER, BARCODE], person_ids=list(persons.values()), reason=reason.strip()
    )
    run.state, run.taken_back_at, run.taken_back_reason = ImportRun.State.TAKEN_BACK, now, reason.strip()
    run.save(update_fields=["state", "taken_back_at", "taken_back_reason"])
    record(
        actor, "college.import_taken_back", run, reason=run.taken_back_reason, students=len(made), enrolments=len(pairs)
    )
    return run


def _check(
    actor: Actor, file_name: str, content: bytes, creates_missing: bool, enroller: Enroller | None
) -> tuple[ImportRun, CheckedFile]:
    actor.require(permissions.IMPORT_STUDENTS)
    lines = read_list(file_name, content)
    checked = check_lines(lines, creates_missing=creates_missing, enroller=enroller)
    run: ImportRun = ImportRun.objects.create(
        file_name=file_name[-200:],
        file_sha256=hashlib.sha256(content).hexdigest(),
        creates_missing=creates_missing,
        rows_total=len(lines),
        rows_with_errors=sum(bool(row.errors) for row in checked.lines),
        rows_standing=sum(row.stands for row in checked.lines),
        missing={"programmes": checked.missing_programmes, "terms": sorted(checked.missing_terms)},
        started_by_id=actor.user_id,
        created_at=clock.now(),
    )
    record(
        actor, "college.import_checked", run, file_sha256=run.file_sha256, rows=run.rows_total,
        rows_with_errors=run.rows_with_errors,
    )  # fmt: skip
    return run, checked


def _commit(
    actor: Actor, run: ImportRun, checked: CheckedFile, *, valid_only: bool, enroller: Enroller | None
) -> set[UUID]:
    wrong = sum(bool(row.errors) for row in checked.lines)
    if wrong and not valid_only:
        raise ImportHasErrors(count=wrong, first=_first_error(checked), import_id=run.id)
    now = clock.now()
    try:
        with transaction.atomic():
            made = making.make(actor, checked, enroller, now=now)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == "23505":
            raise ImportIsOutdated from error
        raise
    run.state, run.committed_at, run.made = ImportRun.State.COMMITTED, now, made.counts
    run.rows_with_errors, run.rows_standing = wrong, sum(row.stands for row in checked.lines)
    run.save(update_fields=["state", "committed_at", "made", "rows_with_errors", "rows_standing"])
    record(actor, "college.students_imported", run, file_sha256=run.file_sha256, made=made.counts)
    return made.new_students


def _first_error(checked: CheckedFile) -> str:
    row = next(row for row in checked.lines if row.errors)
    return gettext("Line %(number)s, %(field)s: %(message)s") % {
        "number": row.line.number,
        "field": row.errors[0]["field"],
        "message": row.errors[0]["message"],
    }


def _in_use(run: ImportRun, made: Sequence[UUID]) -> list[str]:
    """What rests on the students that an import made."""
    reasons = []
    later = ImportRow.objects.filter(student_id__in=made, outcome=ImportRow.Outcome.IMPORTED).exclude(run_id=run.id)
    if count := later.exclude(run__state=ImportRun.State.TAKEN_BACK).count():
        reasons.append(gettext("%(count)s rows of a later import build on it") % {"count": count})
    if count := Hold.objects.filter(student_id__in=made).count():
        reasons.append(gettext("%(count)s holds were placed on its students") % {"count": count})
    moved = StudentStatusPeriod.objects.filter(student_id__in=made).values("student_id").annotate(periods=Count("id"))
    if count := moved.filter(periods__gt=1).count():
        reasons.append(f"the status of {count} students was changed")
    return reasons


def _get_for_update(run_id: UUID) -> ImportRun:
    run: ImportRun | None = ImportRun.objects.select_for_update(of=("self",)).filter(id=run_id).first()
    if run is None:
        raise ImportNotFound
    return run


def _must_become(run: ImportRun, state: str) -> None:
    if not run.may_become(state):
        raise ImportCannotMove(state=run.get_state_display().lower())


def _insert_rows(actor: Actor, run: ImportRun, checked: CheckedFile, new_students: set[UUID] | None = None) -> None:
    """Keep the rows of a file as they were read; with `new_students`, as they were imported."""
    _execute(
        INSERT_ROWS,
        organisation=actor.organisation_id,
        run=run.id,
        ids=array_of(ids.new_id() for _ in checked.lines),
        values=text_array_of(_json(row.line.values) for row in checked.lines),
        **_outcomes(checked, new_students),
    )


def _save_rows(actor: Actor, run: ImportRun, checked: CheckedFile, new_students: set[UUID]) -> None:
    _execute(SAVE_ROWS, organisation=actor.organisation_id, run=run.id, **_outcomes(checked, new_students))


def _outcomes(checked: CheckedFile, new_students: set[UUID] | None) -> dict[str, str]:
    """What became of each line, as columns."""
    done = ImportRow.Outcome.READY if new_students is None else ImportRow.Outcome.IMPORTED
    made_by: dict[UUID, int] = {}
    for row in checked.lines:
        if row.student_id and row.student_id in (new_students or ()) and not row.errors:
            made_by.setdefault(row.student_id, row.line.number)
    return {
        "lines": array_of(row.line.number for row in checked.lines),
        "outcomes": text_array_of(
            ImportRow.Outcome.ERROR if row.errors else ImportRow.Outcome.STANDING if row.stands else done
            for row in checked.lines
        ),
        "students": array_of(None if row.errors else row.student_id for row in checked.lines),
        "made": array_of(
            row.student_id is not None and made_by.get(row.student_id) == row.line.number for row in checked.lines
        ),
        "errors": text_array_of(_json(row.errors) for row in checked.lines),
    }


def _execute(statement: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
