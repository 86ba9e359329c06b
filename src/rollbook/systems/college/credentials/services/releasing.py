"""Releasing official papers, withdrawing them, replacing them, and handing them to whom they are about (R57)."""

from uuid import UUID

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from rollbook.core.audit.services import record_access
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.events import publish
from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents import services as documents
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.rendering import render
from rollbook.systems.college.credentials import permissions
from rollbook.systems.college.credentials.errors import LinkExpired, PaperGone, PaperHeld
from rollbook.systems.college.credentials.events import PaperReleased
from rollbook.systems.college.credentials.kinds import KEYS, PAPERS
from rollbook.systems.college.credentials.reads.academic import academic_record
from rollbook.systems.college.credentials.selectors import get_paper
from rollbook.systems.college.credentials.snapshots import TERM, common
from rollbook.systems.college.records.models import Hold, Override, Student
from rollbook.systems.college.records.selectors import get_student, get_student_for_update
from rollbook.systems.college.records.services import set_aside

SUBJECT = "college_records.student"
LINK_SECONDS = 15 * 60
MOST_COPIES = 20
_SALT = "college.credentials.paper"


@transaction.atomic
def release(
    actor: Actor, *, student_id: UUID, paper: str, purpose: str, copies: int = 1, term_enrolment_id: UUID | None = None,
    despite_hold: str = "",
) -> Document:  # fmt: skip
    """Release an official paper: what it says is frozen and it gets its number, last of all.

    `despite_hold`: the head registrar's reason for releasing it although a hold stands against it.
    """
    actor.require(permissions.RELEASE_PAPERS)
    declared = PAPERS.get(paper)
    errors = []
    if declared is None:
        errors.append({"field": "paper", "message": _("Choose one of: %(choices)s.") % {"choices": ", ".join(PAPERS)}})
    if not 3 <= len(purpose.strip()) <= 200:
        errors.append({"field": "purpose", "message": _("Say in 3 to 200 characters what the paper is for.")})
    if not 1 <= copies <= MOST_COPIES:
        errors.append({"field": "copies", "message": _("Release 1 to %(most)s copies.") % {"most": MOST_COPIES}})
    if errors or declared is None:
        raise Invalid(errors=errors)
    get_student(actor, student_id)
    student = get_student_for_update(student_id)
    _pass_holds(actor, student, despite_hold)
    says = declared.says(student, academic_record(student), term_enrolment_id)
    snapshot = common(student, purpose=purpose.strip(), copies=copies) | says
    made = documents.issue(
        actor, kind=declared.kind, snapshot=snapshot, subject=(SUBJECT, student.id), person_id=student.person_id
    )
    publish(PaperReleased(actor, made.id, student.person_id, made.title, made.number))
    return made


def revoke(actor: Actor, *, document_id: UUID, reason: str) -> Document:
    """Withdraw a paper at once: one's own release, or any as head registrar."""
    found = get_paper(actor, document_id)
    _must_own_or(actor, found, permissions.REVOKE_PAPERS)
    return documents.revoke(actor, document_id=found.id, reason=reason)


@transaction.atomic
def reissue(actor: Actor, *, document_id: UUID, reason: str) -> Document:
    """Replace a paper by a new one that says what the record says now, with a code and a number of its own.

    A paper about one term is replaced by one about the same term.
    """
    actor.require(permissions.RELEASE_PAPERS)
    found = get_paper(actor, document_id)
    _must_own_or(actor, found, permissions.REVOKE_PAPERS)
    student = get_student_for_update(_student_of(found))
    _pass_holds(actor, student, "")
    term = found.snapshot.get(TERM)
    says = KEYS[found.kind].says(student, academic_record(student), UUID(term) if term else None)
    snapshot = common(student, purpose=found.snapshot["purpose"], copies=found.snapshot["copies"]) | says
    made = documents.reissue(actor, document_id=found.id, reason=reason, snapshot=snapshot)
    publish(PaperReleased(actor, made.id, student.person_id, made.title, made.number))
    return made


def link_for(actor: Actor, *, document_id: UUID) -> str:
    """A signed word that opens this one paper for a quarter of an hour, for this one person."""
    found = get_paper(actor, document_id)
    _must_be_in_force(found)
    return signing.dumps({"paper": str(found.id), "who": str(actor.user_id)}, salt=_SALT)


def open_paper(actor: Actor, *, document_id: UUID) -> tuple[Document, bytes]:
    """A paper that is in force, ready to print. Who opened it is written down."""
    found = get_paper(actor, document_id)
    _must_be_in_force(found)
    record_access(actor, found, "paper downloaded", person_id=found.person_id)
    return found, render(found)


def download(actor: Actor, *, token: str) -> tuple[Document, bytes]:
    """The paper behind a link, if it is still in force."""
    try:
        named = signing.loads(token, salt=_SALT, max_age=LINK_SECONDS)
    except signing.BadSignature as error:
        raise LinkExpired from error
    if named["who"] != str(actor.user_id):
        raise LinkExpired
    return open_paper(actor, document_id=UUID(named["paper"]))


def _student_of(found: Document) -> UUID:
    if found.subject_id is None:
        raise LookupError(f"{found.number} is about nobody; every paper released here is about a student.")
    return found.subject_id


def _must_be_in_force(found: Document) -> None:
    if found.state != Document.State.ISSUED:
        raise PaperGone(state=found.get_state_display().lower())


def _must_own_or(actor: Actor, found: Document, permission: str) -> None:
    if found.issued_by == actor.user_id and actor.may(permissions.REVOKE_OWN_RELEASES):
        return
    if not actor.may(permission):
        raise Forbidden(permission=permission)


def _pass_holds(actor: Actor, student: Student, despite: str) -> None:
    live = Hold.objects.filter(
        student=student, released_at__isnull=True, blocks__contains=[Hold.Blocks.DOCUMENT_RELEASE]
    )
    holds = sorted({str(hold.get_kind_display()).lower() for hold in live})
    if not holds:
        return
    if not despite.strip():
        raise PaperHeld(number=student.student_number, holds=", ".join(holds))
    set_aside(
        actor, kind=Override.Kind.DOCUMENT_HOLD, subject=student, reason=despite,
        permission=permissions.RELEASE_DESPITE_HOLD, person_id=student.person_id, holds=holds,
    )  # fmt: skip
