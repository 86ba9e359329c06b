"""The reports about students, held against small worlds that are counted by hand."""

from datetime import date
from decimal import Decimal

import pytest

from rollbook.core.audit.services import record
from rollbook.shared.analytics.errors import ReportNotFound
from rollbook.shared.analytics.examples import rows_of
from rollbook.shared.people.models import Person
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Programme, Subject
from rollbook.systems.college.examples import (
    a_cashier,
    a_head_registrar,
    a_member,
    a_programme,
    a_registrar,
    a_student,
    a_term,
    an_administrator,
)
from rollbook.systems.college.records.models import Student, TransferCredit, TransferCreditRequest

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def test_the_masterlist_holds_everybody_by_name_and_is_narrowed():
    bsit, bsa = a_programme("BSIT"), a_programme("BSA")
    a_student("310002", programme=bsit, family_name="Ñañez", given_name="Ana")
    a_student("310001", programme=bsa, family_name="Cruz")
    gone = a_student("310003", programme=bsa, family_name="Abad")
    Student.objects.filter(id=gone.id).update(taken_back_at="2031-08-22T00:00:00+00:00")

    registrar = a_registrar()
    assert rows_of(registrar, "masterlist", "number", "name", "programme", "term", "status", "standing") == [
        ("310001", "Cruz, Juan", "BSA", "2031-1", "Active", "Good"),
        ("310002", "Ñañez, Ana", "BSIT", "2031-1", "Active", "Good"),
    ]
    assert rows_of(registrar, "masterlist", "number", programme=["BSIT"]) == [("310002",)]
    assert rows_of(registrar, "masterlist", "number", status=["LOA"]) == []


def test_sex_and_birthday_are_there_only_for_who_chooses_them():
    student = a_student("310001")
    Person.objects.filter(id=student.person_id).update(sex="M", birth_date=date(2008, 2, 29))

    assert len(rows_of(a_registrar(), "masterlist")[0]) == 8
    assert rows_of(a_registrar(), "masterlist", "sex", "birth_date") == [("M", date(2008, 2, 29))]


def test_a_programme_head_has_the_masterlist_of_their_own_programmes():
    a_student("310001", programme=a_programme("BSIT"))
    a_student("310002", programme=a_programme("BSA"))
    head = a_member(roles.PROGRAM_HEAD, name="Hilario Uy")
    Programme.objects.filter(code="BSIT").update(head=head.membership_id)

    assert rows_of(head, "masterlist", "number") == [("310001",)]


def test_of_a_cohort_it_is_counted_who_studies_on_graduated_or_left():
    earlier, later = a_term("2030-1"), a_term("2031-1")
    states = ["ACTIVE", "ACTIVE", "LOA", "GRADUATED", "WITHDRAWN", "DISMISSED", "INACTIVE"]
    for place, state in enumerate(states):
        student = a_student(f"30000{place}", term=earlier)
        Student.objects.filter(id=student.id).update(status=state)
    a_student("310001", term=later)

    assert rows_of(a_registrar(), "retention") == [
        ("2031-1", "BSIT", 1, 1, 0, 0, Decimal("100.0")),
        ("2030-1", "BSIT", 7, 3, 1, 3, Decimal("57.1")),
    ]


def test_credits_from_elsewhere_say_what_stood_there_and_what_was_granted():
    student = a_student("310001")
    subject = Subject.objects.create(code="MATH1", title="Mathematics", lecture_units=3)
    request = TransferCreditRequest.objects.create(student=student, institution="Mabini College")
    TransferCredit.objects.create(
        request=request, student=student, subject=subject, external_code="M 11", external_title="College algebra",
        external_units=Decimal(4), external_grade="1.75", units_granted=Decimal(3), state="CREDITED",
        credited_on=date(2031, 8, 5),
    )  # fmt: skip

    columns = ("number", "institution", "external_code", "external_grade", "subject", "units_granted", "state")
    assert rows_of(a_registrar(), "transfer-credits", *columns) == [
        ("310001", "Mabini College", "M 11", "1.75", "MATH1", Decimal("3.0"), "Credited")
    ]
    assert rows_of(a_registrar(), "transfer-credits", state=["REVOKED"]) == []


def test_what_registrars_did_is_counted_for_the_head_registrar_alone():
    registrar, head, administrator = a_registrar(), a_head_registrar(), an_administrator()
    for actor, action, times in ((registrar, "college.records.hold_placed", 3), (administrator, "x.other", 2)):
        for _time in range(times):
            record(actor, action, ("college_records.student", None))

    assert rows_of(head, "registrar-activity", "who", "action", "times") == [("Rosa Santos", "Hold placed", 3)]
    for somebody in (registrar, administrator):
        with pytest.raises(ReportNotFound):
            rows_of(somebody, "registrar-activity")


def test_acts_of_other_days_are_left_out(frozen_clock):
    registrar, head = a_registrar(), a_head_registrar()
    frozen_clock("2031-06-30T16:00:00+00:00")
    record(registrar, "college.records.hold_placed", ("college_records.student", None))

    july = {"at_from": ["2031-07-01"], "at_to": ["2031-07-01"]}
    june = {"at_from": ["2031-06-30"], "at_to": ["2031-06-30"]}
    # Four in the afternoon in London is the next day in Manila.
    assert rows_of(head, "registrar-activity", "day", "times", **july) == [(date(2031, 7, 1), 1)]
    assert rows_of(head, "registrar-activity", **june) == []


def test_the_trail_is_taken_away_by_who_may_export_it():
    administrator = an_administrator()
    record(administrator, "college.records.hold_placed", ("college_records.student", None), reason="Library book")

    assert rows_of(administrator, "audit-trail", "who", "action", "target_type", "reason") == [
        ("Andres Lim", "Hold placed", "Student", "Library book")
    ]
    with pytest.raises(ReportNotFound):
        rows_of(a_registrar(), "audit-trail")
    with pytest.raises(Exception, match="role"):
        rows_of(a_cashier(), "audit-trail")
