"""Leave, return and withdrawal as students ask for them: requested, decided, in effect on the day named."""

from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, Refusal, VersionConflict
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.errors import (
    BackdatingNotAllowed,
    NotOnLeave,
    RequestCannotMove,
    RequestNotFound,
    RequestStands,
)
from rollbook.systems.college.records.events import Effect, RequestMoved, StatusConsidered
from rollbook.systems.college.records.models import StatusRequest, Student, StudentStatusPeriod
from rollbook.systems.college.records.selectors import (
    SEE_REGISTRAR,
    get_own_student,
    get_status_request,
    get_student,
    get_student_for_update,
)
from rollbook.systems.college.records.services import status
from rollbook.systems.college.records.services.overrides import checked_reason
from rollbook.systems.college.records.services.papers import SentPaper, keep_paper, paper_ids

Kind, State = StatusRequest.Kind, StatusRequest.State
_UNIQUE_VIOLATION = "23505"


@transaction.atomic
def request_status(
    actor: Actor,
    *,
    kind: str,
    from_date: date,
    reason: str,
    to_date: date | None = None,
    is_confidential: bool = False,
    paper: SentPaper | None = None,
    student_id: UUID | None = None,
) -> StatusRequest:
    """Ask for a leave, a return or a withdrawal: a student for themselves, the desk for a student who asks on paper."""
    is_own = student_id is None
    if student_id is None:
        actor.require(permissions.REQUEST_OWN)
        student = get_student_for_update(get_own_student(actor).id)
    else:
        actor.require(permissions.CHANGE_STATUS)
        student = get_student_for_update(get_student(actor, student_id).id)
    today = organisation_in_scope().local_date(clock.now())
    status.end_leave_that_is_over(actor, student, today)
    _must_be_possible(actor, student, kind, from_date, to_date, today)
    request = StatusRequest(
        student=student, kind=kind, from_date=from_date, to_date=to_date, reason=checked_reason(reason),
        is_confidential=is_confidential, requested_on=today, created_at=clock.now(),
        # On paper it is the student who asks; whoever writes it down may decide it.
        requested_by_id=actor.acting_user_id() if is_own else None,
    )  # fmt: skip
    insert_request(request, student)
    record(
        actor, "college.status_requested", request, reason=_shown_reason(request), student_id=student.id, kind=kind,
        from_date=from_date, to_date=to_date,
    )  # fmt: skip
    if paper is not None:
        keep_paper(actor, request, paper)
    return request


@transaction.atomic
def decide_status_request(
    actor: Actor, *, request_id: UUID, approve: bool, note: str = "", without_clearance: str = "",
    expected_version: int | None = None,
) -> StatusRequest:  # fmt: skip
    """Grant or decline what a student asks for. What is granted for today or an earlier day begins at once."""
    actor.require(permissions.CHANGE_STATUS)
    request, student = _locked(actor, request_id)
    if expected_version is not None and expected_version != request.version:
        raise VersionConflict
    if actor.user_id is not None and request.requested_by_id == actor.user_id:
        raise SelfApproval(request_id=request.id)
    if student.person_id == actor.person_id:
        raise SelfApproval(request_id=request.id)
    _move(request, State.APPROVED if approve else State.DECLINED)
    now = clock.now()
    request.note = note.strip()[:500] if approve else because(note)
    request.decided_by_id, request.decided_at = actor.acting_user_id(), now
    today = organisation_in_scope().local_date(now)
    if approve:
        status.end_leave_that_is_over(actor, student, today)
        _must_still_be_possible(student, request)
        if request.kind == Kind.WITHDRAWAL:
            status.must_be_cleared(actor, student, without_clearance)
    _save(request, "state", "note", "decided_by", "decided_at")
    record(
        actor, "college.status_request_approved" if approve else "college.status_request_declined", request,
        reason=request.note, student_id=student.id, kind=request.kind,
    )  # fmt: skip
    if approve and (request.from_date <= today or request.kind == Kind.RETURN):
        _take_effect(actor, request, student, today)
    tell(actor, request, student)
    return request


