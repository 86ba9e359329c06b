"""Reads of official papers, limited to what the actor may see."""

from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.permissions import VIEW_DOCUMENTS
from rollbook.systems.college.credentials import permissions
from rollbook.systems.college.credentials.errors import PaperNotFound
from rollbook.systems.college.credentials.kinds import KEYS
from rollbook.systems.college.records.models import Student


def releases(actor: Actor) -> "QuerySet[Document]":
    """Released papers: every one for the head registrar and the administrator, a registrar's own, a student's own."""
    found: QuerySet[Document] = Document.objects.filter(kind__in=KEYS)
    if actor.may(permissions.VIEW_RELEASES):
        return found
    if actor.may(permissions.RELEASE_PAPERS):
        return found.filter(issued_by=actor.user_id)
    actor.require(permissions.VIEW_OWN_PAPERS)
    return found.filter(person=actor.person_id) if actor.person_id else found.none()


def paper_ids_known(actor: Actor, student: Student) -> list[UUID]:
    """The papers of a student that the actor may know of: all, those they released themselves, or none."""
    if actor.may(VIEW_DOCUMENTS):
        rows: QuerySet[Document] = Document.objects.filter(kind__in=KEYS)
    elif actor.may(permissions.VIEW_RELEASES) or actor.may(permissions.RELEASE_PAPERS):
        rows = releases(actor)
    else:
        return []
    return list(rows.filter(subject_id=student.id).values_list("id", flat=True))


def get_paper(actor: Actor, document_id: UUID) -> Document:
    """One paper that the actor may see."""
    found = releases(actor).filter(id=document_id).first()
    if found is None:
        raise PaperNotFound
    return found
