"""Printing issued papers, and keeping a rendered one."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import F

from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.own_papers import KEPT
from rollbook.shared.documents.rendering import render
from rollbook.shared.documents.selectors import document as readable_document
from rollbook.shared.documents.selectors import note_reading
from rollbook.shared.files.buckets import PDF
from rollbook.shared.files.models import StoredFile
from rollbook.shared.files.services import keep_paper


@dataclass(frozen=True, slots=True)
class Printed:
    """A paper for the printer."""

    content: bytes
    name: str
    #: None for the original.
    copy_number: int | None


def print_document(actor: Actor, *, document_id: UUID, paper: str = "") -> Printed:
    """Print a paper. The first print is the original; every further one says COPY and its number."""
    document = readable_document(actor, document_id)
    note_reading(actor, document, "Printed")
    Document.objects.filter(pk=document_id).update(prints=F("prints") + 1)
    document.refresh_from_db(fields=["prints"])
    copy_number = document.prints - 1 or None
    content = render(document, paper=paper, copy_number=copy_number)
    record(actor, "documents.printed", document, number=document.number, paper=paper, copy_number=copy_number)
    return Printed(content, _file_name(document), copy_number)


def keep(actor: Actor, *, document_id: UUID, paper: str = "") -> StoredFile:
    """Keep the rendered paper among the files, for links that are sent out."""
    document = readable_document(actor, document_id)
    content = render(document, paper=paper)
    return keep_paper(
        actor,
        bucket=KEPT,
        content=content,
        content_type=PDF,
        name=_file_name(document),
        subject=("documents.document", document.pk),
    )


def _file_name(document: Document) -> str:
    return f"{document.number or document.title}.pdf"
