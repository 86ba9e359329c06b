"""A whole academic year of thirty students of three kinds, by API and in the browser, checked sum by sum.

Regular freshmen, irregular returnees and transferees apply, are admitted, pay, are advised, enrol, drop and wait, sit
exams, get grades and incompletes; their credit goes with them into the next term; some graduate, and a transcript is
verified by its code. What each figure should be stands in `sums.py`, worked out anew and in another way.

The windows of the terms stand around today and the administrator moves the terms on: a year is walked in minutes. Each
test asks for the year up to an act of its own; what came before happened once, whichever test is asked for.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.journeys import support
from tests.journeys.college.year import admission, classes, exams, grades, money, onward, papers
from tests.journeys.college.year.acts import Lived
from tests.journeys.college.year.course import COURSE
from tests.journeys.college.year.sums import EXAMS
from tests.journeys.college.year.world import build

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def year(site: support.Site, browser: Browser) -> Iterator[Lived]:
    """The year: a test asks for an act, and every act before it has happened."""
    lived = Lived(build(site, browser), COURSE)
    yield lived
    lived.year.close()


def test_thirty_of_three_kinds_apply_and_prove_their_address(year: Lived) -> None:
    lived = year.until(admission.thirty_apply)
    assert len({student.application_id for student in lived.students}) == 30


@pytest.mark.rule("R7", "R8")
def test_each_is_admitted_once_with_a_number_an_account_and_a_plan(year: Lived) -> None:
    lived = year.until(admission.the_office_admits)
    assert len({student.number for student in lived.students}) == 30


@pytest.mark.rule("R3", "R31", "R33", "R36", "R41")
def test_first_months_land_in_order_and_open_the_gate_and_the_exams(year: Lived) -> None:
    lived = year.until(money.all_pay_their_first_months)
    assert all(money.purse(lived, student).terms[lived.codes[0]].settled for student in lived.students)


@pytest.mark.rule("R56")
def test_credits_from_elsewhere_are_earned_and_leave_the_average_alone(year: Lived) -> None:
    lived = year.until(classes.credits_are_granted)
    assert sum(len(classes.record(lived, student)) for student in lived.students if student.is_transferee) == 8 * 12


@pytest.mark.rule("R29", "R30")
def test_who_is_off_the_plan_takes_a_list_to_the_adviser(year: Lived) -> None:
    lived = year.until(classes.lists_are_advised)
    assert lived.one(classes.RETURNED).desk.get("/college/me/waitlist") == []


@pytest.mark.rule("R18", "R19", "R22")
def test_all_thirty_enrol_within_cap_seats_and_prerequisites(year: Lived) -> None:
    lived = year.until(classes.thirty_enrol)
    assert all(classes.takes(lived, student, lived.codes[0]) for student in lived.students)


@pytest.mark.rule("R25", "R26")
def test_a_seat_that_is_dropped_goes_to_the_first_of_the_queue_and_a_late_leaver_gets_a_w(year: Lived) -> None:
    lived = year.until(classes.classes_begin)
    assert classes.record(lived, lived.one(classes.WITHDRAWS))[-1] == ("NSTP 1", "W")


@pytest.mark.rule("R40", "R42")
def test_the_term_is_paid_up_and_the_drawer_counted_to_the_centavo(year: Lived) -> None:
    lived = year.until(money.the_rest_of_the_term_is_paid)
    owing = [student.key for student in lived.students if money.purse(lived, student).owes]
    assert owing == [money.STILL_OWING]


@pytest.mark.rule("R44")
def test_permits_open_the_door_of_the_exam_and_say_nothing_of_money(year: Lived) -> None:
    lived = year.until(exams.the_prelim_is_sat)
    assert money.purse(lived, lived.one(exams.ON_SCREEN)).terms[lived.codes[0]].exams == EXAMS


@pytest.mark.rule("R45", "R48", "R49", "R51", "R52")
def test_grades_are_typed_handed_in_and_final_and_every_average_is_exact(year: Lived) -> None:
    year.until(grades.midterms_are_entered)
    lived = year.until(grades.first_grades_are_final)
    assert all(grades.grades_of(student)["all"]["cumulative"] for student in lived.students)


@pytest.mark.rule("R47", "R50")
def test_an_incomplete_is_resolved_and_a_final_grade_changed_by_two_people(year: Lived) -> None:
    year.until(grades.an_incomplete_is_resolved)
    lived = year.until(grades.a_grade_is_changed)
    assert ("GE 2", "2.00") in classes.record(lived, lived.one(grades.CHANGED))


def test_students_of_each_kind_read_their_grades(year: Lived) -> None:
    lived = year.until(grades.the_students_look_at_their_grades)
    assert lived.one("R01").desk.get("/college/me/grades")["incompletes"] == []


@pytest.mark.rule("R27", "R28", "R35")
def test_credit_year_and_debts_go_with_everybody_into_the_next_term(year: Lived) -> None:
    lived = year.until(onward.the_second_term_opens)
    assert all(lived.codes[1] in student.enrolments for student in lived.students)


@pytest.mark.rule("R37")
def test_the_second_term_is_billed_by_the_classes_taken(year: Lived) -> None:
    lived = year.until(onward.the_second_term_is_enrolled)
    assert all(not money.purse(lived, student).owes for student in lived.students)


def test_the_second_grades_are_final(year: Lived) -> None:
    lived = year.until(onward.second_grades_are_final)
    assert all(len(lived.kept["by term"][student.key]) == 2 for student in lived.students)


@pytest.mark.rule("R58")
def test_those_with_everything_graduate_by_two_people_and_the_others_hear_what_is_missing(year: Lived) -> None:
    year.until(papers.thirty_are_checked)
    lived = year.until(papers.they_graduate)
    assert len(lived.kept["graduated"]) == 6


@pytest.mark.rule("R57")
def test_a_transcript_is_verified_by_its_code_until_it_is_revoked(year: Lived) -> None:
    lived = year.until(papers.a_transcript_is_released_and_verified)
    (paper,) = lived.one(papers.ON_SCREEN).desk.get("/college/me/documents")
    assert paper["state"] == "REVOKED"


@pytest.mark.rule("R46")
def test_an_incomplete_that_nobody_resolved_fails_on_the_day_after_its_deadline(year: Lived) -> None:
    lived = year.until(onward.incompletes_run_out)
    assert ("IT 203", "5.00") in classes.record(lived, lived.one(grades.LEFT_MAJOR))


@pytest.mark.rule("R28", "R35")
def test_the_next_year_begins_and_the_books_are_right(year: Lived) -> None:
    lived = year.until(onward.the_year_ends)
    assert sum(lived.codes[2] in student.enrolments for student in lived.students) == 24
