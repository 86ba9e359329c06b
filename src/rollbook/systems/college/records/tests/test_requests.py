"""A student asks for a leave, a return or a withdrawal; the registrar decides; on its day it begins."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from rollbook.core import events
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, Invalid, VersionConflict
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.messaging.models import Notice
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
    LeaveOverlaps,
    NeedsReadmission,
    NotCleared,
    NotOnLeave,
    RequestCannotMove,
    RequestNotFound,
    RequestStands,
)
from rollbook.systems.college.records.events import StatusConsidered
from rollbook.systems.college.records.jobs import follow_calendar
from rollbook.systems.college.records.models import Override, StatusRequest, StudentStatusPeriod

FAMILY = "A parent has to be looked after"
NO = "The term is nearly over; ask again"


@pytest.fixture
def on(frozen_clock):
    def day(text):
        frozen_clock(datetime.fromisoformat(f"{text}T02:00:00").replace(tzinfo=UTC))

    day("2031-07-01")
    return day


def herself(student):
    return a_member(roles.STUDENT, name="Juana Dela Cruz", person_id=student.person_id)


def asks(student, kind="LEAVE", first="2031-07-10", last=None, **more):
    return services.request_status(
        herself(student), kind=kind, from_date=date.fromisoformat(first),
        to_date=date.fromisoformat(last) if last else None, reason=FAMILY, **more,
    )  # fmt: skip


def approved(request, by=None, **more):
    return services.decide_status_request(by or a_registrar(), request_id=request.id, approve=True, **more)


def periods():
    return list(StudentStatusPeriod.objects.order_by("from_date").values_list("status", "from_date", "to_date"))


def test_a_leave_asked_for_is_granted_begins_on_its_day_and_ends_after_its_last(tenant, on):
    student = a_student()
    request = asks(student, first="2031-07-10", last="2031-07-20")
    assert (request.state, request.requested_on) == ("REQUESTED", date(2031, 7, 1))

    assert approved(request).state == "APPROVED"
    student.refresh_from_db()
    assert student.status == "ACTIVE"

    on("2031-07-10")
    assert follow_calendar(organisation_id=tenant.id) == 1
    student.refresh_from_db()
    request.refresh_from_db()
    assert (student.status, request.state) == ("LOA", "DONE")
    assert follow_calendar(organisation_id=tenant.id) == 0

    on("2031-07-20")
    assert follow_calendar(organisation_id=tenant.id) == 0
    on("2031-07-23")
    assert follow_calendar(organisation_id=tenant.id) == 1
    student.refresh_from_db()
    assert student.status == "ACTIVE"
    assert periods() == [
        ("ACTIVE", date(2031, 7, 1), date(2031, 7, 9)),
        ("LOA", date(2031, 7, 10), date(2031, 7, 20)),
        ("ACTIVE", date(2031, 7, 21), None),
    ]


def test_what_is_granted_for_today_begins_at_once_and_the_student_is_told(tenant, on):
    student = a_student()
    on("2031-07-02")

    request = approved(asks(student, first="2031-07-02"))

    student.refresh_from_db()
    assert (student.status, request.state) == ("LOA", "DONE")
    notice = Notice.objects.get(kind="REQUEST")
    assert (notice.recipient_id, notice.facts["state"]) == (student.person_id, "DONE")
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"college.status_requested", "college.status_request_approved", "college.student_status_changed"} <= actions


def test_what_was_asked_for_in_time_begins_on_its_day_although_it_was_decided_later(tenant, on):
    student = a_student()
    request = asks(student, first="2031-07-05")
    on("2031-07-09")

    approved(request)

    assert periods()[-1] == ("LOA", date(2031, 7, 5), None)


def test_a_return_asked_for_in_advance_gives_the_leave_its_last_day(tenant, on):
    student = a_student()
    on("2031-07-02")
    approved(asks(student, first="2031-07-02"))
    on("2031-08-01")

    request = approved(asks(student, "RETURN", first="2031-08-11"))

    assert (request.state, periods()[-1]) == ("DONE", ("LOA", date(2031, 7, 2), date(2031, 8, 10)))
    on("2031-08-11")
    follow_calendar(organisation_id=tenant.id)
    student.refresh_from_db()
    assert student.status == "ACTIVE"


def test_a_return_today_ends_the_leave_before_its_last_day(tenant, on):
    student = a_student()
    on("2031-07-02")
    approved(asks(student, first="2031-07-02", last="2031-12-31"))
    on("2031-08-11")

    approved(asks(student, "RETURN", first="2031-08-11"))

    assert periods()[1:] == [("LOA", date(2031, 7, 2), date(2031, 8, 10)), ("ACTIVE", date(2031, 8, 11), None)]


@pytest.mark.parametrize("day", ["2031-07-02", "2031-08-02"])
def test_nobody_returns_before_the_leave_or_after_it_is_over(tenant, on, day):
    student = a_student()
    on("2031-07-02")
    approved(asks(student, first="2031-07-02", last="2031-07-31"))

    with pytest.raises(Invalid):
        asks(student, "RETURN", first=day)

    assert periods()[-1] == ("LOA", date(2031, 7, 2), date(2031, 7, 31))


def test_whoever_looks_at_a_request_leaves_a_trace_and_the_student_none(tenant, on):
    student = a_student()
    request = asks(student)
    before = AccessEntry.objects.count()

    selectors.get_status_request(herself(student), request.id)
    assert AccessEntry.objects.count() == before
    selectors.get_status_request(a_registrar(), request.id)
    assert AccessEntry.objects.count() == before + 1


def test_whoever_withdraws_is_cleared_first(tenant, on):
    student, registrar = a_student("310001"), a_registrar()
    hold = services.place_hold(
        registrar, student_id=student.id, kind="LIBRARY", blocks=["DOCUMENT_RELEASE"], reason="Two books are due"
    )
    on("2031-07-02")
    request = asks(student, "WITHDRAWAL", first="2031-07-02")

    with pytest.raises(NotCleared) as refusal:
        approved(request, registrar)
    assert refusal.value.detail.startswith("310001 is not cleared: library.")
    with pytest.raises(Forbidden):
        approved(request, registrar, without_clearance="The books were lost in the flood")
    request.refresh_from_db()
    assert (request.state, Override.objects.count()) == ("REQUESTED", 0)

    services.release_hold(registrar, hold_id=hold.id, reason="Books are back")
    assert approved(request, registrar).state == "DONE"
    student.refresh_from_db()
    assert student.status == "WITHDRAWN"


def test_the_head_registrar_lets_somebody_go_without_clearance_on_the_record(tenant, on):
    student = a_student()
    services.place_hold(
        a_registrar(), student_id=student.id, kind="LIBRARY", blocks=["DOCUMENT_RELEASE"], reason="Two books are due"
    )
    on("2031-07-02")

    approved(
        asks(student, "WITHDRAWAL", first="2031-07-02"), a_head_registrar(),
        without_clearance="The books were lost in the flood",
    )  # fmt: skip

    override = Override.objects.get(kind="CLEARANCE")
    assert (override.subject_id, override.reason) == (student.id, "The books were lost in the flood")
    assert selectors.live_holds_of(student.id)


def test_whoever_withdrew_comes_back_by_an_application_only(tenant, on):
    student = a_student()
    on("2031-07-02")
    approved(asks(student, "WITHDRAWAL", first="2031-07-02"))
    on("2031-08-01")

    with pytest.raises(NeedsReadmission):
        services.change_status(
            a_registrar(), student_id=student.id, status="ACTIVE", from_date=date(2031, 8, 1), reason=FAMILY
        )
    with pytest.raises(Forbidden):
        services.readmit(a_registrar(), student_id=student.id, reference="APP-2031-000001")

    services.readmit(a_member(roles.ADMISSION_STAFF), student_id=student.id, reference="APP-2031-000001")
    student.refresh_from_db()
    assert student.status == "ACTIVE"


def test_declining_says_why_and_nothing_else_changes(tenant, on):
    student = a_student()
    request = asks(student)

    with pytest.raises(Invalid) as refusal:
        services.decide_status_request(a_registrar(), request_id=request.id, approve=False, note="no")
    assert refusal.value.errors[0]["field"] == "note"

    declined = services.decide_status_request(a_registrar(), request_id=request.id, approve=False, note=NO)
    assert (declined.state, declined.note) == ("DECLINED", NO)
    assert len(periods()) == 1
    with pytest.raises(RequestCannotMove):
        approved(request)


def test_one_request_at_a_time_and_it_can_be_taken_back(tenant, on):
    student = a_student("310001")
    request = asks(student)

    with pytest.raises(RequestStands) as refusal:
        asks(student, "WITHDRAWAL")
    assert refusal.value.detail.startswith("A request of 310001 is still open.")

    taken_back = services.take_back_status_request(herself(student), request_id=request.id)
    assert taken_back.state == "TAKEN_BACK"
    assert asks(student, "WITHDRAWAL").state == "REQUESTED"


def test_the_desk_takes_a_granted_leave_back_before_it_begins_and_says_why(tenant, on):
    student = a_student()
    request = approved(asks(student))

    with pytest.raises(Invalid):
        services.take_back_status_request(a_registrar(), request_id=request.id)
    services.take_back_status_request(a_registrar(), request_id=request.id, reason="The family called it off")
    assert Notice.objects.filter(kind="REQUEST", facts__state="TAKEN_BACK").count() == 1

    on("2031-07-10")
    assert follow_calendar(organisation_id=tenant.id) == 0


def test_nobody_decides_their_own_request(tenant, on):
    student = a_student()
    both = a_member(roles.STUDENT, roles.HEAD_REGISTRAR, person_id=student.person_id)
    own = services.request_status(both, kind="LEAVE", from_date=date(2031, 7, 10), reason=FAMILY)

    with pytest.raises(SelfApproval):
        approved(own, both)
    with pytest.raises(IntegrityError, match="college_statusrequest_two_people"), transaction.atomic():
        StatusRequest.objects.filter(id=own.id).update(
            state="APPROVED", decided_by=both.user_id, decided_at="2031-07-01T00:00Z"
        )


def test_on_paper_the_desk_writes_the_request_down_and_may_decide_it(tenant, on):
    student, registrar = a_student(), a_registrar()

    request = services.request_status(
        registrar, student_id=student.id, kind="LEAVE", from_date=date(2031, 7, 10), reason=FAMILY
    )

    assert (request.requested_by_id, approved(request, registrar).state) == (None, "APPROVED")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"kind": "HOLIDAY"}, Invalid),
        ({"first": "2031-06-30"}, Invalid),
        ({"last": "2031-07-09"}, Invalid),
        ({"kind": "WITHDRAWAL", "last": "2031-08-09"}, Invalid),
        ({"kind": "RETURN"}, NotOnLeave),
        ({"is_confidential": True, "kind": ""}, Invalid),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(tenant, on, change, refusal):
    student = a_student()

    with pytest.raises(refusal):
        asks(student, **change)

    assert not StatusRequest.objects.exists()


def test_a_leave_on_days_of_another_names_that_one(tenant, on):
    student = a_student("310001")
    on("2031-07-02")
    approved(asks(student, first="2031-07-02", last="2031-07-31"))

    with pytest.raises(LeaveOverlaps) as refusal:
        asks(student, first="2031-07-31", last="2031-08-31")

    assert refusal.value.detail.startswith("310001 is on leave from 2031-07-02 to 2031-07-31 already.")


def test_a_leave_that_began_before_today_is_the_head_registrars(tenant, on):
    student = a_student()
    on("2031-07-12")
    leave = {"student_id": student.id, "kind": "LEAVE", "from_date": date(2031, 7, 10), "reason": FAMILY}

    with pytest.raises(BackdatingNotAllowed):
        services.request_status(a_registrar(), **leave)
    with pytest.raises(BackdatingNotAllowed):
        services.change_status(
            a_registrar(), student_id=student.id, status="LOA", from_date=date(2031, 7, 10), reason=FAMILY
        )

    assert services.request_status(a_head_registrar(), **leave).state == "REQUESTED"


def test_a_medical_reason_is_read_by_registrars_and_the_student_alone(tenant, on):
    student = a_student()
    on("2031-07-02")
    request = approved(asks(student, first="2031-07-02", is_confidential=True))

    assert selectors.get_status_request(a_registrar(), request.id).shown_reason == FAMILY
    assert selectors.get_status_request(herself(student), request.id).shown_reason == FAMILY
    assert selectors.get_status_request(an_administrator(), request.id).shown_reason == "See registrar"
    assert StudentStatusPeriod.objects.get(status="LOA").reason == "See registrar"
    assert not AuditEntry.objects.filter(reason__contains="parent").exists()


def test_strangers_find_nothing(tenant, on):
    student, other = a_student("310001"), a_student("310002")
    request = asks(student)

    with pytest.raises(RequestNotFound):
        selectors.get_status_request(herself(other), request.id)
    with pytest.raises(RequestNotFound):
        services.take_back_status_request(herself(other), request_id=request.id)
    with pytest.raises(Forbidden):
        selectors.status_requests(a_cashier())
    with pytest.raises(Forbidden):
        approved(request, herself(student))


def test_a_request_of_one_college_is_none_in_another(organisation, other_organisation, on):
    with tenant_scope(organisation.id):
        request = asks(a_student())
    with tenant_scope(other_organisation.id):
        registrar = a_registrar()
        with pytest.raises(RequestNotFound):
            approved(request, registrar)


def test_a_decision_on_something_that_changed_meanwhile_is_refused(tenant, on):
    request = asks(a_student())

    with pytest.raises(VersionConflict):
        approved(request, expected_version=7)


def test_the_last_day_of_a_leave_is_moved_and_never_into_the_past(tenant, on):
    student = a_student("310001")
    with pytest.raises(NotOnLeave):
        services.move_end_of_leave(a_registrar(), student_id=student.id, to_date=None, reason=FAMILY)
    on("2031-07-02")
    approved(asks(student, first="2031-07-02", last="2031-07-31"))
    on("2031-07-20")

    with pytest.raises(Invalid):
        services.move_end_of_leave(a_registrar(), student_id=student.id, to_date=date(2031, 7, 19), reason=FAMILY)
    services.move_end_of_leave(a_registrar(), student_id=student.id, to_date=date(2031, 8, 31), reason=FAMILY)

    assert periods()[-1] == ("LOA", date(2031, 7, 2), date(2031, 8, 31))
    entry = AuditEntry.objects.get(action="college.leave_end_moved")
    assert entry.changes == {"to_date": {"before": "2031-07-31", "after": "2031-08-31"}}


def test_what_became_impossible_is_taken_back_and_the_others_begin(tenant, on):
    gone, stays = a_student("310001"), a_student("310002")
    first, second = approved(asks(gone)), approved(asks(stays))
    on("2031-07-05")
    services.change_status(
        a_head_registrar(), student_id=gone.id, status="DISMISSED", from_date=date(2031, 7, 5), reason=FAMILY
    )
    on("2031-07-10")

    assert follow_calendar(organisation_id=tenant.id) == 1

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("TAKEN_BACK", "DONE")
    assert first.note == "310001 is dismissed and cannot become on leave from there."


def test_what_would_follow_is_told_before_anybody_decides(tenant, on, monkeypatch):
    student = a_student()
    seen = []
    monkeypatch.setitem(events._subscribers, StatusConsidered, [seen.append])
    on("2031-07-02")
    approved(asks(student, first="2031-07-02"))

    services.effects_of(student, kind="RETURN", from_date=date(2031, 9, 1))

    assert seen[-1].leaves == ((date(2031, 7, 2), date(2031, 8, 31)),)


def test_the_database_keeps_one_open_request_and_its_facts(tenant, on):
    request = asks(a_student())

    with pytest.raises(IntegrityError, match="college_statusrequest_one_live"), transaction.atomic():
        StatusRequest.objects.create(
            student_id=request.student_id,
            kind="LEAVE",
            from_date="2031-09-01",
            reason=FAMILY,
            requested_on="2031-07-01",
        )
    with pytest.raises(Exception, match="keeps what was recorded"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE college_records_statusrequest SET from_date = '2031-01-01' WHERE organisation_id = %s AND id = %s",
            [tenant.id, request.id],
        )
