"""The public page that tells whether a paper is genuine, and the list of issued papers."""

import re
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from rollbook.core.api.limits import check_visitor
from rollbook.core.errors import NotFound, Refusal
from rollbook.core.tenancy.selectors import OrganisationFacts, organisation_by_slug
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.formatting import day_text
from rollbook.core.web.forms import Form
from rollbook.core.web.pages import refusal_page
from rollbook.core.web.rendering import done, render_public
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter, State, Table, TextFilter
from rollbook.shared.documents import permissions, rules, selectors, services
from rollbook.shared.documents.api import photo_address
from rollbook.shared.documents.kinds import kinds
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.verification import RATE, Verified, needs_issuer, verification_url, verify
from rollbook.shared.documents.words import PAPER_STATES
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF

_SLUG = re.compile(r"[a-z][a-z0-9-]{0,62}\Z")

#: What the public page says in one word, and how it looks.
_ANSWERS = {
    "VALID": (_("Valid"), "good"),
    "REVOKED": (_("Revoked"), "bad"),
    "REPLACED": (_("Replaced"), "warn"),
    "EXPIRED": (_("Expired"), "warn"),
    "SUSPENDED": (_("Suspended"), "bad"),
    "USED": (_("Used"), "warn"),
    "NOT_YET_VALID": (_("Not valid yet"), "wait"),
}


@require_safe
def verify_page(request: HttpRequest, slug: str = "", code: str = "") -> HttpResponse:
    """Is this paper genuine? One screen, no sign-in, no script."""
    if not code:
        return _ask(request)
    try:
        check_visitor(request, RATE)
    except Refusal as refusal:
        return refusal_page(request, refusal)
    return _public(request, slug, verify(code, slug=slug), code)


def _ask(request: HttpRequest) -> HttpResponse:
    """Take a code that was typed to its own address; until then, show where to type it."""
    institution = request.GET.get("institution", "").strip().lower()
    institution = institution if _SLUG.match(institution) else ""
    typed = "".join(character for character in request.GET.get("code", "") if character.isalnum())[:40]
    if typed:
        code = rules.tidy_code(typed) or typed
        return redirect("verify:at", institution, code) if institution else redirect("verify:code", code)
    return _public(request, institution, None, "")


def _public(request: HttpRequest, slug: str, found: Verified | None, code: str) -> HttpResponse:
    institution = found.issuer if found else _institution(slug)
    word, tone = _ANSWERS[found.state] if found else (_("Not valid"), "bad")
    context: dict[str, Any] = {
        "found": found,
        "is_asked": bool(code),
        "code": rules.shown_code(found.code) if found else "",
        "answer": State(word, tone),  # type: ignore[arg-type]
        "facts": [(label, day_text(value) if isinstance(value, date) else value) for label, value in found.facts]
        if found
        else [],
        "tone": tone,
        "photo": photo_address(found.photo) if found else None,
        "slug": slug,
        "wants_institution": not slug and needs_issuer(),
    }
    response = render_public(request, "documents/verify.html", context, organisation=institution)
    response["Cache-Control"] = "no-store"
    return response


def _institution(slug: str) -> OrganisationFacts | None:
    try:
        return organisation_by_slug(slug) if slug else None
    except NotFound:
        return None


def _kind_choices(request: Any = None) -> list[tuple[str, Any]]:
    return [(kind.key, kind.title) for kind in kinds().values()]


class DocumentTable(Table):
    """Papers that were issued."""

    name = "documents"
    title = _("Issued papers")
    columns = (
        Column("title", _("Paper"), primary=True, link="documents:document", link_args=("id",)),
        Column("number", _("Number")),
        Column("person__search_key", _("About"), text=lambda row: row["person__search_key"] or "—"),
        Column("issued_on", _("Issued on"), kind="date", sortable=True),
        Column("state", _("State"), kind="state", states=PAPER_STATES),
        Column("prints", _("Prints"), kind="number", visible=False),
        Column("issued_at", _("Issued at"), kind="datetime", visible=False, sortable=True),
        Column("sha256", _("Fingerprint"), visible=False),
    )
    filters = (
        TextFilter("find", _("Number"), ("number__icontains", "title__icontains")),
        ChoiceFilter("kind", _("Kind"), choices=_kind_choices, lookup="kind"),
        DateRangeFilter("issued_on", _("Issued")),
    )
    order = "-issued_at"


@page(permission=permissions.VIEW_DOCUMENTS)
def documents(request: PageRequest) -> HttpResponse:
    """Which papers were issued."""
    table = DocumentTable(request, selectors.documents(request.actor).values(*DocumentTable.fields()))
    return table.respond("documents/documents.html")


class RevokeForm(Form):
    """Why a paper is withdrawn."""

    reason = forms.CharField(
        label=_("Why is it revoked?"), min_length=10, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


@page(permission=SIGNED_IN)
def document(request: PageRequest, document_id: UUID) -> HttpResponse:
    """One paper: what became of it, printing it, withdrawing it."""
    found = selectors.document(request.actor, document_id)
    kind = selectors.kind_of(found)
    form = RevokeForm.of(request)
    context = {
        "document": found,
        "papers": list(kind.papers),
        "state": PAPER_STATES[found.state],
        "code": rules.shown_code(found.code) if found.code else "",
        "verify_url": verification_url(found.code) if found.code else "",
        "form": form,
        "may_revoke": request.actor.may(kind.revoke_permission) and found.state == Document.State.ISSUED,
    }
    if form.is_submitted_and_valid():
        try:
            services.revoke(request.actor, document_id=document_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "documents/document.html", context, status=refusal.status)
        return done(request, "documents:document", document_id, message=str(_("The paper is revoked.")))
    return render(request, "documents/document.html", context, status=form.status)


@require_POST
@page(permission=SIGNED_IN)
def print_document(request: PageRequest, document_id: UUID, paper: str) -> HttpResponse:
    """The paper as PDF. A print counts, so it is asked for by a button and not by a link."""
    printed = services.print_document(request.actor, document_id=document_id, paper=paper)
    return file_response(printed.content, content_type=PDF, name=printed.name, is_shown=True)
