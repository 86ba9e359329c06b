"""Making what a checked file asks for, in a fixed number of statements whatever its size."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from rollbook.core import ids
from rollbook.core.audit.services.many import record_many
from rollbook.core.db.arrays import array_of, text_array_of
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import services as people
from rollbook.systems.college.catalogue import permissions as catalogue_permissions
from rollbook.systems.college.catalogue import services as catalogue
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import current_term
from rollbook.systems.college.records.checking import CheckedFile, CheckedLine
from rollbook.systems.college.records.importing import Enroller, EnrolmentWanted
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.rules import RowRead
from rollbook.systems.college.records.services.students import BARCODE, STUDENT_NUMBER

INSERT_STUDENTS = """
INSERT INTO college_records_student (organisation_id, id, created_at, student_number, person_id, programme_id,
                                     admission_term_id, curriculum_id, kind, status, academic_standing,
                                     version)
SELECT %(organisation)s, r.id, %(at)s, r.number, r.person_id, r.programme_id, r.term_id, r.curriculum_id, 'FRESHMAN',
       'ACTIVE', 'GOOD', 1
  FROM unnest(%(ids)s::uuid[], %(numbers)s::text[], %(persons)s::uuid[], %(programmes)s::uuid[], %(terms)s::uuid[],
              %(curricula)s::uuid[])
       AS r(id, number, person_id, programme_id, term_id, curriculum_id)
RETURNING id
"""

INSERT_PERIODS = """
INSERT INTO college_records_studentstatusperiod (organisation_id, id, created_at, student_id, status, from_date, reason)
SELECT %(organisation)s, r.id, %(at)s, r.student_id, 'ACTIVE', %(today)s, ''
  FROM unnest(%(ids)s::uuid[], %(students)s::uuid[]) AS r(id, student_id)
