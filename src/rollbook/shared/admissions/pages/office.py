"""The office: the board, the list, one applicant with the documents beside, and the acts on one or on many."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.audit.selectors import timeline
from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.core.web.sentences import refusal_sentence
from rollbook.shared.admissions import permissions, selectors, services
from rollbook.shared.admissions.forms import ReasonForm
from rollbook.shared.admissions.models import Application, Appointment, Notice
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.selectors import with_progress
from rollbook.shared.admissions.tables import ApplicationTable
from rollbook.shared.admissions.words import APPLICATION_STATES, DOCUMENT_STATES, FLAGGED, MISSING, OPTIONAL, READY

#: Cards of one column of the board; the list has the others.
_CARDS = 8
_STATE = Application.State
_COLUMNS: tuple[tuple[str, Any, dict[str, Any], str], ...] = (
    ("submitted", gettext_lazy("To be reviewed"), {"state": _STATE.SUBMITTED, "is_ready": False}, "state=SUBMITTED"),
    ("incomplete", gettext_lazy("Incomplete"), {"state": _STATE.INCOMPLETE}, "state=INCOMPLETE"),
    ("ready", gettext_lazy("Ready to decide"), {"is_ready": True}, "ready=1"),
    ("admitted", gettext_lazy("Admitted"), {"state__in": [_STATE.ADMITTED, _STATE.CONVERTED]},
     "state=ADMITTED&state=CONVERTED"),
)  # fmt: skip
#: Columns in which the oldest waits longest stand first; of the admitted the newest.
_NEWEST_FIRST = frozenset({"admitted"})


@page(permission=permissions.VIEW_APPLICATIONS)
def board(request: PageRequest) -> HttpResponse:
    """Where every application stands, and what needs somebody now."""
    scheme = scheme_in_scope()
    intakes = _intakes()
    chosen = next((each for each in intakes if str(each[0]) == request.GET.get("intake", "")), None)
    intake_id = chosen[0] if chosen else None
    rows = with_progress(selectors.applications(request.actor)).annotate(choice_code=scheme.code_of_choice())
    if intake_id is not None:
        rows = rows.filter(intake_id=intake_id)
    counts = selectors.stage_counts(request.actor, intake_id)
    columns = [
        {
            "key": key,
            "title": title,
            "count": counts[key],
            "cards": _cards(rows.filter(**condition), is_newest_first=key in _NEWEST_FIRST),
            "more": f"{reverse('admissions:list')}?{query}",
        }
        for key, title, condition, query in _COLUMNS
    ]
    context = {
        "columns": columns,
        "counts": counts,
        "intakes": intakes,
        "intake_id": intake_id,
        "today": Appointment.objects.filter(local_day=selectors.today_here(), state=Appointment.State.SET).count(),
        "public_url": reverse("apply:home", args=[organisation_in_scope().slug]),
        "now": clock.now(),
    }
    return render(request, "admissions/board.html", context)


def _intakes() -> list[tuple[UUID, str]]:
    """The intakes that somebody applied for, the newest first."""
    ids = list(
        Application.objects.exclude(state=_STATE.DRAFT).order_by().values_list("intake_id", flat=True).distinct()
    )
    labels = scheme_in_scope().labels([each for each in ids if each])
    return sorted(labels.items(), key=lambda row: row[1], reverse=True)


def _cards(rows: Any, *, is_newest_first: bool) -> list[dict[str, Any]]:
    order = "-submitted_at" if is_newest_first else "submitted_at"
    return [
        {
            "id": row.id,
            "name": row.roll_name,
            "reference": row.reference,
            "choice": row.choice_code,
            "at": row.submitted_at,
            "papers": f"{row.verified} / {row.wanted}",
            "is_flagged": row.is_flagged,
        }
        for row in rows.order_by(order, "id")[:_CARDS]
    ]


@page(permission=permissions.VIEW_APPLICATIONS)
def application_list(request: PageRequest) -> HttpResponse:
    """Every application, to be sorted, filtered, chosen and taken away."""
    scheme = scheme_in_scope()
    rows = with_progress(selectors.applications(request.actor)).annotate(
        choice_code=scheme.code_of_choice(), intake_code=scheme.code_of_intake()
    )
    table = ApplicationTable(request, rows.values(*ApplicationTable.fields()))
    vars(table)["bulk_actions"] = (*scheme.bulk_actions(), *ApplicationTable.bulk_actions)
    return table.respond("admissions/list.html")


@page(permission=permissions.VIEW_APPLICATIONS)
def application(request: PageRequest, application_id: UUID) -> HttpResponse:
    """One applicant: who, what for, which papers, with the paper beside."""
    found = selectors.get_application(request.actor, application_id)
    papers = [_paper(each) for each in selectors.papers_of(found)]
    shown = next((each for each in papers if each["key"] == request.GET.get("paper", "")), None)
    if shown is None:
        shown = next((each for each in papers if each["needs_look"]), None)
    context = {
        **frame(request.actor, found),
        "papers": papers,
        "shown": shown or next((each for each in papers if each["document"]), None),
        "facts": _facts(found),
        "appointments": list(found.appointments.order_by("starts_at")),
        "events": [_as_seen(event) for event in timeline("admissions.application", found.id, limit=30)],
        "notices": Notice.objects.filter(application=found).order_by("-created_at")[:10],
    }
    return render(request, "admissions/application.html", context)


def frame(actor: Actor, found: Application) -> dict[str, Any]:
    """What every page about one applicant has: who it is, how it stands, what can be done."""
    scheme = scheme_in_scope()
    labels = scheme.labels([each for each in (found.choice_id, found.intake_id) if each])
    kind = scheme.kind(found.kind)
    is_flagged = selectors.is_flagged(found) and found.state not in (_STATE.CONVERTED, _STATE.REJECTED)
    is_ready = with_progress(Application.objects.filter(id=found.id)).values_list("is_ready", flat=True).get()
    states = [APPLICATION_STATES[found.state]]
    states += [FLAGGED] if is_flagged and found.state in Application.LIVE else []
    states += [READY] if is_ready else []
    return {
        "application": found,
        "states": states,
        "kind": kind.label if kind else found.kind,
        "choice": labels.get(found.choice_id, "") if found.choice_id else "",
        "intake": labels.get(found.intake_id, "") if found.intake_id else "",
        "is_flagged": is_flagged,
        "is_ready": is_ready,
        "may_review": actor.may(permissions.REVIEW_APPLICATIONS) and found.is_open,
        "may_decide": actor.may(permissions.DECIDE_APPLICATIONS) and found.is_open,
        "may_admit": actor.may(permissions.DECIDE_APPLICATIONS) and (found.is_open or found.state == _STATE.ADMITTED),
        "admit_url": scheme.admit_address(found),
        "result_url": scheme.result_address(found),
    }


def _paper(each: selectors.Paper) -> dict[str, Any]:
    document = each.document
    return {
        "key": each.wanted.type,
        "label": each.wanted.label,
        "document": document,
        "state": DOCUMENT_STATES[document.state] if document else (MISSING if each.wanted.is_required else OPTIONAL),
        "needs_look": document is not None and document.state == "UPLOADED",
        "is_picture": document is not None and document.file.content_type.startswith("image/"),
    }


def _facts(found: Application) -> list[tuple[Any, str, Any]]:
    currency = organisation_in_scope().currency
    return [
        (fact.label, fact.shape, Money(value, currency) if fact.shape == "money" else value)
        for fact in scheme_in_scope().facts_of(found.kind)
        if (value := found.facts.get(fact.key)) not in (None, "")
    ]


def _as_seen(event: Any) -> Any:
    """Acts without a member behind them are the applicant's own."""
    return replace(event, who=_("Applicant")) if event.who == _("Somebody who is no longer a member") else event


