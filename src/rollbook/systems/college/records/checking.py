"""Checking the lines of a student file against each other and against what stands. Nothing is written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext

from rollbook.core.db.arrays import text_array_of
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.people import services as people
from rollbook.shared.people.checking import Checked, NewPerson
from rollbook.shared.people.rules import Name, number_key, search_key
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.catalogue.rules import TermShape, shape_of_code
from rollbook.systems.college.catalogue.selectors import by_code
from rollbook.systems.college.lists import FileRefused
from rollbook.systems.college.records.following_plans import Versions
from rollbook.systems.college.records.importing import Enroller
from rollbook.systems.college.records.reading import Line
from rollbook.systems.college.records.rules import COLUMNS, NEEDED_COLUMNS, PlanWanted, RowError, RowRead, read_row
from rollbook.systems.college.records.services.students import BARCODE, STUDENT_NUMBER

USUAL_INSTALMENTS = 6

#: Who carries these numbers, and as whom they study.
STANDING = """
SELECT i.value_key, s.id, i.person_id, p.search_key, s.programme_id
  FROM people_identifier i
  JOIN people_person p ON p.organisation_id = i.organisation_id AND p.id = i.person_id
  LEFT JOIN college_records_student s
    ON s.organisation_id = i.organisation_id AND s.person_id = i.person_id AND s.taken_back_at IS NULL
 WHERE i.organisation_id = %(organisation)s AND i.kind = %(kind)s AND i.value_key = ANY (%(keys)s::text[])
