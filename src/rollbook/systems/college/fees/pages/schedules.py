"""Fee schedules on the screen: drafts with their fees, what a version would change, and the bills of a term."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, formatting, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.catalogue.selectors import current_term
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.jobs import apply_soon
from rollbook.systems.college.fees.models import FeeSchedule
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import schedules as reads
from rollbook.systems.college.fees.schedule_forms import ChangeScheduleForm, CountForm, LineForm, NewScheduleForm
from rollbook.systems.college.fees.schedule_tables import SCHEDULE_STATES, BillTable, ScheduleTable, scope_of
from rollbook.systems.college.fees.services import assessments, schedules


@page(permission=permissions.SEE_SCHEDULES)
def fee_schedules(request: PageRequest) -> HttpResponse:
    """Every version of every schedule."""
    table = ScheduleTable(request, reads.schedules(request.actor).values(*ScheduleTable.fields()))
    in_force = FeeSchedule.objects.filter(state=FeeSchedule.State.ACTIVE).count()
    context = {"may_manage": request.actor.may(permissions.MANAGE_SCHEDULES), "in_force": in_force}
    return table.respond("college/fees/schedules.html", context)


@page(permission=permissions.MANAGE_SCHEDULES)
def new_schedule(request: PageRequest) -> HttpResponse:
    """Begin a schedule."""
    form = NewScheduleForm.of(request)
    if form.is_submitted_and_valid():
        try:
            made = schedules.make_schedule(request.actor, schedules.NewSchedule(**form.cleaned_data))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:schedule", made.id, message=_("Begun. Now add its fees."))
    return render(request, "college/fees/new_schedule.html", {"form": form}, status=form.status)


def _context(request: PageRequest, schedule: FeeSchedule) -> dict[str, Any]:
    currency = organisation_in_scope().currency
    may_manage = request.actor.may(permissions.MANAGE_SCHEDULES)
    scope = {
        "programme_code": schedule.programme.code if schedule.programme else "", "year_level": schedule.year_level,
        "term_code": schedule.term.code if schedule.term else "", "semester": schedule.semester,
        "student_kind": schedule.student_kind,
    }  # fmt: skip
    return {
        "schedule": schedule,
        "state": SCHEDULE_STATES[schedule.state],
        "scope": scope_of(scope),
        "lines": [
            {"line": line, "price": Money(line.price_minor, currency)}
            for line in sorted(schedule.lines.all(), key=lambda line: line.position)
        ],
        "versions": [(version, SCHEDULE_STATES[version.state]) for version in reads.versions_of(schedule)],
        "is_draft": may_manage and schedule.state == FeeSchedule.State.DRAFT,
        "may_copy": may_manage and schedule.state != FeeSchedule.State.DRAFT,
        "may_retire": may_manage and schedule.state == FeeSchedule.State.ACTIVE,
    }


@page(permission=permissions.SEE_SCHEDULES)
def schedule(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """One version: whom it is for, its fees, its other versions."""
    found = reads.get_schedule(request.actor, schedule_id)
    context = _context(request, found)
    if context["is_draft"]:
        context["form"] = LineForm.of(request)
    return render(request, "college/fees/schedule.html", context)


@require_POST
@page(permission=permissions.MANAGE_SCHEDULES)
def add_line(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """Add a fee to a draft."""
    form = LineForm.of(request)
    if form.is_submitted_and_valid():
        given = {name: form.cleaned_data[name] for name in ("label", "category", "basis", "price", "subject_id")}
        try:
            schedules.add_line(request.actor, schedule_id=schedule_id, **given)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:schedule", schedule_id, message=_("Added."))
    found = reads.get_schedule(request.actor, schedule_id)
    return render(request, "college/fees/schedule.html", {**_context(request, found), "form": form}, status=form.status)


@require_POST
@page(permission=permissions.MANAGE_SCHEDULES)
def remove_line(request: PageRequest, schedule_id: UUID, line_id: UUID) -> HttpResponse:
    """Take a fee out of a draft."""
    schedules.remove_line(request.actor, schedule_id=schedule_id, line_id=line_id)
    return done(request, "fees:schedule", schedule_id, message=_("Taken out."))


@page(permission=permissions.MANAGE_SCHEDULES)
def change_schedule(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """Rename a draft or cut its plans otherwise."""
    found = reads.get_schedule(request.actor, schedule_id)
    fields = ("name", "instalments", "first_due_on", "version")
    form = ChangeScheduleForm.of(request, initial={field: getattr(found, field) for field in fields})
    if form.is_submitted_and_valid():
        given = dict(form.cleaned_data)
        version = given.pop("version")
        try:
            schedules.change_schedule(request.actor, schedule_id=found.id, expected_version=version, **given)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:schedule", found.id, message=_("Saved."))
    return render(request, "college/fees/change_schedule.html", {"form": form, "schedule": found}, status=form.status)


@require_POST
@page(permission=permissions.MANAGE_SCHEDULES)
def new_version(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """Copy a schedule into a draft."""
    made = schedules.make_version(request.actor, schedule_id=schedule_id)
    return done(request, "fees:schedule", made.id, message=_("Copied. Change what has to change."))


@require_POST
@page(permission=permissions.MANAGE_SCHEDULES)
def discard(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """Throw a draft away."""
    schedules.discard_draft(request.actor, schedule_id=schedule_id)
    return done(request, "fees:schedules", message=_("The draft is thrown away."))


@require_POST
@page(permission=permissions.MANAGE_SCHEDULES)
def retire(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """Let a schedule hold no longer."""
    schedules.retire(request.actor, schedule_id=schedule_id, reason=request.POST.get("reason", ""))
    return done(request, "fees:schedule", schedule_id, message=_("It holds no longer for new assessments."))


@page(permission=permissions.SEE_SCHEDULES)
def effect(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """What a version would change, and the way to let it."""
    found = reads.get_schedule(request.actor, schedule_id)
    foreseen = reads.effect_of(request.actor, found)
    form = CountForm.of(request)
    may_manage = request.actor.may(permissions.MANAGE_SCHEDULES)
    if may_manage and form.is_submitted_and_valid():
        confirmed = form.cleaned_data["confirmed"]

        def act() -> dict[str, Any]:
            return {"students": apply_soon(request.actor, schedule_id=found.id, confirmed=confirmed)}

        try:
            act_once(request, "college.fees.apply_schedule", {**form.cleaned_data, "id": found.id}, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:schedule", found.id, message=_("The plans are being revised in the background."))
    context = {
        **_context(request, found),
        "effect": foreseen,
        "form": form,
        "may_apply": may_manage and found.state == FeeSchedule.State.ACTIVE and foreseen.students,
        "may_put": may_manage and found.state == FeeSchedule.State.DRAFT,
    }
    return render(request, "college/fees/schedule_effect.html", context, status=form.status)


@require_POST
@page(permission=permissions.MANAGE_SCHEDULES)
def put_in_force(request: PageRequest, schedule_id: UUID) -> HttpResponse:
    """Let a draft hold for what is assessed from now on."""
    schedules.put_in_force(request.actor, schedule_id=schedule_id)
    return done(request, "fees:schedule", schedule_id, message=_("In force for what is assessed from now on."))


@page(permission=permissions.SEE_ASSESSMENTS)
def bills(request: PageRequest) -> HttpResponse:
    """What everybody in a term was assessed at, and those who have no plan yet."""
    terms = list(Term.objects.exclude(state=Term.State.SETUP).order_by("-starts_on")[:8])
    wanted = request.GET.get("term", "")
    named = next((one for one in terms if str(one.id) == wanted), None)
    term = named or current_term() or (terms[0] if terms else None)
    if term is None:
        return render(request, "college/fees/no_bills.html", {})
    table = BillTable(request, reads.bills(request.actor, term.id).values(*BillTable.fields()))
    waiting = assessments.unbilled(term.id).count()
    may_bill = request.actor.may(permissions.BILL_TERMS) and waiting and not term.has_ended
    context = {"terms": terms, "term": term, "waiting": waiting, "may_bill": may_bill}
    return table.respond("college/fees/bills.html", context)


@require_POST
@page(permission=permissions.BILL_TERMS)
def bill_term(request: PageRequest, term_id: UUID) -> HttpResponse:
    """Open the plans of everybody in a term who has none."""

    def act() -> dict[str, Any]:
        billed = assessments.bill_term(request.actor, term_id=term_id)
        return {"count": billed.count, "minor": billed.total.minor, "left_out": billed.left_out}

    answer = act_once(request, "college.fees.bill_term", {"term_id": term_id}, act)
    amount = formatting.amount_text(Money(answer["minor"], organisation_in_scope().currency))
    told = ngettext("%(n)s plan opened: %(amount)s.", "%(n)s plans opened: %(amount)s.", answer["count"])
    message = told % {"n": answer["count"], "amount": amount}
    if answer["left_out"]:
        left_out = ngettext(
            "No schedule fits %(n)s student.", "No schedule fits %(n)s students.", answer["left_out"]
        ) % {"n": answer["left_out"]}  # fmt: skip
        message = f"{message} {left_out}"
    return done(request, "fees:bills", message=message)
