"""A student who is away sits in no class: what a leave, a withdrawal and a dismissal do to the terms that run."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rollbook.core import events
from rollbook.core.audit.models import AuditEntry
from rollbook.core.events import publish
from rollbook.systems.college.catalogue.models import Term, TermWindow
from rollbook.systems.college.enrolment.events import SubjectsChanged, TermEnrolmentCancelled, TermEnrolmentWithdrawn
from rollbook.systems.college.enrolment.examples import (
    a_class,
    a_past,
    a_taker,
    item,
    subjects,
    the_curriculum,
    the_student,
)
from rollbook.systems.college.enrolment.models import SubjectEnrolment, TermEnrolment
from rollbook.systems.college.enrolment.services.enrolling import enrol
from rollbook.systems.college.enrolment.services.waiting import join_waitlist
from rollbook.systems.college.examples import a_head_registrar, a_registrar, a_term
from rollbook.systems.college.records import services
from rollbook.systems.college.records.errors import LeaveCoversFinalGrades
from rollbook.systems.college.records.events import StatusConsidered
from rollbook.systems.college.records.models import StudentStatusPeriod

FAMILY = "A parent has to be looked after"


@pytest.fixture
def told(monkeypatch):
    """What the rooms above are told."""
    heard: list = []
    for kind in (SubjectsChanged, TermEnrolmentCancelled, TermEnrolmentWithdrawn):
        monkeypatch.setitem(events._subscribers, kind, [heard.append])
    return heard


@pytest.fixture
def at(frozen_clock):
    def on(year, month, day):
        frozen_clock(datetime(year, month, day, 2, tzinfo=UTC))

    on(2031, 7, 1)
    return on


def enrolled(*codes):
    the_curriculum({(1, "FIRST"): subjects(*codes)})
    taker = a_taker("310001")
    sections = [a_class(code) for code in codes]
    enrol(the_student(taker), term_enrolment_id=taker.id, items=[item(section) for section in sections])
    return taker, sections


def states(taker):
    rows = SubjectEnrolment.objects.filter(term_enrolment=taker)
    return dict(rows.values_list("subject__code", "state"))


@pytest.mark.rule("R26")
def test_a_leave_in_the_middle_of_a_term_withdraws_its_classes_with_w(tenant, at, told):
    taker, _sections = enrolled("IT 101", "IT 102")
    Term.objects.filter(id=taker.term_id).update(state="IN_PROGRESS")
    TermWindow.objects.filter(kind="ADD_DROP").update(opens_on=date(2031, 8, 1), closes_on=date(2031, 8, 14))
    at(2031, 9, 15)

    services.change_status(
        a_registrar(), student_id=taker.student_id, status="LOA", from_date=date(2031, 9, 15), reason=FAMILY
    )

    taker.refresh_from_db()
    assert taker.state == "WITHDRAWN"
    rows = SubjectEnrolment.objects.filter(term_enrolment=taker)
    assert set(rows.values_list("state", "result", "final_symbol", "end_reason")) == {
        ("WITHDRAWN", "WITHDRAWN", "W", FAMILY)
    }
    assert [type(event) for event in told[-2:]] == [SubjectsChanged, TermEnrolmentWithdrawn]
    assert (told[-1].term_enrolment_id, told[-1].on) == (taker.id, date(2031, 9, 15))
    assert AuditEntry.objects.get(action="college.enrolment_withdrawn").facts["classes"] == 2


def test_while_add_and_drop_is_open_the_classes_are_dropped_without_a_trace(tenant, at):
    taker, _sections = enrolled("IT 101")
    Term.objects.filter(id=taker.term_id).update(state="IN_PROGRESS")
    TermWindow.objects.filter(kind="ADD_DROP").update(opens_on=date(2031, 8, 1), closes_on=date(2031, 8, 14))
    at(2031, 8, 14)

    services.change_status(
        a_registrar(), student_id=taker.student_id, status="WITHDRAWN", from_date=date(2031, 8, 14), reason=FAMILY
    )

    assert states(taker) == {"IT 101": "DROPPED"}
    taker.refresh_from_db()
    assert taker.state == "WITHDRAWN"


def test_a_term_that_has_not_begun_is_cancelled(tenant, at, told):
    taker, _sections = enrolled("IT 101")
    at(2031, 7, 2)

    services.change_status(
        a_head_registrar(), student_id=taker.student_id, status="DISMISSED", from_date=date(2031, 7, 2), reason=FAMILY
    )

    taker.refresh_from_db()
    assert (taker.state, states(taker)) == ("CANCELLED", {"IT 101": "DROPPED"})
    assert type(told[-1]) is TermEnrolmentCancelled


def test_the_seat_that_is_left_goes_to_who_waits_and_a_place_in_a_queue_is_given_up(tenant, at):
    taker, (section,) = enrolled("IT 101")
    section.capacity = 1
    section.save(update_fields=["capacity"])
    other = a_taker("310002")
    waiting = join_waitlist(the_student(other), term_enrolment_id=other.id, section_id=section.id)
    at(2031, 7, 2)

    services.change_status(
        a_registrar(), student_id=taker.student_id, status="LOA", from_date=date(2031, 7, 2), reason=FAMILY
    )
    waiting.refresh_from_db()
    assert waiting.state == "OFFERED"

    services.change_status(
        a_registrar(), student_id=other.student_id, status="LOA", from_date=date(2031, 7, 2), reason=FAMILY
    )
    waiting.refresh_from_db()
    assert waiting.state == "REMOVED"


def test_terms_beside_the_leave_and_subjects_with_a_grade_stay(tenant, at):
    taker, _sections = enrolled("IT 101")
    later = a_taker("310001", term=a_term("2031-2"))
    done = a_past(taker.student, _sections[0].subject, "PASSED", numeric="2.00")
    at(2031, 7, 2)

    services.change_status(
        a_registrar(), student_id=taker.student_id, status="LOA", from_date=date(2031, 7, 2),
        to_date=date(2031, 12, 31), reason=FAMILY,
    )  # fmt: skip

    later.refresh_from_db()
    done.refresh_from_db()
    assert (later.state, done.state) == ("ACTIVE", "COMPLETED")
    assert TermEnrolment.objects.get(id=taker.id).state == "CANCELLED"


def test_a_leave_that_grows_into_the_next_term_cancels_it_too(tenant, at):
    taker, _sections = enrolled("IT 101")
    later = a_taker("310001", term=a_term("2031-2"))
    at(2031, 7, 2)
    services.change_status(
        a_registrar(), student_id=taker.student_id, status="LOA", from_date=date(2031, 7, 2),
        to_date=date(2031, 12, 31), reason=FAMILY,
    )  # fmt: skip

    services.move_end_of_leave(a_registrar(), student_id=taker.student_id, to_date=None, reason=FAMILY)

    later.refresh_from_db()
    assert later.state == "CANCELLED"


def test_a_leave_over_final_grades_is_refused_and_nothing_changes(tenant, at):
    taker, (section,) = enrolled("IT 101")
    a_past(taker.student, section.subject, "PASSED", numeric="2.00", finalized_on=date(2031, 7, 5))
    at(2031, 7, 10)

    with pytest.raises(LeaveCoversFinalGrades) as refusal:
        services.change_status(
            a_head_registrar(), student_id=taker.student_id, status="LOA", from_date=date(2031, 7, 4), reason=FAMILY
        )

    assert refusal.value.detail == (
        "Grades of IT 101 were finalised between 2031-07-04 and 2031-07-10. Let the leave begin after them."
    )
    taker.refresh_from_db()
    assert (taker.state, states(taker)) == ("ACTIVE", {"IT 101": "ENROLLED"})
    assert StudentStatusPeriod.objects.count() == 1


def test_whoever_decides_sees_what_would_become_of_the_terms(tenant, at):
    taker, _sections = enrolled("IT 101", "IT 102")
    day = date(2031, 7, 2)

    event = StatusConsidered(taker.student_id, "LOA", day, day + timedelta(days=60), ())
    publish(event)

    assert [(one.about, one.before, one.after) for one in event.effects] == [("2031-1", "2 classes", "Cancelled")]
    taker.refresh_from_db()
    assert taker.state == "ACTIVE"