"""

#: People whom an import made that was taken back: the corrected file means the same people.
MADE_BEFORE = """
WITH gone AS MATERIALIZED (
    SELECT s.student_number, s.person_id FROM college_records_student s
     WHERE s.organisation_id = %(organisation)s AND s.taken_back_at IS NOT NULL
)
SELECT g.student_number, p.id, p.search_key
  FROM gone g
  JOIN people_person p
    ON p.organisation_id = %(organisation)s AND p.id = g.person_id AND p.merged_into_id IS NULL
 WHERE g.student_number = ANY (%(numbers)s::text[])
   AND NOT EXISTS (SELECT FROM college_records_student o
                    WHERE o.organisation_id = %(organisation)s AND o.person_id = p.id AND o.taken_back_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Somebody who carries a number of the file."""

    student_id: UUID | None
    person_id: UUID
    search_key: str
    programme_id: UUID | None


@dataclass(slots=True)
class CheckedLine:
    """One line with its verdict."""

    line: Line
    errors: list[RowError] = field(default_factory=list)
    read: RowRead | None = None
    #: The person in the form in which it would be stored.
    verdict: Checked | None = None
    student_id: UUID | None = None
    #: The enrolment it asks for is there already.
    stands: bool = False

    @property
    def said(self) -> RowRead:
        """What the line says; only asked of lines that could be read."""
        if self.read is None:
            raise ValueError("This line could not be read.")
        return self.read

    def wrong(self, column: str, message: str) -> None:
        self.errors.append({"field": column, "message": message})

    @property
    def name_key(self) -> str:
        values = self.line.values
        return search_key(
            Name(values.get("family_name", ""), values.get("given_name", ""), values.get("middle_name", ""),
                 values.get("suffix", ""))
        )  # fmt: skip


@dataclass(slots=True)
class CheckedFile:
    """The verdict on a whole file."""

    lines: list[CheckedLine]
    programmes: dict[str, Programme]
    terms: dict[str, Term]
    #: Codes that are not there yet, as first written in the file.
    missing_programmes: list[str]
    missing_terms: dict[str, TermShape]
    #: People to take up again, by student number and name.
    made_before: dict[tuple[str, str], UUID]
    versions: Versions

    def plan_of(self, read: RowRead, term: Term) -> PlanWanted | None:
        """The plan that a row asks for; without a day of its own it begins with the term."""
        if read.plan_total_minor is None:
            return None
        first_due_on: date = read.first_due_on or term.starts_on
        return PlanWanted(read.plan_total_minor, read.instalments, first_due_on)


def check_lines(lines: Sequence[Line], *, creates_missing: bool, enroller: Enroller | None) -> CheckedFile:
    """Check every line; each problem is named with its column, and no problem hides another line's."""
    _check_columns(lines[0])
    currency = organisation_in_scope().currency
    checked = [CheckedLine(line) for line in lines]
    for row in checked:
        row.read, row.errors = read_row(row.line.values, currency=currency, usual_instalments=USUAL_INSTALMENTS)
    readable = [row for row in checked if row.read]
    _check_people(readable)
    programmes, missing_programmes = _check_programmes(readable, creates_missing)
    terms, missing_terms = _check_terms(readable, creates_missing)
    _check_within_file(readable)
    _check_against_standing(readable, programmes)
    versions = _check_curricula(readable, programmes)
    _mark_standing(readable, terms, enroller)
    numbers = [row.read.number for row in readable if row.read and row.student_id is None]
    made_before = {(number, key): person for number, person, key in _rows(MADE_BEFORE, numbers=text_array_of(numbers))}
    return CheckedFile(checked, programmes, terms, missing_programmes, missing_terms, made_before, versions)


def _check_columns(first: Line) -> None:
    missing = [name for name in NEEDED_COLUMNS if name not in first.values]
    if missing:
        raise FileRefused.because(
            gettext("The heading lacks: %(missing)s. It needs %(columns)s.")
            % {"missing": ", ".join(missing), "columns": ", ".join(NEEDED_COLUMNS)}
        )
    unknown = sorted(set(first.values) - set(COLUMNS))
    if unknown:
        raise FileRefused.because(
            gettext("We do not know the columns %(unknown)s. Known are: %(columns)s. Remove the others.")
            % {"unknown": ", ".join(unknown), "columns": ", ".join(COLUMNS)}
        )


def _check_people(rows: Sequence[CheckedLine]) -> None:
    new = [_new_person(row) for row in rows]
    for row, verdict in zip(rows, people.check_rows(new), strict=True):
        row.verdict = verdict
        for problem in verdict.problems:
            row.wrong(problem["field"], problem["message"])


def _new_person(row: CheckedLine) -> NewPerson:
    values = row.line.values
    numbers = [(STUDENT_NUMBER, row.said.number)]
    if values.get("barcode"):
        numbers.append((BARCODE, values["barcode"]))
    return NewPerson(
        family_name=values.get("family_name", ""),
        given_name=values.get("given_name", ""),
        middle_name=values.get("middle_name", ""),
        suffix=values.get("suffix", ""),
        birth_date=row.said.birth_date,
        sex=values.get("sex", "").upper(),
        phones=tuple(filter(None, [values.get("phone", "")])),
        emails=tuple(filter(None, [values.get("email", "")])),
        identifiers=tuple(numbers),
    )


def _check_programmes(rows: Sequence[CheckedLine], creates_missing: bool) -> tuple[dict[str, Programme], list[str]]:
    codes = {row.read.programme for row in rows if row.read}
    known = by_code(Programme, sorted(codes))
    missing: dict[str, str] = {}
    for row in rows:
        code = row.said.programme
        if code.lower() in known:
            continue
        if creates_missing:
            missing.setdefault(code.lower(), code)
        else:
            row.wrong(
                "programme",
                gettext("There is no programme %(code)s. Add it first, or let the import create it.") % {"code": code},
            )
    return known, list(missing.values())


def _check_terms(rows: Sequence[CheckedLine], creates_missing: bool) -> tuple[dict[str, Term], dict[str, TermShape]]:
    codes = {row.read.term for row in rows if row.read}
    known: dict[str, Term] = by_code(Term, sorted(codes))
    verdicts, missing = _judge_terms(sorted(codes), known, creates_missing)
    for row in rows:
        if message := verdicts.get(row.said.term.lower()):
            row.wrong("term", message)
    return known, missing


def _judge_terms(
    codes: Sequence[str], known: dict[str, Term], creates_missing: bool
) -> tuple[dict[str, str], dict[str, TermShape]]:
    """What is wrong with each code, and the terms to be made."""
    places = {(term.academic_year, term.kind): term.code for term in Term.objects.all()}
    verdicts: dict[str, str] = {}
    missing: dict[str, TermShape] = {}
    for code in codes:
        term = known.get(code.lower())
        if term is not None:
            if term.has_ended:
                state = term.get_state_display().lower()
                verdicts[code.lower()] = gettext("%(code)s is %(state)s; nobody is enrolled in it any more.") % {
                    "code": term.code,
                    "state": state,
                }
            continue
        shape = shape_of_code(code)
        if not creates_missing:
            verdicts[code.lower()] = gettext(
                "There is no term %(code)s. Add it first, or let the import create it."
            ) % {"code": code}
        elif shape is None:
            verdicts[code.lower()] = gettext(
                "Which semester is %(code)s? Add the term first, or write it like 2026-1."
            ) % {"code": code}
        elif (other := places.setdefault((shape.academic_year, shape.kind), code)).lower() != code.lower():
            verdicts[code.lower()] = gettext("%(code)s is the same semester as %(other)s. Use that code.") % {
                "code": code,
                "other": other,
            }
        elif other == code:
            missing[code] = shape
    return verdicts, missing


def _check_within_file(rows: Sequence[CheckedLine]) -> None:
    """One number is one person in one programme, enrolled once in a term."""
    first_of: dict[str, CheckedLine] = {}
    terms_of: dict[tuple[str, str], int] = {}
    barcodes: dict[str, str] = {}
    for row in rows:
        read = row.said
        first = first_of.setdefault(read.key, row)
        if row.name_key != first.name_key:
            row.wrong(
                "family_name",
                gettext("Line %(line)s gives the number %(code)s to another name.")
                % {"line": first.line.number, "code": read.number},
            )
        if read.programme.lower() != first.said.programme.lower():
            row.wrong(
                "programme",
                gettext("Line %(line)s puts the same student in %(programme)s.")
                % {"line": first.line.number, "programme": first.said.programme},
            )
        before = terms_of.setdefault((read.key, read.term.lower()), row.line.number)
        if before != row.line.number:
            row.wrong(
                "student_number", gettext("Line %(line)s has the same student and term already.") % {"line": before}
            )
        barcode = number_key(row.line.values.get("barcode", ""))
        if barcode and barcodes.setdefault(barcode, read.key) != read.key:
            row.wrong("barcode", gettext("This barcode stands at another student of the file."))


def _check_against_standing(rows: Sequence[CheckedLine], programmes: dict[str, Programme]) -> None:
    keys = sorted({row.read.key for row in rows if row.read})
    standing = {key: Standing(*rest) for key, *rest in _rows(STANDING, kind=STUDENT_NUMBER, keys=text_array_of(keys))}
    for row in rows:
        found = standing.get(row.said.key)
        if found is None:
            continue
        if found.student_id is None:
            row.wrong(
                "student_number",
                gettext("The number %(number)s belongs to somebody who is no student here.")
                % {"number": row.said.number},
            )
            continue
        row.student_id = found.student_id
        if found.search_key != row.name_key:
            row.wrong(
                "family_name",
                gettext("The number %(number)s stands with another name. Check which is right.")
                % {"number": row.said.number},
            )
        programme = programmes.get(row.said.programme.lower())
        if programme is None or programme.id != found.programme_id:
            row.wrong(
                "programme", gettext("This student stands in another programme. A change of programme is a transfer.")
            )
    new_with_barcode = [row for row in rows if row.line.values.get("barcode") and not row.student_id]
    barcodes = {number_key(row.line.values["barcode"]): row for row in new_with_barcode}
    for key, *_ in _rows(STANDING, kind=BARCODE, keys=text_array_of(sorted(barcodes))):
        barcodes[key].wrong("barcode", gettext("This barcode belongs to somebody else."))


def _check_curricula(rows: Sequence[CheckedLine], programmes: dict[str, Programme]) -> Versions:
    """A version is named by its name; who stands already goes on following what they follow."""
    versions = Versions.read(
        list(programmes.values()), [row.student_id for row in rows if row.student_id and row.said.curriculum]
    )
    for row in rows:
        name, programme = row.said.curriculum, programmes.get(row.said.programme.lower())
        if not name:
            continue
        version = versions.named(programme.id if programme else None, name)
        if version is None:
            row.wrong(
                "curriculum",
                gettext("%(programme)s has no curriculum %(name)s in force. Leave this empty.")
                % {"programme": row.said.programme, "name": name},
            )
        elif row.student_id and versions.followed.get(row.student_id) != version.id:
            row.wrong(
                "curriculum", gettext("This student follows another curriculum. Change it on the student's record.")
            )
    return versions


def _mark_standing(rows: Sequence[CheckedLine], terms: dict[str, Term], enroller: Enroller | None) -> None:
    pairs: dict[tuple[UUID, UUID], CheckedLine] = {}
    for row in rows:
        term = terms.get(row.read.term.lower()) if row.read else None
        if row.student_id and term is not None and not row.errors:
            pairs[row.student_id, term.id] = row
        if row.student_id and enroller is None:
            row.stands = True
    if enroller is not None:
        for pair in enroller.standing(list(pairs)):
            pairs[pair].stands = True


def _rows(statement: str, **parameters: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"organisation": require_organisation_id(), **parameters})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
