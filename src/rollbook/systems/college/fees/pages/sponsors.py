"""Discounts and sponsors on the screen, with the statement that a sponsor is sent."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import organisation_in_scope
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.shared.documents.words import PAPER_STATES
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.fees import permissions
from rollbook.systems.college.fees.errors import DiscountNotFound
from rollbook.systems.college.fees.models import Discount, Sponsorship
from rollbook.systems.college.fees.pages.acting import act_once
from rollbook.systems.college.fees.reads import sponsors as reads
from rollbook.systems.college.fees.schedule_forms import (
    ChangeDiscountForm,
    ChangeSponsorForm,
    NewDiscountForm,
    NewSponsorForm,
    SponsorPaymentForm,
)
from rollbook.systems.college.fees.schedule_tables import KEPT_STATES, DiscountTable, SponsorTable, StatementTable
from rollbook.systems.college.fees.services import discounts
from rollbook.systems.college.fees.services import sponsor_statements as statements
from rollbook.systems.college.fees.services import sponsors as services


@page(permission=permissions.SEE_SCHEDULES)
def discounts_page(request: PageRequest) -> HttpResponse:
    """What the college offers."""
    table = DiscountTable(request, reads.discounts(request.actor).values(*DiscountTable.fields()))
    return table.respond("college/fees/discounts.html", {"may_manage": request.actor.may(permissions.MANAGE_SCHEDULES)})


def _terms(cleaned: dict[str, Any]) -> discounts.DiscountTerms:
    amount, cap = cleaned["amount"], cleaned["cap"]
    return discounts.DiscountTerms(
        name=cleaned["name"], percent=cleaned["percent"], amount_minor=amount.minor if amount else None,
        categories=tuple(cleaned["categories"]), position=cleaned["position"], cap_minor=cap.minor if cap else None,
    )  # fmt: skip


@page(permission=permissions.MANAGE_SCHEDULES)
def new_discount(request: PageRequest) -> HttpResponse:
    """Offer a discount."""
    form = NewDiscountForm.of(request)
    if form.is_submitted_and_valid():
        try:
            discounts.add_discount(request.actor, code=form.cleaned_data["code"], terms=_terms(form.cleaned_data))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:discounts", message=_("Offered."))
    return render(request, "college/fees/new_discount.html", {"form": form}, status=form.status)


@page(permission=permissions.SEE_SCHEDULES)
def change_discount(request: PageRequest, discount_id: UUID) -> HttpResponse:
    """Look at a discount, and change what it is for whoever gets it from now on."""
    found: Discount | None = reads.discounts(request.actor).filter(id=discount_id).first()
    if found is None:
        raise DiscountNotFound
    currency = organisation_in_scope().currency
    initial = {
        "name": found.name, "percent": found.percent, "categories": found.categories, "position": found.position,
        "amount": Money(found.amount_minor, currency) if found.amount_minor else None,
        "cap": Money(found.cap_minor, currency) if found.cap_minor else None,
        "is_active": found.is_active, "version": found.version,
    }  # fmt: skip
    form = ChangeDiscountForm.of(request, initial=initial)
    if form.is_submitted_and_valid():
        try:
            discounts.change_discount(
                request.actor, discount_id=found.id, terms=_terms(form.cleaned_data),
                is_active=form.cleaned_data["is_active"], expected_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:discounts", message=_("Saved. What was given stays as it was given."))
    context = {"form": form, "discount": found, "may_manage": request.actor.may(permissions.MANAGE_SCHEDULES)}
    return render(request, "college/fees/change_discount.html", context, status=form.status)


@page(permission=permissions.SEE_SPONSORS)
def sponsors(request: PageRequest) -> HttpResponse:
    """Who pays for students."""
    table = SponsorTable(request, reads.sponsors(request.actor).values(*SponsorTable.fields()))
    return table.respond("college/fees/sponsors.html", {"may_manage": request.actor.may(permissions.MANAGE_SPONSORS)})


def _facts(cleaned: dict[str, Any]) -> services.SponsorFacts:
    return services.SponsorFacts(
        **{name: cleaned[name] for name in ("name", "contact_name", "contact_email", "address")}
    )


@page(permission=permissions.MANAGE_SPONSORS)
def new_sponsor(request: PageRequest) -> HttpResponse:
    """Write a sponsor down."""
    form = NewSponsorForm.of(request)
    if form.is_submitted_and_valid():
        try:
            made = services.add_sponsor(request.actor, code=form.cleaned_data["code"], facts=_facts(form.cleaned_data))
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:sponsor", made.id, message=_("Written down."))
    return render(request, "college/fees/new_sponsor.html", {"form": form}, status=form.status)


@page(permission=permissions.SEE_SPONSORS)
def sponsor(request: PageRequest, sponsor_id: UUID) -> HttpResponse:
    """One sponsor with its statement: what it answers for, what it paid, what is open."""
    found = reads.get_sponsor(request.actor, sponsor_id)
    rows = reads.statement_rows(request.actor, found.id)
    table = StatementTable(request, rows.values(*StatementTable.fields(), "term_enrolment_id", "student_id"))
    may_manage = request.actor.may(permissions.MANAGE_SPONSORS)
    terms = Term.objects.filter(
        id__in=Sponsorship.objects.filter(sponsor_id=found.id).values("term_enrolment__term_id")
    ).order_by("-starts_on")
    papers = reads.issued_statements(request.actor, found.id)[: reads.MOST_SHOWN]
    context = {
        "sponsor": found, "state": KEPT_STATES[found.is_active], "may_manage": may_manage, "terms": list(terms),
        "papers": [(paper, PAPER_STATES[paper.state]) for paper in papers],
    }  # fmt: skip
    return table.respond("college/fees/sponsor.html", context)


@require_POST
@page(permission=permissions.MANAGE_SPONSORS)
def issue_statement(request: PageRequest, sponsor_id: UUID, term_id: UUID) -> HttpResponse:
    """Issue the statement of a term; on its page it is printed or taken away."""
    issued = statements.issue_statement(request.actor, sponsor_id=sponsor_id, term_id=term_id)
    return done(request, "documents:document", issued.id, message=_("The statement is issued."))


@page(permission=permissions.MANAGE_SPONSORS)
def change_sponsor(request: PageRequest, sponsor_id: UUID) -> HttpResponse:
    """Change what is known of a sponsor."""
    found = reads.get_sponsor(request.actor, sponsor_id)
    fields = ("name", "contact_name", "contact_email", "address", "is_active", "version")
    form = ChangeSponsorForm.of(request, initial={field: getattr(found, field) for field in fields})
    if form.is_submitted_and_valid():
        try:
            services.change_sponsor(
                request.actor, sponsor_id=found.id, facts=_facts(form.cleaned_data),
                is_active=form.cleaned_data["is_active"], expected_version=form.cleaned_data["version"],
            )  # fmt: skip
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:sponsor", found.id, message=_("Saved."))
    return render(request, "college/fees/change_sponsor.html", {"form": form, "sponsor": found}, status=form.status)


@page(permission=permissions.MANAGE_SPONSORS)
def sponsor_pays(request: PageRequest, sponsor_id: UUID, term_id: UUID) -> HttpResponse:
    """Record a sponsor's transfer for its students of a term."""
    found = reads.get_sponsor(request.actor, sponsor_id)
    rows = [row for row in reads.statement(request.actor, found.id, term_id) if row.open_minor > 0]
    currency = organisation_in_scope().currency
    together = Money(sum(row.open_minor for row in rows), currency)
    form = SponsorPaymentForm.of(request, initial={"amount": together or None, "term_id": term_id})
    if form.is_submitted_and_valid():
        given = dict(form.cleaned_data)

        def act() -> dict[str, Any]:
            paid = services.record_sponsor_payment(
                request.actor, sponsor_id=found.id, term_id=term_id, amount=given["amount"], method=given["method"],
                external_reference=given["external_reference"],
            )  # fmt: skip
            return {"payments": len(paid.payment_ids)}

        body = {**given, "amount": given["amount"].to_decimal_string(), "sponsor_id": found.id}
        try:
            act_once(request, "college.fees.sponsor_pays", body, act, form=form)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "fees:sponsor", found.id, message=_("Recorded, with a receipt for each student."))
    context = {
        "form": form, "sponsor": found, "together": together, "students": len(rows),
        "term": Term.objects.filter(id=term_id).first(),
    }  # fmt: skip
    return render(request, "college/fees/sponsor_pays.html", context, status=form.status)


@require_POST
@page(permission=permissions.MANAGE_SPONSORS)
def end_sponsorship(request: PageRequest, sponsorship_id: UUID) -> HttpResponse:
    """A sponsor answers for a student no longer."""
    ended = services.end_sponsorship(
        request.actor, sponsorship_id=sponsorship_id, reason=request.POST.get("reason", "")
    )
    return done(
        request, "fees:assessment", ended.term_enrolment.student_id, ended.term_enrolment_id,
        message=_("Ended. What it covered is open again."),
    )  # fmt: skip