@require_POST
@page(permission=permissions.REVIEW_APPLICATIONS)
def verify_document(request: PageRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """This paper is what it should be; on to the next."""
    services.verify_document(request.actor, application_id=application_id, document_id=document_id)
    return done(request, "admissions:application", application_id, message=_("Verified."))


@page(permission=permissions.REVIEW_APPLICATIONS)
def reject_document(request: PageRequest, application_id: UUID, document_id: UUID) -> HttpResponse:
    """Say what is wrong with a paper."""
    document = selectors.get_document(request.actor, application_id, document_id)

    def act(reason: str) -> None:
        services.reject_document(
            request.actor, application_id=application_id, document_id=document.id, reason=reason
        )  # fmt: skip

    labels = {each.type: each.label for each in selectors.checklist(document.application.kind)}
    words = {
        "title": _("Reject: %(what)s") % {"what": labels.get(document.type, document.type)},
        "submit": _("Reject the document"), "note": _("The applicant reads the reason and can send another."),
    }  # fmt: skip
    return _with_reason(request, application_id, act, words, _("The document is rejected."))


@page(permission=permissions.REVIEW_APPLICATIONS)
def mark_incomplete(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Tell an applicant what is missing."""

    def act(reason: str) -> None:
        services.mark_incomplete(request.actor, application_id=application_id, reason=reason)

    words = {
        "title": _("Say what is missing"), "submit": _("Send it back"),
        "note": _("The applicant gets this by mail and can send what is missing with their link."),
    }  # fmt: skip
    return _with_reason(request, application_id, act, words, _("Sent back to the applicant."))


@require_POST
@page(permission=permissions.REVIEW_APPLICATIONS)
def take_up_again(request: PageRequest, application_id: UUID) -> HttpResponse:
    """What was missing was brought to the office."""
    services.take_up_again(request.actor, application_id=application_id)
    return done(request, "admissions:application", application_id, message=_("It waits for review again."))


@page(permission=permissions.DECIDE_APPLICATIONS)
def reject(request: PageRequest, application_id: UUID) -> HttpResponse:
    """Say no to an applicant."""

    def act(reason: str) -> None:
        services.reject(request.actor, application_id=application_id, reason=reason)

    words = {
        "title": _("Reject the application"), "submit": _("Reject"),
        "note": _("This is final. The applicant reads the reason."), "is_final": True,
    }  # fmt: skip
    return _with_reason(request, application_id, act, words, _("Rejected; the applicant is told by mail."))


def _with_reason(
    request: PageRequest, application_id: UUID, act: Callable[[str], None], words: dict[str, Any], message: str
) -> HttpResponse:
    found = selectors.get_application(request.actor, application_id)
    form = ReasonForm.of(request)
    if form.is_submitted_and_valid():
        try:
            act(form.cleaned_data["reason"])
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "admissions:application", application_id, message=message)
    context = {**frame(request.actor, found), **words, "form": form}
    return render(request, "admissions/reason.html", context, status=form.status)


# --- many at once ---------------------------------------------------------------------------------------------------


@require_POST
@page(permission=permissions.REVIEW_APPLICATIONS)
def many_incomplete(request: PageRequest) -> HttpResponse:
    """Send several applications back with the same words."""
    words = {"title": _("Say what is missing"), "submit": _("Send them back")}
    return act_on_many(
        request, words,
        lambda each, reason: services.mark_incomplete(request.actor, application_id=each, reason=reason),
    )  # fmt: skip


@require_POST
@page(permission=permissions.DECIDE_APPLICATIONS)
def many_reject(request: PageRequest) -> HttpResponse:
    """Reject several applications with the same words."""
    words = {"title": _("Reject applications"), "submit": _("Reject them"), "is_final": True}
    return act_on_many(
        request, words, lambda each, reason: services.reject(request.actor, application_id=each, reason=reason)
    )  # fmt: skip


def chosen_of(request: HttpRequest, actor: Actor) -> list[Application]:
    """The applications whose rows were ticked, at most a hundred of them."""
    ids = []
    for text in request.POST.getlist("row")[:100]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(selectors.applications(actor).filter(id__in=ids).order_by("search_key", "id"))


def act_on_many(request: PageRequest, words: dict[str, Any], act: Callable[[UUID, str], object]) -> HttpResponse:
    """Ask once for the reason, then act on each by itself; what could not be done is named."""
    chosen = chosen_of(request, request.actor)
    form = ReasonForm.of(request) if request.POST.get("confirmed") else ReasonForm(request=request)
    context = {**words, "chosen": chosen, "form": form, "not_done": []}
    if form.is_submitted_and_valid():
        reason = form.cleaned_data["reason"]
        context["not_done"] = each_by_itself(chosen, lambda found: act(found.id, reason))
        acted = len(chosen) - len(context["not_done"])
        if not context["not_done"]:
            return done(request, "admissions:list", message=_("%(n)s done.") % {"n": acted})
        context |= {"acted": acted, "form": None}
    return render(request, "admissions/many.html", context, status=form.status)


def each_by_itself(
    chosen: Sequence[Application], act: Callable[[Application], object]
) -> list[tuple[Application, str]]:
    """Act on each in a savepoint of its own; return those that could not be done, with the reason."""
    not_done = []
    for found in chosen:
        try:
            with transaction.atomic():
                act(found)
        except Refusal as refusal:
            not_done.append((found, str(refusal_sentence(refusal))))
    return not_done
