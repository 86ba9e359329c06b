"""The reports of terms and classes, held against small worlds that are counted by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rollbook.core.errors import Forbidden
from rollbook.core.ids import new_id
from rollbook.shared.analytics import reading
from rollbook.shared.analytics.errors import ReportNotFound
from rollbook.shared.analytics.examples import rows_of
from rollbook.shared.analytics.register import reports
from rollbook.shared.people.models import Person
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_head_registrar,
    a_member,
    a_plan,
    a_programme,
    a_registrar,
    a_student,
    a_term,
    an_enrolment,
)
from rollbook.systems.college.grading.examples import a_class, taken_up
from rollbook.systems.college.records.models import Override
from rollbook.systems.college.scheduling.examples import a_dean, a_section

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def in_programme(code: str, number: str, name: str) -> TermEnrolment:
    programme = Programme.objects.filter(code=code).first() or a_programme(code)
    return an_enrolment(a_student(number, programme=programme, family_name=name))


def professor_of(of):
    return of.section.assignments.get().professor.person.given_name


@pytest.fixture
def term():
    return a_term("2031-1", is_current=True)


def test_enrolment_by_programme_holds_units_and_how_much_is_paid(term):
    paid, part, nothing = (
        in_programme(code, number, name)
        for code, number, name in (("BSIT", "310001", "Abad"), ("BSIT", "310002", "Basa"), ("BSA", "310003", "Cruz"))
    )
    for enrolment, minor in ((paid, 30_000_00), (part, 1)):
        invoice = a_plan(enrolment)
        invoice.paid_minor = minor
        invoice.save(update_fields=["paid_minor"])
    a_class([paid.student, part.student], code="IT101", term=term)
    two = a_class([paid.student], code="IT102", term=term, units=2)
    left = taken_up(part, a_section("Z", subject=two.subject, term=term))
    left.state = "DROPPED"
    left.save(update_fields=["state"])

    assert rows_of(a_registrar(), "enrolment", "programme", "number", "name", "year_level", "units", "payment") == [
        ("BSA", "310003", "Cruz, Juan", 1, Decimal(0), "No plan"),
        ("BSIT", "310001", "Abad, Juan", 1, Decimal("5.0"), "Paid"),
        ("BSIT", "310002", "Basa, Juan", 1, Decimal("3.0"), "Partly paid"),
    ]
    assert rows_of(a_registrar(), "enrolment", "number", programme=["BSA"]) == [("310003",)]
    assert nothing.invoice_id is None


def test_who_cancelled_is_left_out_until_asked_for(term):
    enrolment = in_programme("BSIT", "310001", "Abad")
    TermEnrolment.objects.filter(id=enrolment.id).update(state="CANCELLED")

    assert rows_of(a_registrar(), "enrolment") == []
    assert rows_of(a_registrar(), "enrolment", "number", "state", status=["CANCELLED"]) == [("310001", "Cancelled")]


def test_another_term_is_seen_when_chosen_and_all_of_them_together(term):
    in_programme("BSIT", "310001", "Abad")
    an_enrolment(a_student("310002", family_name="Basa"), a_term("2030-1"))

    registrar = a_registrar()
    assert rows_of(registrar, "enrolment", "number") == [("310001",)]
    assert rows_of(registrar, "enrolment", "number", term=["2030-1"]) == [("310002",)]
    assert rows_of(registrar, "enrolment", "number", term=["ALL"]) == [("310001",), ("310002",)]


def test_a_programme_head_sees_their_own_programmes_alone(term):
    in_programme("BSIT", "310001", "Abad")
    in_programme("BSA", "310002", "Basa")
    head = a_member(roles.PROGRAM_HEAD, name="Hilario Uy")
    assert rows_of(head, "enrolment") == []

    Programme.objects.filter(code="BSA").update(head=head.membership_id)

    assert rows_of(head, "enrolment", "number") == [("310002",)]
    with pytest.raises(ReportNotFound):
        rows_of(head, "regulator-enrolment")


def test_rosters_hold_every_class_and_a_professor_takes_away_only_their_own(term):
    mine, theirs = a_class(2, code="IT101", term=term), a_class(1, code="IT102", term=term)

    every = rows_of(a_dean(), "section-rosters", "subject", "section", "professor", "number")
    assert every == [
        ("IT101", "A", f"Aquino, {professor_of(mine)}", mine.students[0].student_number),
        ("IT101", "A", f"Aquino, {professor_of(mine)}", mine.students[1].student_number),
        ("IT102", "A", f"Aquino, {professor_of(theirs)}", theirs.students[0].student_number),
    ]
    assert rows_of(mine.owner, "class-list", "subject", "number") == [
        ("IT101", student.student_number) for student in mine.students
    ]
    assert len(rows_of(a_registrar(), "class-list")) == 3
    with pytest.raises(ReportNotFound):
        rows_of(mine.owner, "section-rosters")


def test_who_dropped_a_class_is_not_in_its_list(term):
    of = a_class(2, term=term)
    of.taken[0].state = "DROPPED"
    of.taken[0].save(update_fields=["state"])

    assert rows_of(of.owner, "class-list", "number") == [(of.students[1].student_number,)]


def test_the_regulators_list_has_the_columns_one_chooses(term):
    enrolment = in_programme("BSIT", "310001", "Abad")
    Person.objects.filter(id=enrolment.student.person_id).update(sex="F", middle_name="Reyes")

    assert rows_of(a_registrar(), "regulator-enrolment", "family", "given", "middle", "sex", "academic_year") == [
        ("Abad", "Juan", "Reyes", "F", "2031-2032")
    ]


def test_rules_set_aside_are_told_to_the_head_registrar_with_the_student(term):
    enrolment = in_programme("BSIT", "310001", "Abad")
    registrar, head = a_registrar(), a_head_registrar()
    for subject_type, subject_id, kind in (
        ("college_enrolment.termenrolment", enrolment.id, Override.Kind.WINDOW),
        ("college_records.student", enrolment.student_id, Override.Kind.CLEARANCE),
    ):
        Override.objects.create(
            kind=kind, subject_type=subject_type, subject_id=subject_id, reason="The dean has agreed in writing",
            granted_by_id=registrar.acting_user_id(),
        )  # fmt: skip

    found = rows_of(head, "overrides", "kind", "number", "name", "granted_by")
    assert sorted(found) == [
        ("Outside the window", "310001", "Abad, Juan", "Rosa Santos"),
        ("Withdrawn without clearance", "310001", "Abad, Juan", "Rosa Santos"),
    ]
    assert rows_of(head, "overrides", "kind", kind=["WINDOW"]) == [("Outside the window",)]
    with pytest.raises(ReportNotFound):
        rows_of(registrar, "overrides")


def test_rules_set_aside_are_counted_week_by_week_where_the_college_is(term):
    registrar, head = a_registrar(), a_head_registrar()
    moments = (
        datetime(2031, 8, 3, 15, 59, tzinfo=UTC),  # Sunday, 23:59 in Manila
        datetime(2031, 8, 3, 16, 1, tzinfo=UTC),  # Monday, 00:01 in Manila
        datetime(2031, 8, 20, 2, 0, tzinfo=UTC),
    )
    for moment, kind in zip(moments, ("WINDOW", "CAPACITY", "WINDOW"), strict=True):
        Override.objects.create(
            kind=kind, subject_type="college_records.student", subject_id=new_id(), created_at=moment,
            reason="The dean has agreed in writing", granted_by_id=registrar.acting_user_id(),
        )  # fmt: skip
    report = reports()["overrides"]

    assert reading.weeks(report, head, {}) == [
        (date(2031, 7, 28), 1), (date(2031, 8, 4), 1), (date(2031, 8, 11), 0), (date(2031, 8, 18), 1),
    ]  # fmt: skip
    assert [rows for _monday, rows in reading.weeks(report, head, {"kind": ("WINDOW",)})] == [1, 0, 0, 1]
    page = a_browser(head).get("/reports/overrides/?at_from=2031-07-01&at_to=2031-08-31").content.decode()
    assert "Week by week" in page
    assert '<th scope="row">Aug 11, 2031</th><td class="is-number">0</td>' in page
    assert "Week by week" not in a_browser(head).get("/reports/overrides/?kind=CAPACITY").content.decode()
    assert a_browser(registrar).get("/reports/overrides/").status_code == 404


def test_a_cashier_has_no_page_of_reports(term):
    with pytest.raises(Forbidden):
        rows_of(a_cashier(), "enrolment")
