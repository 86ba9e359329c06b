"""What a student's term needs beside its payments: a curriculum, open classes, a waitlist, grades of the term before."""

from datetime import timedelta
from decimal import Decimal

from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.catalogue.examples import a_curriculum
from rollbook.systems.college.catalogue.models import Subject, Term
from rollbook.systems.college.enrolment.examples import a_class, open_windows
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.waiting import make_offers
from rollbook.systems.college.grading import examples as grading
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.scheduling.models import Section
from tests.journeys.college.world import College

DUE = (
    ("NUR 111", "Theoretical Foundations of Nursing", (1, "08:00", "11:00")),
    ("NUR 112", "Health Assessment", (2, "08:00", "11:00")),
    ("GE 101", "Understanding the Self", (3, "09:00", "12:00")),
    ("GE 102", "Readings in Philippine History", (4, "13:00", "16:00")),
    ("GE 103", "Mathematics in the Modern World", (5, "13:00", "16:00")),
)
BEFORE = (("GE 100", "Purposive Communication", "1.50"), ("GE 104", "Ethics", "1.75"))
#: Their only seats are taken.
FULL = ("GE 102", "GE 103")


def begin_studies(college: College) -> None:
    """Juan has two grades of last term, and this term's classes are open to him."""
    with tenant_scope(college.organisation_id):
        student = Student.objects.get(id=college.student_named("Dela Cruz", "Juan").id)
        term = Term.objects.get(id=next(iter(college.terms.values())))
        due = [_subject(code, title) for code, title, _ in DUE]
        before = [_subject(code, title) for code, title, _ in BEFORE]
        curriculum = a_curriculum(student.programme, {(1, "FIRST"): [*before, *due]}, name="BSN 2026")
        programme = Student.objects.filter(programme_id=student.programme_id)
        programme.update(curriculum=curriculum.id)
        TermEnrolment.objects.filter(student__in=programme, term=term).update(
            curriculum=curriculum.id, max_units=Decimal(30)
        )
        open_windows(term)
        classmate = programme.exclude(id=student.id).order_by("student_number").first()
        for subject, (_, _, hours) in zip(due, DUE, strict=True):
            made = a_class(subject, "N1", term=term, hours=hours, capacity=1 if subject.code in FULL else 40)
            if subject.code in FULL:
                seat(classmate, made)
        _grades_of_last_term(college, student, before)


def _subject(code: str, title: str) -> Subject:
    made: Subject = Subject.objects.create(code=code, title=title, lecture_units=3, hours_per_week=3)
    return made


def seat(student: Student, section: Section) -> None:
    """Somebody sits in a class."""
    SubjectEnrolment.objects.create(
        term_enrolment=TermEnrolment.objects.get(student=student.id, term=section.term_id), subject=section.subject,
        section=section, units=section.subject.units, category=section.subject.category, state="ENROLLED",
    )  # fmt: skip


def _grades_of_last_term(college: College, student: Student, subjects: list[Subject]) -> None:
    opens, closes = college.today - timedelta(days=30), college.today + timedelta(days=30)
    term = grading.a_grading_term(f"{college.today.year - 1}-2", opens=opens, closes=closes)
    for subject, (_, _, grade) in zip(subjects, BEFORE, strict=True):
        grading.finalised(grading.a_class([student], subject=subject, term=term, section=subject.code), grade)
    TermEnrolment.objects.filter(student=student, term=term).update(state=TermEnrolment.State.COMPLETED)
    Term.objects.filter(id=term.id).update(state=Term.State.CLOSED)


def drop_out_of(college: College, code: str) -> None:
    """Whoever sits in a full class leaves it, and its seat is offered to the first who waits."""
    with tenant_scope(college.organisation_id):
        section = Section.objects.get(subject__code=code)
        SubjectEnrolment.objects.filter(section=section, state="ENROLLED").update(state="DROPPED")
        make_offers(Actor.system(college.organisation_id, job="enrolment.make_offers"))
