"""The statement that a sponsor is sent: frozen that day, numbered, verified by anybody, printed by those who may."""

import io
from collections.abc import Callable

import pytest
from django.test import Client
from pypdf import PdfReader

from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.errors import Forbidden, NotFound
from rollbook.shared.documents.models import Document
from rollbook.shared.documents.services import print_document
from rollbook.shared.documents.verification import verify
from rollbook.systems.college import roles
from rollbook.systems.college.examples import a_cashier, a_stranger, a_term
from rollbook.systems.college.fees.errors import NobodySponsored, SponsorNotFound
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.examples_of_schedules import a_supervisor
from rollbook.systems.college.fees.models import Sponsor
from rollbook.systems.college.fees.services.sponsor_statements import issue_statement
from rollbook.systems.college.fees.tests.browsing import a_browser, text_of
from rollbook.systems.college.fees.tests.test_api_schedules import sent
from rollbook.systems.college.fees.tests.test_pages_schedules import at, posted
from rollbook.systems.college.fees.tests.test_sponsors import HALF, pays, sponsored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.fixture
def payer() -> Payer:
    """Two students of one sponsor: everything of the first, half of the second."""
    first = a_payer(number="260001")
    sponsored(first)
    sponsored(a_payer(number="260002"), HALF)
    return first


def issued(payer: Payer) -> Document:
    return issue_statement(a_supervisor(), sponsor_id=Sponsor.objects.get().id, term_id=payer.enrolment.term_id)


@pytest.mark.rule("R43", "R57")
def test_a_statement_says_student_by_student_what_is_open_and_stays_as_it_was_issued(payer: Payer) -> None:
    pays("10000.00", payer)

    paper = issued(payer)
    pays("20000.00", payer, "TRF-2")

    printed = print_document(a_cashier(), document_id=paper.id, paper="A4")
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.content)).pages)
    assert [(line["number"], line["share_minor"], line["paid_minor"], line["open_minor"]) for line in paper.snapshot[
        "lines"
    ]] == [("260001", "30000.00", "10000.00", "20000.00"), ("260002", "15000.00", "0.00", "15000.00")]  # fmt: skip
    assert paper.number.startswith("SPS-")
    for words in (paper.number, "260001", "260002", "45,000.00", "35,000.00", paper.code):
        assert words in text
    assert AccessEntry.objects.filter(target_id=paper.id, purpose="Printed").count() == 1


@pytest.mark.rule("R57")
def test_anybody_learns_that_it_is_genuine_and_of_no_student(payer: Payer, tenant: object) -> None:
    found = verify(issued(payer).code)

    assert found is not None
    assert (found.state, found.title) == ("VALID", "Statement of a sponsor")
    assert ("Sponsor", "Sponsor CHED") in found.facts
    assert "Dela Cruz" not in str(found.facts)


def test_asked_twice_it_is_one_paper_and_after_a_payment_another(payer: Payer) -> None:
    first, again = issued(payer), issued(payer)
    pays("5000.00", payer)
    after = issued(payer)

    assert first.id == again.id
    assert (after.id != first.id, Document.objects.count()) == (True, 2)
    assert AuditEntry.objects.filter(action="documents.issued").count() == 2


def test_on_another_day_it_is_another_paper(payer: Payer, frozen_clock: Callable[[str], None]) -> None:
    frozen_clock("2031-08-01T00:00:00+00:00")
    first = issued(payer)
    frozen_clock("2031-08-02T00:00:00+00:00")

    assert issued(payer).id != first.id


def test_a_term_in_which_it_answers_for_nobody_has_no_statement(payer: Payer) -> None:
    sponsor, other = Sponsor.objects.get(), a_term("2032-1")

    with pytest.raises(NobodySponsored, match="answers for nobody in 2032-1"):
        issue_statement(a_supervisor(), sponsor_id=sponsor.id, term_id=other.id)
    with pytest.raises(SponsorNotFound):
        issue_statement(a_supervisor(), sponsor_id=other.id, term_id=payer.enrolment.term_id)
    assert not Document.objects.exists()


def test_cashiers_print_what_was_issued_and_issue_nothing_and_strangers_find_nothing(payer: Payer) -> None:
    paper = issued(payer)

    for actor in (a_cashier(), a_stranger()):
        with pytest.raises(Forbidden):
            issue_statement(actor, sponsor_id=Sponsor.objects.get().id, term_id=payer.enrolment.term_id)
    with pytest.raises(NotFound):
        print_document(a_stranger(), document_id=paper.id)
    assert print_document(a_cashier(), document_id=paper.id).name == f"{paper.number}.pdf"


def test_it_is_issued_and_taken_away_in_the_browser_and_over_json(payer: Payer) -> None:
    supervisor, cashier = a_browser(roles.CASHIER_SUPERVISOR), a_browser(roles.CASHIER)
    sponsor, term_id = Sponsor.objects.get(), payer.enrolment.term_id

    answer = posted(supervisor, at("issue_statement", sponsor.id, term_id))
    paper = Document.objects.get()
    over_json = sent(supervisor, f"sponsors/{sponsor.id}/statements", term_id=str(term_id))

    assert answer.status_code == 303  # type: ignore[attr-defined]
    assert (over_json.status_code, over_json.json()["number"]) == (201, paper.number)
    assert paper.number in text_of(cashier.get(at("sponsor", sponsor.id)))
    assert "Issue the statement of" not in text_of(cashier.get(at("sponsor", sponsor.id)))
    _is_a_pdf(cashier, f"/documents/{paper.id}/print/A4/")
    assert sent(cashier, f"sponsors/{sponsor.id}/statements", term_id=str(term_id)).status_code == 403


def _is_a_pdf(browser: Client, address: str) -> None:
    answer = browser.post(address)
    assert (answer.status_code, answer.content[:5]) == (200, b"%PDF-")
