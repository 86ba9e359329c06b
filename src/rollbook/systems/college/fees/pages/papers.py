"""Papers to print: receipts, statements, shift reports."""

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rollbook.core import clock
from rollbook.core.permissions.actor import Actor
from rollbook.core.web import PageRequest, formatting, page
from rollbook.shared.files.answers import file_response
from rollbook.shared.files.buckets import PDF
from rollbook.systems.college.fees import papers, permissions, selectors
from rollbook.systems.college.fees.reads import counter, takings
from rollbook.systems.college.fees.reads.payments import get_payment
from rollbook.systems.college.fees.services.papers import print_receipt as print_counted

#: The paper that somebody printed on last, kept for the next receipt.
USUAL_PAPER = "college.fees.paper"


def usual_paper(request: PageRequest) -> str:
    """What this cashier prints on: the roll until they choose otherwise."""
    chosen = str(request.session.get(USUAL_PAPER, "80mm"))
    return chosen if chosen in papers.RECEIPT_PAPERS else "80mm"


@require_POST
@page(permission=permissions.SEE_ACCOUNTS)
def print_receipt(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """A receipt for the printer. The first print is the original, later ones are numbered copies."""
    paper = request.POST.get("paper", "80mm")
    printed = print_counted(request.actor, payment_id=payment_id, paper=paper)
    request.session[USUAL_PAPER] = paper
    return _pdf(printed.content, printed.name)


@page(permission=permissions.OWN_ACCOUNT)
def own_receipt(request: PageRequest, payment_id: UUID) -> HttpResponse:
    """One's own receipt, as one's own copy: it does not count among the counter's."""
    shown = get_payment(request.actor, payment_id)
    content = papers.receipt_pdf(shown, papers.RECEIPT_PAPERS["a5"], copy_word=_("The student's own copy."))
    return _pdf(content, f"{shown.receipt.number}.pdf")


@page(permission=permissions.SEE_ACCOUNTS)
def statement(request: PageRequest, student_id: UUID) -> HttpResponse:
    """A student's statement of account, at the counter."""
    return _statement(request.actor, student_id)


@page(permission=permissions.OWN_ACCOUNT)
def own_statement(request: PageRequest) -> HttpResponse:
    """One's own statement of account."""
    return _statement(request.actor, selectors.own_student_id(request.actor))


def _statement(actor: Actor, student_id: UUID) -> HttpResponse:
    identity, plans = selectors.identity_and_plans(student_id)
    views = [counter.plan_shown(actor, plan) for plan in plans]
    lines = counter.movements_of(counter.account_of(identity.person_id))
    today = selectors.today_here()
    data = papers.statement_data(views, lines, identity, formatting.day_text(today))
    return _pdf(papers.statement_pdf(data), f"statement-{identity.student_number}-{today.isoformat()}.pdf")


@page(permission=permissions.RUN_SHIFT)
def shift_report(request: PageRequest, shift_id: UUID) -> HttpResponse:
    """The X or Z report on paper."""
    report = takings.shift_report(request.actor, takings.get_shift(request.actor, shift_id))
    paper = papers.REPORT_PAPERS.get(request.GET.get("paper", ""), papers.REPORT_PAPERS["a4"])
    return _pdf(papers.shift_pdf(report, paper, clock.now()), f"{report.letter.lower()}-report.pdf")


def _pdf(content: bytes, name: str) -> HttpResponse:
    return file_response(content, content_type=PDF, name=name, is_shown=True)
