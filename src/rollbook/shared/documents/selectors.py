"""Reading issued papers."""

from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.audit.services import record_access
from rollbook.core.errors import NotFound
from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents import permissions, rules
from rollbook.shared.documents.errors import SnapshotAltered
from rollbook.shared.documents.kinds import DocumentKind, kind_named
from rollbook.shared.documents.models import Document


def documents(actor: Actor, *, person_id: UUID | None = None, subject_id: UUID | None = None) -> QuerySet[Document]:
    """Issued papers, the latest first; of oneself without any right."""
    if person_id is None or actor.person_id != person_id:
        actor.require(permissions.VIEW_DOCUMENTS)
    rows = Document.objects.order_by("-issued_at", "-id")
    if person_id is not None:
        rows = rows.filter(person=person_id)
    return rows if subject_id is None else rows.filter(subject_id=subject_id)


def document(actor: Actor, document_id: UUID) -> Document:
    """One paper that the actor may see. What they may not see looks like what is not there."""
    found = Document.objects.filter(pk=document_id).first()
    if found is None or not _may_view(actor, found):
        raise NotFound
    return found


def _may_view(actor: Actor, found: Document) -> bool:
    kind = kind_named(found.kind)
    if kind is None:
        return False
    return actor.may(kind.view_permission) or kind.may_view(actor, found)


def kind_of(found: Document) -> DocumentKind:
    """The rules of a paper's kind."""
    kind = kind_named(found.kind)
    if kind is None:
        raise NotFound
    return kind


def refuse_altered(found: Document) -> None:
    """Refuse to draw a paper whose snapshot is not what was issued."""
    if rules.fingerprint(found.snapshot) != found.sha256:
        raise SnapshotAltered(number=found.number or str(found.pk))


def note_reading(actor: Actor, found: Document, purpose: str) -> None:
    """Write down that somebody read a confidential paper."""
    if kind_of(found).is_confidential:
        record_access(actor, found, purpose, person_id=found.person_id)
