"""The trail on the screen: acts, one act, the story of a record, reads, seals."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from rollbook.core.audit import permissions, selectors, services, words
from rollbook.core.audit.models import Stream
from rollbook.core.audit.tables import AccessTable, AuditTable, TrailRows
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import SIGNED_IN, PageRequest, page, render
from rollbook.core.web.rendering import done


def _note_export(request: PageRequest, what: str) -> None:
    wanted = request.GET.get("export", "")
    if wanted:
        request.actor.require(permissions.EXPORT_AUDIT)
        asked = {name: values for name, values in request.GET.lists() if name != "export"}
        target = ("tenancy.organisation", request.actor.organisation_id)
        services.record(request.actor, "audit.exported", target, list=what, form=wanted, filters=asked)


@page(permission=permissions.VIEW_AUDIT)
def entries(request: PageRequest) -> HttpResponse:
    """The trail of the organisation."""
    _note_export(request, "acts")
    table = AuditTable(request, TrailRows(selectors.entries(request.actor), AuditTable))
    return table.respond("audit/entries.html", {"may_view_access": request.actor.may(permissions.VIEW_ACCESS)})


@page(permission=SIGNED_IN)
def own(request: PageRequest) -> HttpResponse:
    """What I did."""
    _note_export(request, "own acts")
    table = AuditTable(request, TrailRows(selectors.own_entries(request.actor), AuditTable))
    return table.respond("audit/own.html")


@page(permission=SIGNED_IN)
def entry(request: PageRequest, entry_id: UUID) -> HttpResponse:
    """One act with everything that is known of it."""
    found = selectors.entry(request.actor, entry_id)
    context = {
        "entry": found,
        "title": words.action_words(found["action"]),
        "who": words.who_words(found),
        "record": words.target_words(found["target_type"]),
        "may_view_audit": request.actor.may(permissions.VIEW_AUDIT),
    }
    return render(request, "audit/entry.html", context)


@page(permission=permissions.VIEW_AUDIT)
def timeline(request: PageRequest, target_type: str, target_id: UUID) -> HttpResponse:
    """The story of one record."""
    context = {
        "record": words.target_words(target_type),
        "target_id": target_id,
        "events": selectors.timeline(target_type, target_id),
    }
    return render(request, "audit/timeline_page.html", context)


@page(permission=permissions.VIEW_ACCESS)
def accesses(request: PageRequest) -> HttpResponse:
    """Who read restricted records."""
    _note_export(request, "reads")
    table = AccessTable(request, TrailRows(selectors.accesses(request.actor), AccessTable))
    return table.respond("audit/accesses.html")


@page(permission=permissions.VERIFY_SEALS)
def seals(request: PageRequest) -> HttpResponse:
    """The seals, and the proof that nothing was altered since."""
    if request.method == "POST":
        report = services.prove(request.actor)
        return render(request, "audit/proof.html", {"report": report})
    context = {"streams": [(stream.label, list(selectors.latest_seals(stream))) for stream in Stream]}
    return render(request, "audit/seals.html", context)


@page(permission=permissions.ACKNOWLEDGE_RESTORE)
def acknowledge_restore(request: PageRequest) -> HttpResponse:
    """Answer for a restore of the database to an earlier moment."""
    if request.method == "POST":
        services.acknowledge_restore(request.actor, request.POST.get("reason", ""))
        name = organisation_in_scope().name
        return done(request, "audit:seals", message=_("The restore of %(name)s is answered for.") % {"name": name})
    return done(request, "audit:seals")