@transaction.atomic
def take_back_status_request(actor: Actor, *, request_id: UUID, reason: str = "") -> StatusRequest:
    """Let a request go that has not begun yet: one's own, or any of them at the desk with a reason."""
    if not actor.may(permissions.REQUEST_OWN):
        actor.require(permissions.CHANGE_STATUS)
    request, student = _locked(actor, request_id)
    if student.person_id != actor.person_id or actor.person_id is None:
        actor.require(permissions.CHANGE_STATUS)
        request.note = because(reason)
    _move(request, State.TAKEN_BACK)
    _save(request, "state", "note")
    record(actor, "college.status_request_taken_back", request, reason=request.note, student_id=student.id)
    if student.person_id != actor.person_id:
        tell(actor, request, student)
    return request


def begin_due_requests(actor: Actor) -> int:
    """Let everything begin that was granted for today or an earlier day; answers how many did.

    What has become impossible meanwhile is taken back with the reason, so that somebody looks at it.
    """
    today = organisation_in_scope().local_date(clock.now())
    due = StatusRequest.objects.filter(state=State.APPROVED, from_date__lte=today).order_by("from_date", "id")
    begun = 0
    for request_id, student_id in due.values_list("id", "student_id"):
        student = get_student_for_update(student_id)
        request = StatusRequest.objects.select_for_update(of=("self",)).get(id=request_id)
        if request.state != State.APPROVED:
            continue
        try:
            with transaction.atomic():
                status.end_leave_that_is_over(actor, student, today)
                _must_still_be_possible(student, request)
                _take_effect(actor, request, student, today)
                begun += 1
        except Refusal as refusal:
            request.refresh_from_db()
            request.state, request.note = State.TAKEN_BACK, refusal.detail[:500]
            _save(request, "state", "note")
            record(actor, "college.status_request_taken_back", request, reason=request.note, student_id=student.id)
        tell(actor, request, student)
    return begun


def end_leaves_that_are_over(actor: Actor) -> int:
    """Let every student whose leave ended be active again; answers how many were."""
    today = organisation_in_scope().local_date(clock.now())
    over = StudentStatusPeriod.objects.filter(
        status=Student.Status.LOA, to_date__lt=today, student__status=Student.Status.LOA,
        student__taken_back_at__isnull=True,
    )  # fmt: skip
    ended = 0
    for student_id in sorted(set(over.values_list("student_id", flat=True))):
        ended += status.end_leave_that_is_over(actor, get_student_for_update(student_id), today)
    return ended


def insert_request(request: StatusRequest, student: Student) -> None:
    """Keep a request, unless another of the student is still open."""
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        if getattr(error.__cause__, "sqlstate", "") == _UNIQUE_VIOLATION:
            raise RequestStands(number=student.student_number) from error
        raise


def tell(actor: Actor, request: StatusRequest, student: Student) -> None:
    """Let others know what became of a request."""
    publish(
        RequestMoved(
            actor, student.id, student.person_id, request.id, str(request.kind), str(request.state),
            request.from_date, request.to_date,
        )
    )  # fmt: skip


def _take_effect(actor: Actor, request: StatusRequest, student: Student, today: date) -> None:
    leave = status.leave_that_runs(student)
    if request.kind == Kind.RETURN and request.from_date > today and leave is not None:
        # The leave now has a last day; on the day after it the student is active by itself.
        status.end_leave_on(
            actor, student, leave, request.from_date - timedelta(days=1), _shown_reason(request)
        )  # fmt: skip
    else:
        status.begin(
            actor, student, StatusRequest.LEADS_TO[request.kind], request.from_date, _shown_reason(request),
            clock.now(), to_date=request.to_date, document_id=next(iter(paper_ids(request)), None),
        )  # fmt: skip
    _move(request, State.DONE)
    _save(request, "state")


