"""Believable classes with their grade sheets for tests. What matters to a test is said in the test."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme, Subject, Term, TermWindow
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.examples import a_member, a_programme, a_registrar, a_student, a_term, an_enrolment
from rollbook.systems.college.grading.models import Component, GradeRecord, GradeSheet, IncompleteCase
from rollbook.systems.college.grading.services.finalising import finalise
from rollbook.systems.college.grading.services.sheets import RowTyped, open_sheet, save_rows, submit
from rollbook.systems.college.records.models import Student, StudentStatusPeriod
from rollbook.systems.college.scheduling.examples import a_professor, a_section
from rollbook.systems.college.scheduling.models import Section


@dataclass(slots=True)
class AClass:
    """A class with its professor and its students, by their numbers in the list."""

    term: Term
    subject: Subject
    section: Section
    owner: Actor
    taken: list[SubjectEnrolment]

    @property
    def students(self) -> list[Student]:
        return [each.term_enrolment.student for each in self.taken]


def a_grading_term(code: str = "2026-1", *, opens: date | None = None, closes: date | None = None, **said: Any) -> Term:
    """A term whose midterm and final grades may be entered all year, unless the test says otherwise."""
    term = a_term(code, state=said.pop("state", Term.State.GRADING), **said)
    for kind in (TermWindow.Kind.MIDTERM_GRADING, TermWindow.Kind.FINAL_GRADING):
        TermWindow.objects.create(
            term=term, kind=kind, opens_on=opens or date(2026, 1, 1), closes_on=closes or date(2030, 12, 31)
        )
    return term


def a_graded_subject(code: str = "IT101", units: int = 3, **fields: Any) -> Subject:
    """A major subject of three units."""
    named = {"title": f"Subject {code}", "category": Subject.Category.MAJOR, **fields}
    subject: Subject = Subject.objects.create(code=code, lecture_units=units, **named)
    return subject


def a_professor_actor(name: str = "Paz Aquino") -> Actor:
    """Teaches and grades."""
    return a_member(roles.PROFESSOR, name=name)


def a_programme_head(programme: Programme) -> Actor:
    """Heads one programme."""
    head = a_member(roles.PROGRAM_HEAD, name="Hilario Uy")
    Programme.objects.filter(id=programme.id).update(head=head.membership_id)
    return head


def taken_up(enrolment: TermEnrolment, section: Section, *, attempt_no: int = 1, **fields: Any) -> SubjectEnrolment:
    """A student in a class."""
    subject = section.subject
    named = {"category": subject.category, "units": subject.units, "state": SubjectEnrolment.State.ENROLLED, **fields}
    row: SubjectEnrolment = SubjectEnrolment.objects.create(
        term_enrolment=enrolment, subject=subject, section=section, attempt_no=attempt_no,
        is_retake=attempt_no > 1, **named,
    )  # fmt: skip
    return row


def a_class(
    students: int | Sequence[Student] = 1,
    *,
    code: str = "IT101",
    term: Term | None = None,
    subject: Subject | None = None,
    owner: Actor | None = None,
    section: str = "A",
    **fields: Any,
) -> AClass:
    """A class of a term in its grading weeks. Students are made, or named by the test."""
    term = term or Term.objects.first() or a_grading_term()
    subject = subject or a_graded_subject(code, **fields)
    owner = owner or a_professor_actor()
    faculty = faculty_of(owner)
    made = a_section(section, subject=subject, term=term, professor=faculty, state=Section.State.OPEN)
    people = some_students(students, term) if isinstance(students, int) else students
    rows = [taken_up(_enrolment_in(student, term), made) for student in people]
    return AClass(term, subject, made, owner, rows)


def faculty_of(owner: Actor) -> Any:
    """The professor that a member is; made once."""
    from rollbook.systems.college.scheduling.models import Faculty

    found = Faculty.objects.filter(member=owner.membership_id).first()
    return found or a_professor(f"F-{new_id().hex[-8:]}", member=owner)


def some_students(count: int, term: Term) -> list[Student]:
    """Students by the names of the alphabet, so that the order of a sheet can be told."""
    programme = Programme.objects.first() or a_programme()
    return [
        a_student(f"26{new_id().hex[-8:]}", programme=programme, term=term, family_name=f"Student {number:05d}")
        for number in range(1, count + 1)
    ]


def _enrolment_in(student: Student, term: Term) -> TermEnrolment:
    found = TermEnrolment.objects.filter(student=student, term=term).first()
    return found or an_enrolment(student, term)


def typed(of: AClass, *grades: str, work: str = "Chapter 4 and the project") -> list[RowTyped]:
    """What is typed for the students of a class, in their order. An INC comes with the work that is required."""
    return [
        RowTyped(row.id, grade, work if grade.strip().upper() == "INC" else None)
        for row, grade in zip(of.taken, grades, strict=True)
    ]


def entered(of: AClass, *grades: str, component: str = Component.FINAL) -> GradeSheet:
    """A sheet with grades that nobody has submitted yet."""
    sheet = open_sheet(of.owner, section_id=of.section.id, component=component)
    return save_rows(of.owner, sheet_id=sheet.id, rows=typed(of, *grades)).sheet


def submitted(of: AClass, *grades: str, component: str = Component.FINAL) -> GradeSheet:
    """A sheet that waits for the registrar."""
    return submit(of.owner, sheet_id=entered(of, *grades, component=component).id)


def finalised(of: AClass, *grades: str, registrar: Actor | None = None, component: str = Component.FINAL) -> GradeSheet:
    """A sheet whose grades count."""
    sheet = submitted(of, *grades, component=component)
    finalise(registrar or a_registrar(), sheet_ids=[sheet.id])
    return GradeSheet.objects.get(id=sheet.id)


def grade_of(row: SubjectEnrolment, component: str = Component.FINAL) -> GradeRecord:
    """What stands on the sheet for a student."""
    found: GradeRecord = GradeRecord.objects.get(subject_enrolment=row.id, component=component)
    return found


def case_of(row: SubjectEnrolment) -> IncompleteCase:
    """The incomplete of a student in a class."""
    found: IncompleteCase = IncompleteCase.objects.get(subject_enrolment=row.id)
    return found


def on_leave(student: Student, first: date, last: date | None) -> StudentStatusPeriod:
    """A leave of absence. Periods of one student never overlap, so whatever stands there gives way."""
    StudentStatusPeriod.objects.filter(student=student.id).delete()
    period: StudentStatusPeriod = StudentStatusPeriod.objects.create(
        student_id=student.id, status=Student.Status.LOA, from_date=first, to_date=last, reason="Family leave"
    )
    return period


def the_job(name: str = "college.grading.test") -> Actor:
    """Background work."""
    return Actor.system(require_organisation_id(), job=name)


def result_of(row_id: UUID) -> SubjectEnrolment:
    """A subject of a student as it stands now."""
    found: SubjectEnrolment = SubjectEnrolment.objects.get(id=row_id)
    return found
