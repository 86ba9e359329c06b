"""Bank files: every good row credited exactly once, every other one waiting with its reason."""

from typing import Any

import pytest

from rollbook.core.errors import Forbidden
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing.models import (
    Allocation,
    BankFileRow,
    CreditEntry,
    Instalment,
    Payment,
    Receipt,
)  # fmt: skip
from rollbook.shared.billing.selectors import prove_books
from rollbook.shared.billing.services import bankfiles as billing
from rollbook.shared.ledger.models import Posting
from rollbook.systems.college.examples import a_cashier, a_member, a_term
from rollbook.systems.college.exams.models import ExamPermit
from rollbook.systems.college.fees.errors import FileUnreadable
from rollbook.systems.college.fees.examples import Payer, a_payer, on_plan
from rollbook.systems.college.fees.services.bankfiles import dismiss_unmatched, import_payments, resolve_unmatched
from rollbook.systems.college.roles import CASHIER_SUPERVISOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

HEADER = "reference,student_number,amount,method,paid_at\n"


def imported(actor: Actor, *lines: str, name: str = "bank.csv") -> billing.FileOutcome:
    return import_payments(actor, name=name, content=(HEADER + "\n".join(lines) + "\n").encode())


def waiting() -> dict[int, str]:
    return dict(BankFileRow.objects.filter(state="UNMATCHED").values_list("line", "reason"))


def test_good_rows_are_credited_and_the_others_wait_with_their_reason() -> None:
    payer = a_payer("30000.00", number="260001")
    supervisor = a_member(CASHIER_SUPERVISOR)

    outcome = imported(
        supervisor,
        "BPI1,260001,8000.00,BANK_TRANSFER,2026-09-01",
        "BPI1,260001,8000.00,BANK_TRANSFER,2026-09-01",
        "BPI2,999999,100.00,BANK_TRANSFER,2026-09-01",
        "BPI3,260001,1e3,BANK_TRANSFER,2026-09-01",
        'BPI4,260001,"5,000.00",BANK_TRANSFER,2026-09-01',
        "BPI5,260001,100.00,BARTER,2026-09-01",
        "BPI6,260001,100.00,BANK_TRANSFER,yesterday",
        ",260001,100.00,BANK_TRANSFER,2026-09-01",
        "BPI8,260001,25000.00,BANK_TRANSFER,2026-09-02T14:05",
        "BPI9,260001,100.00",
    )

    assert (outcome.row_count, outcome.credited_count, outcome.unmatched_count) == (10, 2, 8)
    assert outcome.credited_minor == 33_000_00
    assert waiting() == {
        3: "DUPLICATE_REFERENCE",
        4: "UNKNOWN_CUSTOMER",
        5: "MALFORMED",
        6: "MALFORMED",
        7: "MALFORMED",
        8: "MALFORMED",
        9: "MALFORMED",
        11: "MALFORMED",
    }
    assert payer.states() == ["PAID"] * 6
    assert sum(CreditEntry.objects.values_list("amount_minor", flat=True)) == 3_000_00
    assert payer.permits() == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED", "PREFINAL": "ISSUED", "FINAL": "ISSUED"}
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "ACTIVE"
    assert prove_books().is_right


def test_the_same_file_again_changes_nothing() -> None:
    a_payer("30000.00", number="260001")
    supervisor = a_member(CASHIER_SUPERVISOR)
    first = imported(supervisor, "BPI1,260001,8000.00,BANK_TRANSFER,2026-09-01", "BPI2,9,1.00,BANK_TRANSFER,2026-09-01")
    before = (Payment.objects.count(), BankFileRow.objects.count(), Receipt.objects.count(), Posting.objects.count())

    again = imported(supervisor, "BPI1,260001,8000.00,BANK_TRANSFER,2026-09-01", "BPI2,9,1.00,BANK_TRANSFER,2026-09-01")

    assert again.was_imported_before
    assert (again.credited_count, again.unmatched_count) == (first.credited_count, first.unmatched_count) == (1, 1)
    after = (Payment.objects.count(), BankFileRow.objects.count(), Receipt.objects.count(), Posting.objects.count())
    assert after == before


def test_an_interrupted_file_goes_on_after_its_last_finished_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    a_payer("30000.00", number="260001")
    supervisor = a_member(CASHIER_SUPERVISOR)
    rows = [f"BPI{n},260001,10.00,BANK_TRANSFER,2026-09-01" for n in range(9)]
    monkeypatch.setattr(billing, "CHUNK", 3)
    real = billing._import_chunk
    calls: list[int] = []

    def fails_at_the_third(*arguments: Any) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise ConnectionError("the server went away")
        real(*arguments)

    monkeypatch.setattr(billing, "_import_chunk", fails_at_the_third)
    with pytest.raises(ConnectionError):
        imported(supervisor, *rows)
    assert Payment.objects.count() == 6

    monkeypatch.setattr(billing, "_import_chunk", real)
    outcome = imported(supervisor, *rows)

    assert Payment.objects.count() == 9
    assert (outcome.credited_count, outcome.unmatched_count) == (9, 0)
    assert prove_books().is_right


