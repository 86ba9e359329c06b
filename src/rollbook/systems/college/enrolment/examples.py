"""Believable carts and classes for tests of enrolment. What matters to a test is said in the test."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from rollbook.core import clock
from rollbook.core.ids import new_id
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import require_organisation_id
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.examples import a_curriculum, a_subject
from rollbook.systems.college.catalogue.models import Curriculum, Programme, Subject, Term, TermWindow
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.rules.facts import Item
from rollbook.systems.college.examples import a_member, a_programme, a_student, a_term, an_administrator
from rollbook.systems.college.records.models import Override, Student
from rollbook.systems.college.scheduling.examples import a_meeting, a_section
from rollbook.systems.college.scheduling.models import Section


def today() -> date:
    """The organisation's local day."""
    return organisation_in_scope().local_date(clock.now())


def open_windows(term: Term, *, kinds: Sequence[str] = ("ENROLMENT", "ADD_DROP"), days: int = 7) -> Term:
    """Let subjects be taken up in a term from yesterday on, for some days."""
    for kind in kinds:
        TermWindow.objects.create(
            term=term, kind=kind, opens_on=today() - timedelta(days=1), closes_on=today() + timedelta(days=days)
        )
    return term


def an_open_term(code: str = "2031-1", **fields: Any) -> Term:
    """A term in which subjects may be taken up today."""
    return open_windows(Term.objects.filter(code=code).first() or a_term(code, **fields))


def subjects(*codes: str, units: int = 3, **fields: Any) -> list[Subject]:
    """Subjects that exist, or are made now."""
    return [Subject.objects.filter(code=code).first() or a_subject(code, units, **fields) for code in codes]


def the_curriculum(terms: Mapping[tuple[int, str], Sequence[Subject]] | None = None) -> Curriculum:
    """The curriculum of the programme, made with these subjects."""
    programme = Programme.objects.first() or a_programme()
    return a_curriculum(programme, terms or {(1, "FIRST"): list(Subject.objects.order_by("code"))})


def a_taker(
    number: str = "310001", *, curriculum: Curriculum | None = None, term: Term | None = None,
    max_units: int | str = 30, **fields: Any,
) -> TermEnrolment:  # fmt: skip
    """A student whose month 1 is let pass, ready to take up subjects of the curriculum."""
    curriculum = curriculum or Curriculum.objects.first() or the_curriculum()
    term = term or Term.objects.filter(code="2031-1").first() or an_open_term()
    student = Student.objects.filter(student_number=number).first() or a_student(
        number, programme=curriculum.programme, term=term, given_name=f"Ana {number}"
    )
    if student.curriculum_id is None:
        Student.objects.filter(id=student.id).update(curriculum=curriculum.id)
    enrolment: TermEnrolment = TermEnrolment.objects.create(
        student=student, term=term, programme_id=student.programme_id, curriculum=curriculum, state="ACTIVE",
        created_via=TermEnrolment.CreatedVia.REGISTRAR, max_units=Decimal(max_units), **fields,
    )  # fmt: skip
    let_pass(enrolment)
    return enrolment


def let_pass(enrolment: TermEnrolment) -> None:
    """Let the gate of month 1 be open by an administrator's word."""
    Override.objects.create(
        kind=Override.Kind.PAYMENT_GATE, subject_type="college_enrolment.termenrolment", subject_id=enrolment.id,
        reason="Letter of the scholarship office was seen", granted_by_id=an_administrator().acting_user_id(),
    )  # fmt: skip


def the_student(enrolment: TermEnrolment) -> Actor:
    """The student of a term enrolment, signed in."""
    return a_member(roles.STUDENT, name="Ana Reyes", person_id=enrolment.student.person_id)


def a_class(
    subject: Subject | str, code: str = "A", *, hours: tuple[int, str, str] | None = None, term: Term | None = None,
    **fields: Any,
) -> Section:  # fmt: skip
    """An open section of a subject, which may meet once a week: (1, "08:00", "09:30") is Monday."""
    found = subjects(subject)[0] if isinstance(subject, str) else subject
    named = {"state": Section.State.OPEN, **fields}
    section = a_section(
        code, subject=found, term=term or Term.objects.filter(code="2031-1").first() or an_open_term(), **named
    )
    if hours:
        a_meeting(section, *hours)
    return section


def item(section: Section) -> Item:
    """A section in a cart."""
    return Item(section.subject_id, section.id)


def a_past(
    student: Student, subject: Subject, result: str, *, term: str = "2030-1", numeric: str | None = None, **fields: Any
) -> SubjectEnrolment:
    """What became of a subject in an earlier term."""
    earlier = Term.objects.filter(code=term).first() or a_term(term, state=Term.State.CLOSED)
    place = TermEnrolment.objects.filter(student=student, term=earlier).first() or TermEnrolment.objects.create(
        student=student, term=earlier, programme_id=student.programme_id, state="COMPLETED",
        created_via=TermEnrolment.CreatedVia.REGISTRAR,
    )  # fmt: skip
    section = a_section(f"P{new_id().hex[-6:]}", subject=subject, term=earlier, state=Section.State.CLOSED)
    state = {"WITHDRAWN": "WITHDRAWN", "DROPPED": "DROPPED", "": "ENROLLED"}.get(result, "COMPLETED")
    made: SubjectEnrolment = SubjectEnrolment.objects.create(
        term_enrolment=place, subject=subject, section=section, units=subject.units, category=subject.category,
        state=state, result="" if result == "DROPPED" else result,
        final_numeric=None if numeric is None else Decimal(numeric), **fields,
    )  # fmt: skip
    return made


def fill(section: Section, count: int) -> None:
    """Let others take so many seats of a section."""
    for number in range(count):
        other = a_taker(f"39{section.code}{number:03d}", term=section.term)
        SubjectEnrolment.objects.create(
            term_enrolment=other, subject=section.subject, section=section, units=section.subject.units,
            category=section.subject.category, state="ENROLLED",
        )  # fmt: skip


def the_system() -> Actor:
    """The actor of background work."""
    return Actor.system(require_organisation_id(), job="test")