def _must_be_possible(
    actor: Actor, student: Student, kind: str, from_date: date, to_date: date | None, today: date
) -> None:
    if kind not in Kind.values:
        raise Invalid.field("kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join(Kind.values)})
    wanted = StatusRequest.LEADS_TO[kind]
    status.must_be_in_order(wanted, from_date, to_date)
    if from_date < today:
        if not actor.may(permissions.CHANGE_STATUS):
            raise Invalid.field("from_date", _("Enter today or a later day. The registrar records what began before."))
        if not actor.may(permissions.BACKDATE_LEAVES):
            raise BackdatingNotAllowed(permission=permissions.BACKDATE_LEAVES)
    if kind == Kind.LEAVE:
        status.must_not_overlap_leave(student, from_date, to_date)
    if kind == Kind.RETURN:
        _must_return_from_leave(student, from_date)
    status.must_become(student, wanted)


def _must_return_from_leave(student: Student, from_date: date) -> None:
    """Refuse a return by somebody who is not away, or on a day that the leave does not reach."""
    leave = status.leave_that_runs(student)
    if leave is None:
        raise NotOnLeave(number=student.student_number, status=student.get_status_display().lower())
    if from_date <= leave.from_date:
        raise Invalid.field(
            "from_date", _("The leave begins only then. Enter a later day, or ask for it to be taken back.")
        )
    if leave.to_date is not None and from_date > leave.to_date + timedelta(days=1):
        raise Invalid.field("from_date", _("The leave is over before that day; nobody has to ask for the return then."))


def _must_still_be_possible(student: Student, request: StatusRequest) -> None:
    if request.kind == Kind.LEAVE:
        status.must_not_overlap_leave(student, request.from_date, request.to_date)
    if request.kind == Kind.RETURN:
        _must_return_from_leave(student, request.from_date)
    status.must_become(student, StatusRequest.LEADS_TO[request.kind])


def _locked(actor: Actor, request_id: UUID) -> tuple[StatusRequest, Student]:
    """The request and its student, the student locked first; nobody's where the actor may not see it."""
    seen = get_status_request(actor, request_id)
    student = get_student_for_update(seen.student_id)
    found: StatusRequest | None = (
        StatusRequest.objects.select_for_update(of=("self",)).filter(id=request_id).first()
    )  # fmt: skip
    if found is None:
        raise RequestNotFound
    return found, student


def _move(request: StatusRequest, state: str) -> None:
    if not request.may_become(state):
        raise RequestCannotMove(
            state=str(request.get_state_display()).lower(), wanted=str(State(state).label).lower()
        )  # fmt: skip
    request.state = state


def _save(request: StatusRequest, *fields: str) -> None:
    request.version += 1
    request.save(update_fields=[*fields, "version"])


def because(note: str) -> str:
    """Why something was declined, which the student reads."""
    try:
        return checked_reason(note)
    except Invalid as refusal:
        raise Invalid(errors=[{**error, "field": "note"} for error in refusal.errors]) from refusal


def _shown_reason(request: StatusRequest) -> str:
    """What stands in the record for everybody: medical reasons stay with the request."""
    return SEE_REGISTRAR if request.is_confidential else str(request.reason)


def effects_of(student: Student, *, kind: str, from_date: date, to_date: date | None = None) -> list[Effect]:
    """What would follow from a request, as every room that knows something of it says."""
    wanted = StatusRequest.LEADS_TO[kind]
    periods = StudentStatusPeriod.objects.filter(student_id=student.id, status=Student.Status.LOA)
    leaves = [(row.from_date, row.to_date) for row in periods.order_by("from_date")]
    if kind == Kind.LEAVE:
        leaves.append((from_date, to_date))
    elif leaves and leaves[-1][0] < from_date and (leaves[-1][1] is None or leaves[-1][1] >= from_date):
        leaves[-1] = (leaves[-1][0], from_date - timedelta(days=1))
    event = StatusConsidered(student.id, wanted, from_date, to_date, tuple(leaves))
    publish(event)
    return event.effects


def may_take_back(actor: Actor, request: StatusRequest, student: Student) -> bool:
    """Tell whether this actor could take a request back now."""
    if not request.is_live:
        return False
    is_own = actor.person_id is not None and student.person_id == actor.person_id
    return actor.may(permissions.CHANGE_STATUS) or (is_own and actor.may(permissions.REQUEST_OWN))
