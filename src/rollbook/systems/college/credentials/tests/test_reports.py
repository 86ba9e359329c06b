"""The reports of papers and graduates."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rollbook.core.permissions.actor import Actor
from rollbook.shared.analytics.errors import ReportNotFound
from rollbook.shared.analytics.examples import rows_of
from rollbook.shared.people.models import Person
from rollbook.systems.college import roles
from rollbook.systems.college.credentials.services import releasing
from rollbook.systems.college.enrolment.services.results import ResultSet, set_result
from rollbook.systems.college.examples import a_head_registrar, a_member, a_programme, a_registrar, a_student, a_term
from rollbook.systems.college.grading.examples import a_class
from rollbook.systems.college.grading.models import CumulativeResult
from rollbook.systems.college.records.models import Student, StudentStatusPeriod

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


def test_a_registrar_has_the_papers_they_released_and_the_head_registrar_all(frozen_clock):
    frozen_clock("2031-09-01T02:00:00+00:00")
    term = a_term()
    of = a_class([a_student("310001", term=term, family_name="Abad")], term=term)
    student, graded = (
        of.students[0],
        ResultSet(of.taken[0].id, "PASSED", "1.75", Decimal("1.75"), None, date(2031, 9, 1)),
    )
    set_result(Actor.system(of.section.organisation_id, job="test"), graded)
    mine, theirs = a_registrar(), a_registrar()
    paper = releasing.release(mine, student_id=student.id, paper="TOR", purpose="A scholarship")
    releasing.release(theirs, student_id=student.id, paper="TOR", purpose="A scholarship")
    releasing.revoke(mine, document_id=paper.id, reason="A wrong name stands on it")

    columns = ("paper", "name", "released_by", "issued_on", "state", "state_reason")
    assert rows_of(mine, "document-releases", *columns) == [
        (paper.number, "Abad, Juan", "Rosa Santos", date(2031, 9, 1), "Revoked", "A wrong name stands on it")
    ]
    assert len(rows_of(a_head_registrar(), "document-releases")) == 2
    assert rows_of(a_head_registrar(), "document-releases", issued_to=["2031-08-31"]) == []


def test_graduates_are_listed_by_the_day_on_which_they_graduated():
    for number, day in (("310001", date(2031, 4, 2)), ("310002", date(2032, 4, 2))):
        student = a_student(number, programme=None, family_name=f"Abad{number[-1]}")
        Student.objects.filter(id=student.id).update(status="GRADUATED")
        StudentStatusPeriod.objects.filter(student=student).update(to_date=day - timedelta(days=1))
        StudentStatusPeriod.objects.create(student=student, status="GRADUATED", from_date=day, reason="Confirmed")
        Person.objects.filter(id=student.person_id).update(sex="F")
        CumulativeResult.objects.create(student=student, units_earned=Decimal(126), computed_from="-")
    a_student("310003")

    columns = ("family", "sex", "programme_name", "graduated_on", "units_earned")
    assert rows_of(a_registrar(), "regulator-graduates", *columns, graduated_from=["2032-01-01"]) == [
        ("Abad2", "F", "Bachelor of BSIT", date(2032, 4, 2), Decimal("126.0"))
    ]
    assert len(rows_of(a_registrar(), "regulator-graduates")) == 2


def test_a_programme_head_has_neither():
    a_programme()
    head = a_member(roles.PROGRAM_HEAD, name="Hilario Uy")

    for key in ("document-releases", "regulator-graduates"):
        with pytest.raises(ReportNotFound):
            rows_of(head, key)
