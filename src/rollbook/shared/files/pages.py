"""Opening a file by its link, and the list of what is stored."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from rollbook.core.errors import Refusal
from rollbook.core.identity.door import client_of
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.forms import Form
from rollbook.core.web.pages import refusal_page
from rollbook.core.web.rendering import done
from rollbook.core.web.tables import ChoiceFilter, Column, DateRangeFilter, State, Table, TextFilter
from rollbook.shared.files import opening, permissions, selectors, services
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import buckets
from rollbook.shared.files.inspection import size_words
from rollbook.shared.files.models import StoredFile

_SCANS = {
    StoredFile.Scan.CLEAN.value: State(_("Nothing found"), "good"),
    StoredFile.Scan.NOT_SCANNED.value: State(_("Not scanned"), "wait"),
    StoredFile.Scan.OWN.value: State(_("Made here"), "neutral"),
}


@require_safe
def open_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """Open a file by its signed link; no sign-in, the link is the key."""
    try:
        opened = opening.open_link(token, client=client_of(request), request_id=getattr(request, "request_id", ""))
    except Refusal as refusal:
        return refusal_page(request, refusal)
    stored = opened.stored
    return file_response(
        opened.content, content_type=stored.content_type, name=stored.name, is_shown=opened.purpose == "view"
    )


@page(permission=SIGNED_IN)
def view_file(request: PageRequest, file_id: UUID) -> HttpResponse:
    """Show a file that the person may read, such as a photo on a record page."""
    stored = selectors.readable_file(request.actor, file_id)
    content = selectors.content_of(request.actor, stored, purpose="Shown on a page")
    return file_response(content, content_type=stored.content_type, name=stored.name, is_shown=True)


def _bucket_choices(request: Any = None) -> list[tuple[str, Any]]:
    return [(bucket.name, bucket.label) for bucket in buckets().values()]


def _bucket_label(row: Mapping[str, Any]) -> str:
    found = buckets().get(row["bucket"])
    return found.label if found else str(row["bucket"])


class StoredFileTable(Table):
    """Files of the organisation."""

    name = "stored-files"
    title = _("Stored files")
    columns = (
        Column("name", _("Name"), primary=True, link="files:stored", link_args=("id",)),
        Column("bucket", _("Kind"), text=_bucket_label),
        Column("size_bytes", _("Size"), text=lambda row: size_words(row["size_bytes"])),
        Column("scan", _("Scan"), kind="state", states=_SCANS),
        Column("created_at", _("Stored"), kind="datetime", sortable=True),
        Column("removed_at", _("Withdrawn"), kind="datetime", nullable=True),
        Column("sha256", _("SHA-256"), visible=False),
    )
    filters = (
        TextFilter("find", _("Name"), ("name__icontains",)),
        ChoiceFilter("bucket", _("Kind"), choices=_bucket_choices, lookup="bucket"),
        DateRangeFilter("created_at", _("Stored")),
    )
    order = "-created_at"


@page(permission=permissions.VIEW_FILES)
def stored_files(request: PageRequest) -> HttpResponse:
    """Which files are stored, and whether a scanner looked at them."""
    table = StoredFileTable(request, selectors.stored_files(request.actor).values(*StoredFileTable.fields()))
    return table.respond("files/stored_files.html")


class RemoveForm(Form):
    """Why a file is withdrawn."""

    reason = forms.CharField(label=_("Why is it withdrawn?"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


@page(permission=permissions.VIEW_FILES)
def stored_file(request: PageRequest, file_id: UUID) -> HttpResponse:
    """One stored file: what it is, whom it belongs to, and withdrawing it."""
    stored = selectors.known_file(request.actor, file_id)
    form = RemoveForm.of(request)
    context = {
        "stored": stored,
        "form": form,
        "kind": _bucket_label({"bucket": stored.bucket}),
        "size": size_words(stored.size_bytes),
        "scan": _SCANS[stored.scan],
        "may_remove": request.actor.may(permissions.REMOVE_FILES) and not stored.is_removed,
    }
    if form.is_submitted_and_valid():
        try:
            services.remove_file(request.actor, file_id=file_id, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
            return render(request, "files/stored_file.html", context, status=refusal.status)
        return done(request, "files:list", message=str(_("The file is withdrawn.")))
    return render(request, "files/stored_file.html", context, status=form.status)
