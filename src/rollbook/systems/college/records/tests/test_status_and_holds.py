"""Leave and return, holds placed and released, and what the system holds by itself."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college import roles
from rollbook.systems.college.examples import (
    a_cashier,
    a_head_registrar,
    a_member,
    a_registrar,
    a_student,
    an_administrator,
)
from rollbook.systems.college.records import selectors, services
from rollbook.systems.college.records.errors import (
    BackdatingNotAllowed,
    HoldNotFound,
    HoldReleasedAlready,
    StatusBeginsTooEarly,
    StatusCannotChange,
    StudentHeld,
    StudentNotFound,
)
from rollbook.systems.college.records.models import Hold, StudentStatusPeriod

LEAVE = {"status": "LOA", "from_date": date(2031, 7, 10), "reason": "Leave until the next term"}


TODAY = date(2031, 7, 12)


@pytest.fixture
def july_twelfth(frozen_clock):
    frozen_clock(datetime(2031, 7, 1, 1, tzinfo=UTC))
    return lambda: frozen_clock(datetime(2031, 7, 12, 1, tzinfo=UTC))


def test_a_leave_closes_the_period_before_it(tenant, july_twelfth):
    student = a_student()
    july_twelfth()

    services.change_status(a_head_registrar(), student_id=student.id, **LEAVE)

    student.refresh_from_db()
    assert (student.status, student.version) == ("LOA", 2)
    assert list(StudentStatusPeriod.objects.order_by("from_date").values_list("status", "from_date", "to_date")) == [
        ("ACTIVE", date(2031, 7, 1), date(2031, 7, 9)),
        ("LOA", date(2031, 7, 10), None),
    ]
    entry = AuditEntry.objects.get(action="college.student_status_changed")
    assert entry.changes == {"status": {"before": "ACTIVE", "after": "LOA"}}
    assert entry.reason == "Leave until the next term"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"status": "GRADUATED"}, Invalid),
        ({"from_date": date(2031, 7, 13)}, Invalid),
        ({"reason": "short"}, Invalid),
        ({"status": "WITHDRAWN", "from_date": date(2031, 7, 1)}, StatusBeginsTooEarly),
        ({"from_date": date(2031, 7, 11)}, BackdatingNotAllowed),
        ({"to_date": date(2031, 7, 11)}, Invalid),
        ({"status": "WITHDRAWN", "to_date": date(2031, 8, 11)}, Invalid),
        ({"status": "ACTIVE"}, StatusCannotChange),
        ({"status": "DISMISSED"}, Forbidden),
    ],
)
def test_what_cannot_be_recorded_is_refused_and_nothing_changes(tenant, july_twelfth, change, refusal):
    student = a_student()
    july_twelfth()

    with pytest.raises(refusal):
        services.change_status(a_registrar(), student_id=student.id, **{**LEAVE, "from_date": TODAY, **change})

    student.refresh_from_db()
    assert student.status == "ACTIVE"
    assert StudentStatusPeriod.objects.count() == 1


def test_only_the_head_registrar_dismisses_and_nobody_comes_back_from_it(tenant, july_twelfth):
    student = a_student()
    july_twelfth()
    services.change_status(a_head_registrar(), student_id=student.id, **{**LEAVE, "status": "DISMISSED"})

    with pytest.raises(StatusCannotChange) as refusal:
        services.change_status(
            a_registrar(), student_id=student.id, **{**LEAVE, "status": "ACTIVE", "from_date": date(2031, 7, 11)}
        )
    assert refusal.value.detail.endswith("is dismissed and cannot become active from there.")


def test_overlapping_periods_are_stopped_by_the_database(tenant, july_twelfth):
    student = a_student()

    with pytest.raises(IntegrityError, match="college_status_no_overlap"), transaction.atomic():
        StudentStatusPeriod.objects.create(
            student=student, status="LOA", from_date=date(2031, 1, 1), to_date=date(2031, 7, 1)
        )


def test_a_hold_blocks_what_it_says_until_it_is_released(tenant):
    student, registrar = a_student("310001"), a_registrar()
    hold = services.place_hold(
        registrar,
        student_id=student.id,
        kind="LIBRARY",
        blocks=["DOCUMENT_RELEASE", "ENROL"],
        reason="Two books are due",
    )

    with pytest.raises(StudentHeld) as refusal:
        selectors.must_not_be_held(student, "ENROL")
    assert refusal.value.detail == "310001 is held: library. It has to be released before this is possible."
    selectors.must_not_be_held(student, "EXAM")

    services.release_hold(registrar, hold_id=hold.id, reason="Books are back")
    selectors.must_not_be_held(student, "ENROL")
    with pytest.raises(HoldReleasedAlready):
        services.release_hold(registrar, hold_id=hold.id, reason="Books are back")
    assert AuditEntry.objects.filter(action="college.hold_released").count() == 1


def test_a_hold_without_reason_or_effect_is_refused(tenant):
    student = a_student()

    with pytest.raises(Invalid) as refusal:
        services.place_hold(a_registrar(), student_id=student.id, kind="ODD", blocks=["FLY"], reason="x")

    assert [error["field"] for error in refusal.value.errors] == ["kind", "blocks", "reason"]
    assert not Hold.objects.exists()


def test_a_supervisor_holds_for_money_only_and_a_cashier_not_at_all(tenant):
    student, supervisor = a_student(), a_member(roles.CASHIER_SUPERVISOR)
    hold = services.place_hold(
        supervisor, student_id=student.id, kind="FINANCIAL", blocks=["ENROL"], reason="Bounced cheque"
    )
    assert hold.placed_by_id == supervisor.user_id

    for actor, kind in ((supervisor, "LIBRARY"), (a_cashier(), "FINANCIAL")):
        with pytest.raises(Forbidden):
            services.place_hold(actor, student_id=student.id, kind=kind, blocks=["ENROL"], reason="Bounced cheque")


def test_reasons_of_disciplinary_holds_are_for_registrars_and_the_student(tenant):
    student, registrar = a_student(), a_registrar()
    services.place_hold(
        registrar, student_id=student.id, kind="DISCIPLINARY", blocks=["GRADUATE"], reason="Case 12 is open"
    )
    own = a_member(roles.STUDENT, person_id=student.person_id)

    assert [hold.shown_reason for hold in selectors.holds_of(registrar, student)] == ["Case 12 is open"]
    assert [hold.shown_reason for hold in selectors.holds_of(own, student)] == ["Case 12 is open"]
    assert [hold.shown_reason for hold in selectors.holds_of(an_administrator(), student)] == ["See registrar"]
    with pytest.raises(Forbidden):
        selectors.holds_of(a_cashier(), student)


def test_another_colleges_student_is_not_held_and_their_hold_not_released(organisation, other_organisation):
    with tenant_scope(organisation.id):
        student = a_student()
        hold = services.place_hold(
            a_registrar(), student_id=student.id, kind="LIBRARY", blocks=["ENROL"], reason="Two books are due"
        )
    with tenant_scope(other_organisation.id):
        with pytest.raises(StudentNotFound):
            services.place_hold(
                a_registrar(), student_id=student.id, kind="LIBRARY", blocks=["ENROL"], reason="Two books are due"
            )
        with pytest.raises(HoldNotFound):
            services.release_hold(a_registrar(), hold_id=hold.id, reason="Books are back")


def test_the_system_holds_while_any_cause_stands_and_writes_each_of_them_down(tenant):
    student = a_student()
    system = Actor.system(tenant.id, job="test")

    assert services.add_cause(system, student_id=student.id, cause="MONTH1:a", reason="Month 1 is open again") is True
    assert services.add_cause(system, student_id=student.id, cause="MONTH1:a", reason="Month 1 is open again") is False
    assert (
        services.add_cause(system, student_id=student.id, cause="OLD_BALANCE", reason="An older term is open") is True
    )
    hold = Hold.objects.get()
    assert (hold.causes, hold.blocks) == (["MONTH1:a", "OLD_BALANCE"], ["DOCUMENT_RELEASE", "ENROL"])

    assert services.drop_cause(system, student_id=student.id, cause="MONTH1:a", reason="Paid") is True
    hold.refresh_from_db()
    assert hold.is_live
    assert services.drop_cause(system, student_id=student.id, cause="OLD_BALANCE", reason="Paid") is True
    hold.refresh_from_db()
    assert (hold.is_live, hold.release_reason) == (False, "Paid")
    assert services.drop_cause(system, student_id=student.id, cause="OLD_BALANCE", reason="Paid") is False
    assert AuditEntry.objects.filter(target_id=hold.id).count() == 4


def test_two_live_automatic_financial_holds_are_stopped_by_the_database(tenant):
    student = a_student()
    services.add_cause(Actor.system(tenant.id, job="test"), student_id=student.id, cause="A", reason="Owed")

    with pytest.raises(IntegrityError, match="college_hold_one_automatic"), transaction.atomic():
        Hold.objects.create(
            student=student, kind="FINANCIAL", blocks=["ENROL"], reason="Owed", is_automatic=True,
            placed_at=datetime(2031, 7, 1, tzinfo=UTC),
        )  # fmt: skip


def test_what_the_system_placed_only_an_administrator_lifts(tenant):
    student = a_student()
    services.add_cause(Actor.system(tenant.id, job="test"), student_id=student.id, cause="A", reason="Owed")
    hold = Hold.objects.get()

    with pytest.raises(Forbidden):
        services.release_hold(a_registrar(), hold_id=hold.id, reason="A promise by phone")
    services.release_hold(an_administrator(), hold_id=hold.id, reason="A promise by phone")
    hold.refresh_from_db()
    assert not hold.is_live
