"""A certified disadvantaged student sits every exam in the certificate's days (example 16, R43, RA 11984)."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.selectors import get_invoice
from rollbook.systems.college.examples import a_member, a_registrar
from rollbook.systems.college.exams.papers import permit_pdf
from rollbook.systems.college.exams.services import verify_certificate
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.records.errors import StudentHeld
from rollbook.systems.college.records.models import Hold
from rollbook.systems.college.records.selectors import must_not_be_held
from rollbook.systems.college.records.services import place_hold
from rollbook.systems.college.roles import CASHIER_SUPERVISOR, WELFARE

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]


@pytest.mark.rule("R43")
@pytest.mark.example("college", 16)
def test_a_certificate_opens_every_exam_and_the_records_stay_held() -> None:
    payer = a_payer("30000.00")
    term = payer.enrolment.term
    registrar = a_registrar()

    with tenant_scope(registrar.organisation_id, grants={WELFARE}):
        verify_certificate(
            registrar, student_id=payer.student.id, issuing_office="DSWD Cebu", number="2031-0077",
            valid_from=date(term.starts_on.year, 1, 1), valid_until=term.ends_on,
        )  # fmt: skip

    assert get_invoice(payer.invoice.id).balance.to_decimal_string() == "30000.00"
    assert payer.permits() == dict.fromkeys(("PRELIM", "MIDTERM", "PREFINAL", "FINAL"), "ISSUED")
    assert set(payer.enrolment.permits.values_list("basis", flat=True)) == {"WELFARE_CERTIFICATE"}

    joins = ("term_enrolment__student__person", "term_enrolment__programme", "exam_period__term")
    paper = permit_pdf(payer.enrolment.permits.select_related(*joins).order_by("code")[0])
    printed = PdfReader(io.BytesIO(paper)).pages[0].extract_text().lower()
    assert "examination permit" in printed
    assert not any(word in printed for word in ("welfare", "certificate", "30,000", "30000", "balance", "dswd"))

    place_hold(
        a_member(CASHIER_SUPERVISOR), student_id=payer.student.id, kind=Hold.Kind.FINANCIAL,
        blocks=[Hold.Blocks.DOCUMENT_RELEASE], reason="The balance of the term is open",
    )  # fmt: skip
    with pytest.raises(StudentHeld):
        must_not_be_held(payer.student, Hold.Blocks.DOCUMENT_RELEASE)
    must_not_be_held(payer.student, Hold.Blocks.EXAM)
