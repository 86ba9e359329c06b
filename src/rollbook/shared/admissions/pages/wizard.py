"""The wizard: person, choice, background, documents, plan, review. Kept while typing, left and taken up by link."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rollbook.core.errors import Invalid, Refusal
from rollbook.core.money import Money
from rollbook.core.tenancy.selectors import OrganisationFacts
from rollbook.core.web.rendering import render_public
from rollbook.core.web.sentences import refusal_sentence
from rollbook.shared.admissions import checking, door, selectors, services
from rollbook.shared.admissions.door import MAILS_FROM, WRITING, Visit, public_page
from rollbook.shared.admissions.errors import NoAddress
from rollbook.shared.admissions.forms import ChoiceForm, FactsForm, PersonForm, PublicForm, initial_of
from rollbook.shared.admissions.models import Application
from rollbook.shared.admissions.pages.entrance import count_mail
from rollbook.shared.admissions.scheme import scheme_in_scope
from rollbook.shared.admissions.words import DOCUMENT_STATES, MISSING, OPTIONAL
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.selectors import read_content
from rollbook.shared.people.errors import UnusualBirthDate

TITLES = {
    "person": _("You"),
    "choice": _("What you apply for"),
    "background": _("Where you come from"),
    "documents": _("Documents"),
    "plan": _("Your plan"),
    "review": _("Check and send"),
}
AUTOSAVE = "X-Autosave"


def _frame(visit: Visit, institution: OrganisationFacts, step: str) -> dict[str, Any]:
    """What every step has: where one stands, and which steps lack nothing."""
    lacking = {lack.step for lack in selectors.lacks_of(visit.application)}
    if not visit.application.kind:
        # What is asked there depends on how one comes.
        lacking |= {"background", "documents", "plan"}
    number = checking.STEPS.index(step) + 1
    return {
        "slug": institution.slug,
        "application": visit.application,
        "step": step,
        "title": TITLES[step],
        "number": number,
        "count": len(checking.STEPS),
        "steps": [
            {"key": key, "title": title, "is_current": key == step, "is_whole": key not in lacking}
            for key, title in TITLES.items()
        ],
        "before": checking.STEPS[number - 2] if number > 1 else "",
    }


def _goes_on_at(institution: OrganisationFacts, step: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("apply:step", args=[institution.slug, step]), status=303)


@require_http_methods(["GET", "POST"])
@public_page()
def show_step(request: HttpRequest, institution: OrganisationFacts, step: str) -> HttpResponse:
    """One step: the form, kept on the way to the next."""
    if step not in TITLES:
        raise Http404
    with door.at_application(request, institution) as visit:
        if not visit.application.is_draft:
            return HttpResponseRedirect(reverse("apply:status", args=[institution.slug]))
        if step in ("documents", "review"):
            return _show(request, visit, institution, step)
        if request.headers.get(AUTOSAVE) and request.method == "POST":
            return _autosave(request, visit, step)
        return _ask(request, visit, institution, step)


def _ask(request: HttpRequest, visit: Visit, institution: OrganisationFacts, step: str) -> HttpResponse:
    form = _form(request, visit, institution, step)
    if form.is_submitted_and_valid():
        values = dict(form.cleaned_data)
        is_confirmed = values.pop("is_age_confirmed", None)
        try:
            services.save(
                visit.actor, application_id=visit.application.id, values=_shaped(step, values),
                is_age_confirmed=is_confirmed,
            )  # fmt: skip
        except UnusualBirthDate as refusal:
            form.ask_about_age(refusal.facts["age"])  # type: ignore[attr-defined]
            form.refuse(refusal)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            return _goes_on_at(institution, checking.STEPS[checking.STEPS.index(step) + 1])
    context = _frame(visit, institution, step) | {"form": form}
    return render_public(request, "admissions/public/step.html", context, organisation=institution, status=form.status)


def _form(request: HttpRequest, visit: Visit, institution: OrganisationFacts, step: str) -> PublicForm:
    initial = _initial(visit.application, institution)
    if step == "person":
        person = PersonForm.of(request, initial=initial)
        if "is_age_confirmed" in request.POST or visit.application.is_age_confirmed:
            person.ask_about_age()
        return person
    if step == "choice":
        choice = ChoiceForm.of(request, initial=initial)
        choice.offer(scheme_in_scope(), selectors.today_here())
        return choice
    form = FactsForm.of(request, initial=initial, currency=institution.currency)
    form.ask(scheme_in_scope().facts_of(visit.application.kind, "plan" if step == "plan" else "background"))
    return form


def _initial(application: Application, institution: OrganisationFacts) -> Mapping[str, Any]:
    initial = dict(initial_of(application))
    for fact in scheme_in_scope().facts:
        if fact.shape == "money" and isinstance(initial.get(fact.key), int):
            initial[fact.key] = Money(initial[fact.key], institution.currency)
    return initial


def _shaped(step: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a step as the service takes them."""
    return {"facts": dict(values)} if step in ("background", "plan") else dict(values)


def _autosave(request: HttpRequest, visit: Visit, step: str) -> HttpResponse:
    """Keep what is right of what was typed so far, and say only that."""
    if step in ("background", "plan"):
        names = {fact.key for fact in scheme_in_scope().facts_of(visit.application.kind, step)}  # type: ignore[arg-type]
    else:
        names = {*checking.PERSON_FIELDS} if step == "person" else {*checking.CHOICE_FIELDS}
    typed = {name: request.POST[name] for name in names if name in request.POST}
    services.save(
        visit.actor, application_id=visit.application.id, values=_shaped(step, typed), is_autosave=True
    )  # fmt: skip
    return JsonResponse({"kept": True})


