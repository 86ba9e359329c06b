"""What a student asks the registrar for, on a page of their own: leave, return, withdrawal, another programme."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core.errors import Refusal
from rollbook.core.web import PageRequest, page, render
from rollbook.core.web.rendering import done
from rollbook.systems.college.records import permissions, selectors, services
from rollbook.systems.college.records.errors import PaperNotFound, RequestNotFound
from rollbook.systems.college.records.forms import PaperForm, StatusRequestForm, TransferForm, WithdrawPaperForm
from rollbook.systems.college.records.models import ProgrammeTransfer, StatusRequest, Student
from rollbook.systems.college.records.pages.requests import kinds_possible
from rollbook.systems.college.records.words import REQUEST_STATES, STUDENT_STATES, TRANSFER_STATES


@page(permission=permissions.REQUEST_OWN)
def own_requests(request: PageRequest) -> HttpResponse:
    """What I asked for and what became of it."""
    me = selectors.get_own_student(request.actor)
    asked = list(selectors.own_status_requests(request.actor))
    moved = list(selectors.own_transfers(request.actor))
    context = {
        "student": me,
        "student_state": STUDENT_STATES[me.status],
        "requests": [(row, REQUEST_STATES[row.state]) for row in asked],
        "transfers": [(row, TRANSFER_STATES[row.state]) for row in moved],
        "may_ask": bool(kinds_possible(me)) and not any(row.state in StatusRequest.LIVE for row in asked),
        "may_transfer": me.status == Student.Status.ACTIVE
        and not any(row.state in ProgrammeTransfer.LIVE for row in moved),
    }
    return render(request, "college/records/own_requests.html", context)


@page(permission=permissions.REQUEST_OWN)
def ask(request: PageRequest) -> HttpResponse:
    """Ask for a leave, a return or a withdrawal."""
    me = selectors.get_own_student(request.actor)
    form = StatusRequestForm.of(request, possible=kinds_possible(me))
    if form.is_submitted_and_valid():
        try:
            services.request_status(request.actor, **form.wanted())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:own_requests", message=_("Sent. The registrar decides."))
    return _form(request, form, _("Ask for a leave or a withdrawal"))


@page(permission=permissions.REQUEST_OWN)
def papers(request: PageRequest, request_id: UUID) -> HttpResponse:
    """The papers of a request of mine, and sending one more while it is open."""
    asked = _own(request, request_id)
    form = PaperForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.add_paper(request.actor, request_id=asked.id, paper=form.sent)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:own_papers", asked.id, message=_("Sent."))
    there = selectors.papers_of(request.actor, asked)
    is_open = services.is_undecided(asked)
    context = {
        "asked": asked, "asked_state": REQUEST_STATES[asked.state], "form": form if asked.is_live else None,
        "papers": there, "withdrawable": {one.id for one in there if is_open and services.sent_it(request.actor, one)},
    }  # fmt: skip
    return render(request, "college/records/own_papers.html", context, status=form.status)


@page(permission=permissions.REQUEST_OWN)
def withdraw_paper(request: PageRequest, request_id: UUID, file_id: UUID) -> HttpResponse:
    """Withdraw a paper that I sent by mistake, while nobody has decided."""
    asked = _own(request, request_id)
    paper = next((one for one in selectors.papers_of(request.actor, asked) if one.id == file_id), None)
    if paper is None:
        raise PaperNotFound
    form = WithdrawPaperForm.of(request)
    if form.is_submitted_and_valid():
        try:
            services.withdraw_paper(
                request.actor, request_id=asked.id, file_id=paper.id, reason=form.cleaned_data["reason"]
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:own_papers", asked.id, message=_("Withdrawn."))
    context = {"asked": asked, "paper": paper, "form": form}
    return render(request, "college/records/own_withdraw_paper.html", context, status=form.status)


def _own(request: PageRequest, request_id: UUID) -> Any:
    asked = selectors.own_status_requests(request.actor).select_related("student").filter(id=request_id).first()
    if asked is None:
        raise RequestNotFound
    return asked


@page(permission=permissions.REQUEST_OWN)
def ask_transfer(request: PageRequest) -> HttpResponse:
    """Ask for another programme."""
    me = selectors.get_own_student(request.actor)
    form = TransferForm.of(request, leaving=me.programme_id)
    if form.is_submitted_and_valid():
        try:
            services.request_transfer(request.actor, **form.wanted())
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return done(request, "students:own_requests", message=_("Sent. The dean and the registrar decide."))
    return _form(request, form, _("Ask for another programme"))


@require_POST
@page(permission=permissions.REQUEST_OWN)
def take_back(request: PageRequest, request_id: UUID) -> HttpResponse:
    """Let a request of mine go."""
    services.take_back_status_request(request.actor, request_id=request_id)
    return done(request, "students:own_requests", message=_("Taken back."))


@require_POST
@page(permission=permissions.REQUEST_OWN)
def take_back_transfer(request: PageRequest, transfer_id: UUID) -> HttpResponse:
    """Let a transfer of mine go."""
    services.take_back_transfer(request.actor, transfer_id=transfer_id)
    return done(request, "students:own_requests", message=_("Taken back."))


def _form(request: PageRequest, form: Any, title: str) -> HttpResponse:
    return render(request, "college/records/own_request.html", {"form": form, "title": title}, status=form.status)
