"""The graduation check of one student."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.credentials import permissions
from rollbook.systems.college.credentials.errors import NoCurriculum
from rollbook.systems.college.credentials.reads.graduation import graduation_check
from rollbook.systems.college.credentials.services import graduating
from rollbook.systems.college.credentials.words import reasons_of
from rollbook.systems.college.records.models import Student
from rollbook.systems.college.records.pages.students import frame
from rollbook.systems.college.records.selectors import get_student


@page(permission=permissions.CHECK_GRADUATION)
def check(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Whether the student may graduate, and everything that is missing."""
    return _shown(request, student_id)


def _shown(request: PageRequest, student_id: UUID, refusal: Refusal | None = None) -> HttpResponse:
    found = get_student(request.actor, student_id)
    try:
        outcome, problem = graduation_check(request.actor, found), refusal
    except NoCurriculum as error:
        outcome, problem = None, error
    waiting = ApprovalRequest.objects.filter(
        kind=graduating.KIND, target_id=found.id, state=ApprovalRequest.State.PROPOSED
    ).exists()
    has_graduated = found.status == Student.Status.GRADUATED
    context = {
        **frame(request, found, "graduation"),
        "outcome": outcome,
        "reasons": reasons_of(outcome) if outcome else (),
        "problem": problem.detail if problem else "",
        "is_waiting": waiting,
        "has_graduated": has_graduated,
        "may_propose": outcome is not None and outcome.is_eligible and not waiting and not has_graduated
        and request.actor.may(permissions.PROPOSE_GRADUATION),
    }  # fmt: skip
    return render(request, "college/credentials/graduation.html", context, status=refusal.status if refusal else 200)


@require_POST
@page(permission=permissions.PROPOSE_GRADUATION)
def propose(request: PageRequest, student_id: UUID) -> HttpResponse:
    """Ask the head registrar."""
    try:
        graduating.propose_graduation(request.actor, student_id=student_id)
    except Refusal as refusal:
        return _shown(request, student_id, refusal)
    return done(request, "credentials:graduation", student_id, message=_("The head registrar decides."))