def _show(request: HttpRequest, visit: Visit, institution: OrganisationFacts, step: str) -> HttpResponse:
    if request.method == "POST":
        # These two send to addresses of their own.
        return _goes_on_at(institution, step)
    frame = _frame(visit, institution, step)
    more = documents_context(visit.application) if step == "documents" else _review(visit.application)
    return render_public(request, f"admissions/public/{step}.html", frame | more, organisation=institution)


def documents_context(application: Application, wrong: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The checklist with what was sent, how far it is, and what could not be taken."""
    papers: list[dict[str, Any]] = [
        {
            "paper": paper,
            "state": DOCUMENT_STATES[paper.document.state]
            if paper.document
            else (MISSING if paper.wanted.is_required else OPTIONAL),
            "is_settled": paper.document is not None and paper.document.state == "VERIFIED",
            "wrong": (wrong or {}).get(paper.wanted.type, ""),
        }
        for paper in selectors.papers_of(application)
    ]
    required = [row for row in papers if row["paper"].wanted.is_required]
    return {
        "papers": papers,
        "required": len(required),
        "sent": sum(1 for row in required if row["paper"].is_good),
        "has_wrong": bool(wrong),
    }


def _review(application: Application) -> dict[str, Any]:
    scheme = scheme_in_scope()
    ids = [each for each in (application.choice_id, application.intake_id) if each]
    labels = scheme.labels(ids)
    kind = scheme.kind(application.kind)
    facts = [
        (fact.label, application.facts.get(fact.key), fact.shape == "money")
        for fact in scheme.facts_of(application.kind)
        if application.facts.get(fact.key) not in (None, "")
    ]
    currency = _currency()
    return {
        "lacks": selectors.lacks_of(application),
        "kind": kind.label if kind else "",
        "choice": labels.get(application.choice_id, "") if application.choice_id else "",
        "choice_word": scheme.choice_word,
        "intake_word": scheme.intake_word,
        "intake": labels.get(application.intake_id, "") if application.intake_id else "",
        "facts": [(label, Money(value, currency) if is_money else value, is_money) for label, value, is_money in facts],
        "consent": scheme.consent(),
        **documents_context(application),
    }


def _currency() -> str:
    from rollbook.core.tenancy.selectors import organisation_in_scope

    return organisation_in_scope().currency


@require_POST
@public_page(writes=WRITING)
def send_documents(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Take the files that were chosen, each by itself: one that cannot be taken stops no other."""
    wrong: dict[str, str] = {}
    with door.at_application(request, institution) as visit:
        application = visit.application
        for kind, [*_earlier, file] in request.FILES.lists():
            try:
                services.send_document(
                    visit.actor, application_id=application.id, type=kind, content=file, name=file.name or ""
                )
            except Refusal as refusal:
                wrong[kind] = str(refusal_sentence(refusal))
        if not wrong:
            if not application.is_draft:
                return HttpResponseRedirect(reverse("apply:status", args=[institution.slug]), status=303)
            return _goes_on_at(institution, "documents")
        context = _frame(visit, institution, "documents") | documents_context(application, wrong)
        return render_public(request, "admissions/public/documents.html", context, organisation=institution, status=422)


@require_safe
@public_page()
def own_document(request: HttpRequest, institution: OrganisationFacts, document_id: Any) -> HttpResponse:
    """A file that one sent, to look at it again."""
    with door.at_application(request, institution) as visit:
        stored = selectors.own_document(visit.application, document_id)
        content = read_content(stored)
    return file_response(content, content_type=stored.content_type, name=stored.name, is_shown=True)


@require_POST
@public_page(writes=MAILS_FROM)
def send_code(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Send a one-time code to the address of the application."""
    with door.at_application(request, institution) as visit:
        address = visit.application.email
    if not address:
        raise NoAddress
    count_mail(address)
    with door.at_application(request, institution) as visit:
        services.send_code(visit.actor, application_id=visit.application.id)
    return HttpResponseRedirect(reverse("apply:step", args=[institution.slug, "review"]) + "?code=sent", status=303)


@require_POST
@public_page()
def prove(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Try the code that was typed."""
    with door.at_application(request, institution) as visit:
        application_id = visit.application.id
        digits = "".join(each for each in request.POST.get("code", "") if each.isdigit())[:6]
        proof = services.prove_address(visit.actor, application_id=application_id, digits=digits)
    with door.at_application(request, institution) as visit:
        try:
            services.refuse_unless_right(proof, application_id)
        except Refusal as refusal:
            context = _frame(visit, institution, "review") | _review(visit.application)
            context |= {"code_sent": True, "code_wrong": refusal_sentence(refusal)}
            return render_public(
                request, "admissions/public/review.html", context, organisation=institution, status=refusal.status
            )
    return _goes_on_at(institution, "review")


@require_POST
@public_page()
def submit(request: HttpRequest, institution: OrganisationFacts) -> HttpResponse:
    """Send the application. Whoever has one already reads the same word and gets its link by mail."""
    with door.at_application(request, institution) as visit:
        has_consented = request.POST.get("consent") == "yes"
        try:
            sent = services.submit(visit.actor, application_id=visit.application.id, has_consented=has_consented)
        except Refusal as refusal:
            context = _frame(visit, institution, "review") | _review(visit.application)
            context |= {"refusal": refusal_sentence(refusal), "has_consented": has_consented}
            return render_public(
                request, "admissions/public/review.html", context, organisation=institution, status=refusal.status
            )
    if sent.stands is not None:
        return HttpResponseRedirect(reverse("apply:received", args=[institution.slug]), status=303)
    return HttpResponseRedirect(reverse("apply:status", args=[institution.slug]) + "?sent=1", status=303)
