"""Issued papers over JSON, and the public question whether one is genuine."""

import base64
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Status

from rollbook.core.api.pagination import Page, PageQuery, page_of
from rollbook.core.api.routing import PUBLIC, SIGNED_IN, ApiRequest, Router
from rollbook.shared.documents import rules, schemas, selectors, services
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.verification import RATE, Verified, verification_url, verify
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF

router = Router(tags=["Documents"])
public_router = Router(tags=["Verification"])

_COLUMNS = tuple(schemas.DocumentOut.model_fields)


@router.get("", permission=SIGNED_IN, response=Page[schemas.DocumentOut])
def documents(
    request: ApiRequest, page: Query[PageQuery], person_id: UUID | None = None, subject_id: UUID | None = None
) -> dict[str, Any]:
    """Issued papers, the latest first. Without the right to see all of them, one's own by `person_id`."""
    rows = selectors.documents(request.actor, person_id=person_id, subject_id=subject_id)
    return page_of(rows.values(*_COLUMNS), page, order=("-issued_at", "-id"))


@router.get("/{uuid:document_id}", permission=SIGNED_IN, response=schemas.DocumentDetailOut)
def document(request: ApiRequest, document_id: UUID) -> dict[str, Any]:
    """One paper that the caller may see, with what it says."""
    found = selectors.document(request.actor, document_id)
    selectors.note_reading(request.actor, found, "Read over the API")
    return _detail(found)


@router.post("/{uuid:document_id}/print", permission=SIGNED_IN, response={200: bytes})
def print_document(request: ApiRequest, document_id: UUID, body: schemas.PrintIn) -> HttpResponse:
    """The paper as PDF. The first print is the original, every further one says COPY and its number."""
    printed = services.print_document(request.actor, document_id=document_id, paper=body.paper)
    return file_response(printed.content, content_type=PDF, name=printed.name, is_shown=True)


@router.post("/{uuid:document_id}/revoke", permission=SIGNED_IN, response=schemas.DocumentDetailOut)
def revoke(request: ApiRequest, document_id: UUID, body: schemas.ReasonIn) -> dict[str, Any]:
    """Withdraw a paper at once. Its kind names who may."""
    selectors.document(request.actor, document_id)
    return _detail(services.revoke(request.actor, document_id=document_id, reason=body.reason))


@router.post("/{uuid:document_id}/reissue", permission=SIGNED_IN, response={201: schemas.DocumentDetailOut})
def reissue(request: ApiRequest, document_id: UUID, body: schemas.ReasonIn) -> Status[dict[str, Any]]:
    """Replace a paper by a new one that says the same, with a new code and number. Its kind names who may."""
    selectors.document(request.actor, document_id)
    return Status(201, _detail(services.reissue(request.actor, document_id=document_id, reason=body.reason)))


@public_router.get("/{code}", permission=PUBLIC, rate=RATE, response=schemas.VerifiedOut)
def verify_code(request: HttpRequest, code: str, institution: str = "") -> dict[str, Any]:
    """Whether a paper or permit with this code is genuine and in force. Anybody may ask, 30 times a minute.

    `institution` is its short name, as it stands in the address of the QR code.
    """
    return _public(verify(code, slug=institution))


@public_router.get("/{kind}/{code}", permission=PUBLIC, rate=RATE, response=schemas.VerifiedOut)
def verify_code_of_kind(request: HttpRequest, kind: str, code: str, institution: str = "") -> dict[str, Any]:
    """As without the kind ("document", "permit"), for addresses that name it."""
    return _public(verify(code, slug=institution))


def _detail(found: Document) -> dict[str, Any]:
    kind = selectors.kind_of(found)
    return {
        **{name: getattr(found, name) for name in _COLUMNS},
        "snapshot": found.snapshot,
        "papers": list(kind.papers),
        "verify_url": verification_url(found.code) if found.code else "",
    }


def _public(found: Verified | None) -> dict[str, Any]:
    if found is None or found.issuer is None:
        return {
            "valid": False,
            "state": "NOT_VALID",
            "title": "",
            "code": "",
            "issuer": "",
            "explanation": "",
            "facts": [],
            "photo": None,
        }
    return {
        "valid": found.is_valid,
        "state": found.state,
        "title": found.title,
        "code": rules.shown_code(found.code),
        "issuer": found.issuer.name,
        "explanation": found.explanation,
        "facts": [
            {"label": label, "value": value.isoformat() if isinstance(value, date) else value}
            for label, value in found.facts
        ],
        "photo": photo_address(found.photo),
    }


def photo_address(photo: bytes | None) -> str | None:
    """A small picture as an address that carries the picture itself."""
    return f"data:image/jpeg;base64,{base64.b64encode(photo).decode()}" if photo else None
