"""Issuing a paper, withdrawing it, replacing it."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.errors import Invalid, NotFound
from rollbook.core.numbering.services import next_number
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.shared.documents import rules
from rollbook.shared.documents.errors import NotInForce
from rollbook.shared.documents.kinds import DocumentKind
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.selectors import kind_of

#: What a paper is about: the name of a table and the id of a row.
Subject = tuple[str, UUID]

_WORDS = {Document.State.REVOKED: "revoked", Document.State.REISSUED: "replaced"}


def issue(
    actor: Actor,
    *,
    kind: DocumentKind,
    snapshot: Mapping[str, Any],
    subject: Subject | None = None,
    person_id: UUID | None = None,
    title: str = "",
) -> Document:
    """Issue a paper: freeze what it says, give it a code and, last of all, its number."""
    actor.require(kind.issue_permission)
    return _issue(actor, kind, snapshot, subject, person_id, title or kind.title, clock.now())


def _issue(
    actor: Actor,
    kind: DocumentKind,
    snapshot: Mapping[str, Any],
    subject: Subject | None,
    person_id: UUID | None,
    title: str,
    now: datetime,
    replaces: Document | None = None,
) -> Document:
    sha256 = rules.fingerprint(snapshot)
    today = organisation_in_scope().local_date(now)
    code = _fresh_code(kind, today.year) if kind.verification == "code" else ""
    number = next_number(kind.series, kind.number_template, today.year) if kind.series else ""
    document = Document.objects.create(
        kind=kind.key,
        title=title,
        number=number,
        code=code,
        person_id=person_id,
        subject_type=subject[0] if subject else "",
        subject_id=subject[1] if subject else None,
        snapshot=dict(snapshot),
        sha256=sha256,
        issued_at=now,
        issued_on=today,
        issued_by=actor.user_id,
        replaces=replaces,
        created_at=now,
    )
    record(actor, "documents.issued", document, kind=kind.key, number=number, sha256=sha256, person_id=person_id)
    return document


def _fresh_code(kind: DocumentKind, year: int) -> str:
    while True:
        code = rules.code_from(secrets.randbits(5 * rules.CODE_LENGTH), prefix=kind.code_prefix, year=year)
        if not Document.objects.filter(code=code).exists():
            return code


def revoke(actor: Actor, *, document_id: UUID, reason: str) -> Document:
    """Withdraw a paper at once; whoever verifies it learns that it is revoked."""
    document, kind = _for_update(document_id)
    actor.require(kind.revoke_permission)
    reason = _checked_reason(reason)
    _move(actor, document, Document.State.REVOKED, reason, clock.now())
    record(actor, "documents.revoked", document, reason=reason, number=document.number)
    return document


def reissue(actor: Actor, *, document_id: UUID, reason: str, snapshot: Mapping[str, Any] | None = None) -> Document:
    """Replace a paper by a new one with a new code and number; with what it said, unless it says something new."""
    old, kind = _for_update(document_id)
    actor.require(kind.issue_permission)
    reason = _checked_reason(reason)
    if Document.State.REISSUED not in Document.TRANSITIONS[old.state]:
        raise NotInForce(number=old.number or old.title, state=_WORDS[Document.State(old.state)])
    now = clock.now()
    subject = (old.subject_type, old.subject_id) if old.subject_id else None
    says = old.snapshot if snapshot is None else snapshot
    new = _issue(actor, kind, says, subject, old.person_id, old.title, now, replaces=old)
    old.reissued_by = new
    _move(actor, old, Document.State.REISSUED, reason, now)
    record(actor, "documents.reissued", old, reason=reason, number=old.number, new_id=new.pk, new_number=new.number)
    return new


def _for_update(document_id: UUID) -> tuple[Document, DocumentKind]:
    document = Document.objects.select_for_update().filter(pk=document_id).first()
    if document is None:
        raise NotFound
    return document, kind_of(document)


def _move(actor: Actor, document: Document, state: str, reason: str, now: datetime) -> None:
    if state not in Document.TRANSITIONS[document.state]:
        raise NotInForce(number=document.number or document.title, state=_WORDS[Document.State(document.state)])
    document.state, document.state_reason = state, reason
    document.state_at, document.state_by = now, actor.user_id
    document.save(update_fields=["state", "state_reason", "state_at", "state_by", "reissued_by"])


def _checked_reason(reason: str) -> str:
    tidy = " ".join(reason.split())
    if not 10 <= len(tidy) <= 500:
        raise Invalid.field("reason", _("Say why in 10 to 500 characters."))
    return tidy