RETURNING id
"""


@dataclass(slots=True)
class Made:
    """What an import made."""

    counts: dict[str, int] = field(default_factory=dict)
    new_students: set[UUID] = field(default_factory=set)


def make(actor: Actor, checked: CheckedFile, enroller: Enroller | None, *, now: datetime) -> Made:
    """Make programmes, terms, people, students and enrolments of every line that is right and new."""
    lines = [row for row in checked.lines if not row.errors and not row.stands]
    made = Made()
    made.counts["programmes"] = _make_programmes(actor, checked, lines)
    made.counts["terms"] = _make_terms(actor, checked, lines, now)
    newcomers = _newcomers(lines)
    persons = _make_people(actor, checked, newcomers)
    made.new_students = _make_students(actor, checked, newcomers, persons, now)
    made.counts["students"] = len(made.new_students)
    _name_students(lines, newcomers)
    if enroller is not None:
        made.counts |= enroller.enrol(actor, _wanted(checked, lines))
    return made


def _make_programmes(actor: Actor, checked: CheckedFile, lines: Sequence[CheckedLine]) -> int:
    asked = {row.read.programme.lower() for row in lines if row.read}
    missing = [code for code in checked.missing_programmes if code.lower() in asked]
    for code in missing:
        # The file knows only the code; the registrar gives the name later.
        checked.programmes[code.lower()] = catalogue.add_programme(actor, code=code, name=code)
    return len(missing)


def _make_terms(actor: Actor, checked: CheckedFile, lines: Sequence[CheckedLine], now: datetime) -> int:
    asked = {row.read.term.lower() for row in lines if row.read}
    made: list[Term] = []
    for code, shape in checked.missing_terms.items():
        if code.lower() in asked:
            term = catalogue.add_term(
                actor, code=code, academic_year=shape.academic_year, kind=shape.kind, starts_on=shape.starts_on,
                ends_on=shape.ends_on,
            )  # fmt: skip
            if actor.may(catalogue_permissions.MOVE_TERMS):
                term = catalogue.move_term(actor, term_id=term.id, state=Term.State.ENROLMENT_OPEN)
            checked.terms[code.lower()] = term
            made.append(term)
    if made and actor.may(catalogue_permissions.MOVE_TERMS) and current_term() is None:
        today = organisation_in_scope().local_date(now)
        running = [term for term in made if term.starts_on <= today <= term.ends_on]
        chosen = (running or sorted(made, key=lambda term: term.starts_on, reverse=True))[0]
        catalogue.set_current_term(actor, term_id=chosen.id)
    return len(made)


def _newcomers(lines: Sequence[CheckedLine]) -> dict[str, CheckedLine]:
    """The first line of every student who is not there yet, by the key of the number."""
    found: dict[str, CheckedLine] = {}
    for row in lines:
        if row.student_id is None and row.read:
            found.setdefault(row.read.key, row)
    return found


def _make_people(actor: Actor, checked: CheckedFile, newcomers: dict[str, CheckedLine]) -> dict[str, UUID]:
    """The person behind each newcomer: somebody new, or somebody whom a taken-back import made before."""
    persons: dict[str, UUID] = {}
    fresh: list[tuple[str, CheckedLine]] = []
    for key, row in newcomers.items():
        known = checked.made_before.get((row.said.number, row.name_key))
        if known is None:
            fresh.append((key, row))
        else:
            persons[key] = known
    again = [(newcomers[key], person_id) for key, person_id in persons.items()]
    for kind in (STUDENT_NUMBER, BARCODE):
        numbers = [
            (person_id, dict(row.verdict.new.identifiers).get(kind, "")) for row, person_id in again if row.verdict
        ]
        numbers = [(person_id, number) for person_id, number in numbers if number]
        if numbers:
            people.bulk_add_identifiers(actor, kind=kind, numbers=numbers)
    added = people.bulk_add_checked(actor, [row.verdict for _, row in fresh if row.verdict]) if fresh else []
    return persons | {key: person.pk for (key, _), person in zip(fresh, added, strict=True)}


def _make_students(
    actor: Actor, checked: CheckedFile, newcomers: dict[str, CheckedLine], persons: dict[str, UUID], now: datetime
) -> set[UUID]:
    if not newcomers:
        return set()
    reads = {key: row.read for key, row in newcomers.items() if row.read}
    student_ids = {key: ids.new_id() for key in reads}
    for key, row in newcomers.items():
        row.student_id = student_ids[key]
    _execute(
        INSERT_STUDENTS,
        organisation=actor.organisation_id,
        at=now,
        ids=array_of(student_ids.values()),
        numbers=text_array_of(read.number for read in reads.values()),
        persons=array_of(persons[key] for key in reads),
        programmes=array_of(checked.programmes[read.programme.lower()].id for read in reads.values()),
        terms=array_of(checked.terms[read.term.lower()].id for read in reads.values()),
        curricula=array_of(_curriculum(checked, read) for read in reads.values()),
    )
    _execute(
        INSERT_PERIODS,
        organisation=actor.organisation_id,
        at=now,
        today=organisation_in_scope().local_date(now),
        ids=array_of(ids.new_id() for _ in reads),
        students=array_of(student_ids.values()),
    )
    record_many(
        actor, "college.student_added", Student._meta.label_lower, list(student_ids.values()),
        facts=[
            {"student_number": read.number, "person_id": str(persons[key]), "kind": Student.Kind.FRESHMAN.value,
             "programme_id": str(checked.programmes[read.programme.lower()].id),
             "curriculum_id": str(_curriculum(checked, read) or "")}
            for key, read in reads.items()
        ],
    )  # fmt: skip
    return set(student_ids.values())


def _curriculum(checked: CheckedFile, read: RowRead) -> UUID | None:
    term, programme = checked.terms[read.term.lower()], checked.programmes[read.programme.lower()]
    return checked.versions.followed_by(read, programme.id, term.academic_year)


def _name_students(lines: Sequence[CheckedLine], newcomers: dict[str, CheckedLine]) -> None:
    """Let every line of a newcomer know the student that was made."""
    for row in lines:
        if row.student_id is None and row.read:
            row.student_id = newcomers[row.read.key].student_id


def _wanted(checked: CheckedFile, lines: Sequence[CheckedLine]) -> list[EnrolmentWanted]:
    persons = _persons_of([row.student_id for row in lines if row.student_id])
    wanted = []
    for row in lines:
        if row.student_id is None:
            raise ValueError("Every line has its student by now.")
        term = checked.terms[row.said.term.lower()]
        wanted.append(
            EnrolmentWanted(
                line=row.line.number,
                student_id=row.student_id,
                person_id=persons[row.student_id],
                programme_id=checked.programmes[row.said.programme.lower()].id,
                term_id=term.id,
                term_code=term.code,
                year_level=row.said.year_level,
                plan=checked.plan_of(row.said, term),
            )
        )
    return wanted


def _persons_of(student_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT s.id, s.person_id FROM college_records_student s"
            " WHERE s.organisation_id = %s AND s.id = ANY (%s::uuid[])",
            [organisation_in_scope().id, array_of(student_ids)],
        )
        return dict(cursor.fetchall())


def _execute(statement: str, **parameters: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
