"""The home of each role of a college: what needs them first, how things stand, and where their work begins."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rollbook.core.permissions.actor import Actor
from rollbook.systems.college import roles
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.examples import (
    a_browser,
    a_cashier,
    a_member,
    a_plan,
    a_registrar,
    a_student,
    an_administrator,
)
from rollbook.systems.college.grading.examples import a_class, finalised, submitted
from rollbook.systems.college.records.models import Hold
from rollbook.systems.college.records.services import place_hold

pytestmark = pytest.mark.usefixtures("tenant")


@pytest.fixture
def in_grading_weeks(frozen_clock: Callable[[datetime], None]) -> None:
    frozen_clock(datetime(2026, 8, 31, 6, 0, tzinfo=UTC))


def home_of(actor: Actor) -> str:
    answer = a_browser(actor).get("/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_cashier_is_led_to_the_desk() -> None:
    answer = a_browser(a_cashier()).get("/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/cashier/")


def test_who_has_no_role_is_told_whom_to_ask() -> None:
    assert "no role has been given to you" in home_of(a_member())


def test_a_registrar_sees_the_sheets_that_wait_and_the_term_by_programme(in_grading_weeks: None) -> None:
    class_ = a_class(2)
    Term.objects.filter(id=class_.section.term_id).update(is_current=True)

    assert "waits to be finalised" not in home_of(a_registrar())
    submitted(class_, "1.25", "INC")
    page = home_of(a_registrar())

    assert "1 grade sheet waits to be finalised" in page
    assert "Active students" in page
    assert "Enrolled in 2026-1" in page
    assert "No incomplete ends within 30 days." in page


def test_a_professor_sees_the_sheets_that_are_open_and_the_classes_of_the_day(in_grading_weeks: None) -> None:
    class_ = a_class(2)
    page = home_of(class_.owner)

    assert "2 grade sheets are open" in page
    assert "Classes today" in page
    assert "waits to be finalised" not in page


def test_an_administrator_sees_members_without_a_role_work_that_failed_and_the_newest_acts() -> None:
    a_member()
    page = home_of(an_administrator())

    assert "1 member has no role yet" in page
    assert "Acts each day" in page
    assert "Newest acts" in page
    assert "Failed work" in page


def test_a_student_sees_what_is_due_units_permits_holds_and_what_is_incomplete(in_grading_weeks: None) -> None:
    class_ = a_class(1)
    enrolment = class_.taken[0].term_enrolment
    a_plan(enrolment)
    finalised(class_, "INC")
    place_hold(
        a_registrar(), student_id=enrolment.student_id, kind=Hold.Kind.LIBRARY, blocks=[Hold.Blocks.ENROL],
        reason="Three books are missing.",
    )  # fmt: skip
    page = home_of(a_member(roles.STUDENT, person_id=enrolment.student.person_id))

    assert "A hold stands on your record: Library" in page
    assert "IT101 is incomplete: 181 days left, until Feb 28, 2027" in page
    assert "is due on" in page
    assert "Months of 2026-1" in page
    assert "Units in 2026-1" in page
    assert "Exam permits" in page


def test_a_student_without_a_term_is_told_that_nothing_waits() -> None:
    student = a_student()

    assert "Nothing waits for you" in home_of(a_member(roles.STUDENT, person_id=student.person_id))


def test_a_home_asks_no_more_of_the_database_for_more_students(in_grading_weeks: None) -> None:
    def statements() -> int:
        browser = a_browser(registrar)
        browser.get("/")
        with CaptureQueriesContext(connection) as captured:
            browser.get("/")
        return len(captured)

    registrar = a_registrar()
    class_ = a_class(1)
    Term.objects.filter(id=class_.section.term_id).update(is_current=True)
    finalised(class_, "INC")
    before = statements()
    a_class(4, code="IT202")

    assert statements() == before
