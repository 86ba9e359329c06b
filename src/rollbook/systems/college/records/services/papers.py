"""Papers that stand behind a request: a medical certificate, a letter of an employer."""

from dataclasses import dataclass
from typing import IO
from uuid import UUID

from django.db import transaction

from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.services import remove_file, store_upload
from rollbook.systems.college.records import permissions
from rollbook.systems.college.records.buckets import REQUEST_PAPERS, SUBJECT
from rollbook.systems.college.records.errors import (
    PaperNotFound,
    PaperOfTheDesk,
    PaperStands,
    RequestCannotMove,
    RequestNotFound,
    TooManyPapers,
)
from rollbook.systems.college.records.models import StatusRequest
from rollbook.systems.college.records.selectors import get_status_request, own_status_requests

MOST_PAPERS = 10


@dataclass(frozen=True, slots=True)
class SentPaper:
    """A file as it was sent."""

    content: IO[bytes] | bytes
    name: str


@transaction.atomic
def add_paper(actor: Actor, *, request_id: UUID, paper: SentPaper) -> StoredFile:
    """Send a paper for a request that is still open: a student for their own, the desk for what came on paper."""
    if not actor.may(permissions.REQUEST_OWN):
        actor.require(permissions.CHANGE_STATUS)
    seen: StatusRequest = get_status_request(actor, request_id)
    if seen.student.person_id != actor.person_id or actor.person_id is None:
        actor.require(permissions.CHANGE_STATUS)
    # One after the other, so that nobody sends more than there may be, nor after the decision.
    request: StatusRequest = StatusRequest.objects.select_for_update(of=("self",)).get(id=seen.id)
    if not request.is_live:
        raise RequestCannotMove(state=str(request.get_state_display()).lower(), wanted="added to")
    return keep_paper(actor, request, paper)


@transaction.atomic
def withdraw_paper(actor: Actor, *, request_id: UUID, file_id: UUID, reason: str) -> StatusRequest:
    """Take away a paper that the student sent by mistake, while nobody has decided. Twice is the same as once."""
    actor.require(permissions.REQUEST_OWN)
    seen = own_status_requests(actor).filter(id=request_id).first()
    if seen is None:
        raise RequestNotFound
    # The decision holds the request too: whoever decides has read the papers that stand there then.
    request: StatusRequest = StatusRequest.objects.select_for_update(of=("self",)).get(id=seen.id)
    with tenant_scope(actor.organisation_id, grants={REQUEST_PAPERS.grant}):
        paper = StoredFile.objects.filter(bucket=REQUEST_PAPERS.name, subject_id=request.id, id=file_id).first()
    if paper is None:
        raise PaperNotFound
    if paper.is_removed:
        return request
    if not is_undecided(request):
        raise PaperStands(state=str(request.get_state_display()).lower())
    if not sent_it(actor, paper):
        raise PaperOfTheDesk
    remove_file(actor, file_id=paper.id, reason=reason, permission=permissions.REQUEST_OWN)
    record(
        actor, "college.request_paper_withdrawn", request, student_id=request.student_id, file_id=paper.id,
        reason=" ".join(reason.split()),
    )  # fmt: skip
    return request


def is_undecided(request: StatusRequest) -> bool:
    """Tell whether nobody has decided the request yet."""
    return bool(request.state == StatusRequest.State.REQUESTED)


def sent_it(actor: Actor, paper: StoredFile) -> bool:
    """Tell whether a paper came from the actor, and not from the desk."""
    return paper.uploaded_by is not None and paper.uploaded_by == actor.user_id


def keep_paper(actor: Actor, request: StatusRequest, paper: SentPaper) -> StoredFile:
    """Keep one more paper of a request that the act holds."""
    if len(paper_ids(request)) >= MOST_PAPERS:
        raise TooManyPapers(most=MOST_PAPERS)
    stored = store_upload(
        actor, bucket=REQUEST_PAPERS, content=paper.content, name=paper.name, subject=(SUBJECT, request.id)
    )
    record(actor, "college.request_paper_sent", request, student_id=request.student_id, file_id=stored.id)
    return stored


def paper_ids(request: StatusRequest) -> list[UUID]:
    """The papers of a request in the order in which they came, for acts that do not show them to anybody."""
    with tenant_scope(request.organisation_id, grants={REQUEST_PAPERS.grant}):
        rows = StoredFile.objects.filter(
            bucket=REQUEST_PAPERS.name, subject_id=request.id, removed_at__isnull=True
        ).order_by("created_at", "id")
        return list(rows.values_list("id", flat=True))