def _picture(payer: Payer) -> dict[str, Any]:
    """Everything a payment leaves behind, without ids and times."""
    payments = Payment.objects.filter(invoice_id=payer.invoice.id).order_by("external_reference")
    return {
        "payments": list(payments.values_list("amount_minor", "currency", "method", "state", "returned_minor", "note")),
        "allocations": sorted(
            Allocation.objects.filter(payment__invoice_id=payer.invoice.id).values_list(
                "payment__external_reference", "instalment__number", "amount_minor", "sequence", "reason"
            )
        ),
        "credit": sorted(CreditEntry.objects.filter(invoice_id=payer.invoice.id).values_list("amount_minor", "reason")),
        "instalments": list(
            Instalment.objects.filter(invoice_id=payer.invoice.id)
            .order_by("number")
            .values_list("due_minor", "paid_minor")
        ),
        "snapshots": [
            {name: value for name, value in snapshot.items() if name != "payer_number"}
            for snapshot in Receipt.objects.filter(payment__invoice_id=payer.invoice.id)
            .order_by("number")
            .values_list("snapshot", flat=True)
        ],
        "postings": sorted(
            Posting.objects.filter(entry__source_id__in=payments.values("id")).values_list(
                "account__code", "amount_minor", "currency"
            )
        ),
        "permits": sorted(
            ExamPermit.objects.filter(term_enrolment_id=payer.enrolment.id).values_list(
                "exam_period__code", "state", "basis"
            )
        ),
    }


def test_a_batch_leaves_the_same_rows_as_one_act_each() -> None:
    alone = a_payer("30000.00", number="260001")
    together = a_payer("30000.00", number="260002")
    amounts = ["4999.99", "0.01", "8000.00", "12000.50", "9000.00"]
    for place, amount in enumerate(amounts):
        alone.pays(amount, method="BANK_TRANSFER", reference=f"A{place}")

    imported(
        a_member(CASHIER_SUPERVISOR),
        *(f"B{place},260002,{amount},BANK_TRANSFER,2026-09-01" for place, amount in enumerate(amounts)),
    )

    one, many = _picture(alone), _picture(together)
    one["allocations"] = [(reference.replace("A", "B"), *rest) for reference, *rest in one["allocations"]]
    many["allocations"] = [(reference, *rest) for reference, *rest in many["allocations"]]
    assert one == many


def test_two_open_terms_wait_until_somebody_chooses() -> None:
    payer = a_payer("30000.00", number="260001")
    second = on_plan(payer.student, a_term("2031-2"), "30000.00", cashier=payer.cashier)
    supervisor = a_member(CASHIER_SUPERVISOR)
    imported(supervisor, "BPI1,260001,8000.00,BANK_TRANSFER,2026-09-01")
    row = BankFileRow.objects.get()
    assert row.reason == "AMBIGUOUS"

    resolved = resolve_unmatched(
        supervisor, row_id=row.id, student_id=payer.student.id, term_enrolment_id=second.enrolment.id
    )

    assert resolved.state == "RESOLVED"
    assert second.months()[0] == "5000.00"
    assert payer.months()[0] == "0.00"
    assert prove_books().is_right


def test_a_row_that_is_no_payment_of_ours_is_dismissed_with_a_reason() -> None:
    supervisor = a_member(CASHIER_SUPERVISOR)
    imported(supervisor, "BPI1,999999,8000.00,BANK_TRANSFER,2026-09-01")
    row = BankFileRow.objects.get()

    dismissed = dismiss_unmatched(supervisor, row_id=row.id, reason="Sent to the wrong school")

    assert (dismissed.state, dismissed.resolution) == ("DISMISSED", "Sent to the wrong school")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xff\xff", (HEADER + "x").encode("cp1252") + b"\xf1\n"])
def test_a_file_that_cannot_be_read_is_refused_whole(content: bytes) -> None:
    with pytest.raises(FileUnreadable):
        import_payments(a_member(CASHIER_SUPERVISOR), name="x.csv", content=content)

    assert not BankFileRow.objects.exists()


def test_utf_16_as_spreadsheets_write_it_is_read(organisation: Organisation) -> None:
    payer = a_payer("30000.00", number="260001")
    content = (HEADER + "Ñ1,260001,8000.00,BANK_TRANSFER,2026-09-01\n").encode("utf-16")

    import_payments(a_member(CASHIER_SUPERVISOR), name="x.csv", content=content)

    assert Payment.objects.get().external_reference == "Ñ1"
    assert payer.months()[0] == Money(5_000_00, "PHP").to_decimal_string()


def test_a_cashier_imports_no_file() -> None:
    with pytest.raises(Forbidden):
        imported(a_cashier(), "BPI1,260001,8000.00,BANK_TRANSFER,2026-09-01")
