"""What a debt does to a student: the automatic hold of a broken promise and of an earlier term (R27, R38)."""

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rollbook.core import clock
from rollbook.core.audit.models import AuditEntry
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.money import Money
from rollbook.core.policies.services import change
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing.models import Invoice, Payment
from rollbook.shared.messaging.models import Notice
from rollbook.systems.college.catalogue.services import move_term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_member, a_term, an_administrator
from rollbook.systems.college.fees.errors import TermClosed, TermNeeded
from rollbook.systems.college.fees.examples import Payer, a_payer, on_plan, payment_id_of
from rollbook.systems.college.fees.jobs import promissory_default
from rollbook.systems.college.fees.policies import OLD_BALANCE_LIMIT
from rollbook.systems.college.fees.selectors import plan_to_pay
from rollbook.systems.college.fees.services.corrections import reverse
from rollbook.systems.college.fees.services.notes import approve_note, request_note
from rollbook.systems.college.fees.services.plans import revise_plan
from rollbook.systems.college.records import selectors as records
from rollbook.systems.college.records.errors import StudentHeld
from rollbook.systems.college.records.models import Hold, Override
from rollbook.systems.college.records.services import release_hold
from rollbook.systems.college.roles import CASHIER_SUPERVISOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

BEFORE, AFTER = "2031-10-01T00:00:00+00:00", "2032-01-05T00:00:00+00:00"


def live_holds(payer: Payer) -> list[Hold]:
    return list(Hold.objects.filter(student=payer.student, released_at__isnull=True))


def promises(payer: Payer, month: int, *, due_on: date | None = None) -> None:
    note = request_note(
        payer.cashier, student_id=payer.student.id, month=month, due_on=due_on, term_enrolment_id=payer.enrolment.id
    )
    approve_note(a_member(CASHIER_SUPERVISOR), note_id=note.id)


def a_broken_promise(frozen_clock: Callable[[str], None], organisation: Organisation) -> Payer:
    """Two months paid, the third promised for 31 October and not paid."""
    frozen_clock(BEFORE)
    payer = a_payer("30000.00")
    payer.pays("10000.00")
    promises(payer, 3)
    frozen_clock("2031-10-31T16:30:00+00:00")
    promissory_default(organisation_id=organisation.id)
    return payer


def an_old_debt(frozen_clock: Callable[[str], None], paid: str = "25000.00") -> Payer:
    """A term whose last day has passed, one month of it unpaid."""
    frozen_clock(BEFORE)
    payer = a_payer("30000.00")
    payer.pays(paid)
    frozen_clock(AFTER)
    return payer


@pytest.mark.rule("R38")
def test_a_promise_that_was_not_kept_holds_the_student_until_the_month_is_settled(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    payer = a_broken_promise(frozen_clock, organisation)

    [hold] = live_holds(payer)
    assert (hold.kind, hold.is_automatic, hold.blocks) == ("FINANCIAL", True, ["DOCUMENT_RELEASE", "ENROL"])
    assert hold.reason == "A promissory note of 2031-1 was not kept."
    with pytest.raises(StudentHeld):
        records.must_not_be_held(payer.student, "ENROL")
    assert payer.permits()["PREFINAL"] == "SUSPENDED"
    assert Notice.objects.filter(kind="HOLD", recipient_id=payer.student.person_id).count() == 1

    payer.pays("4999.99")
    assert live_holds(payer) == [hold]
    payer.pays("0.01")

    assert live_holds(payer) == []
    hold.refresh_from_db()
    assert (hold.causes, hold.release_reason) == ([], "What was owed is settled.")
    assert payer.permits()["PREFINAL"] == "ISSUED"
    actions = AuditEntry.objects.filter(target_id=hold.id).order_by("at").values_list("action", flat=True)
    assert list(actions) == ["college.hold_cause_added", "college.hold_cause_dropped"]


@pytest.mark.rule("R38")
def test_a_promise_that_fell_due_only_today_holds_nobody_and_the_job_done_twice_changes_nothing(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock(BEFORE)
    payer = a_payer("30000.00")
    payer.pays("10000.00")
    promises(payer, 3)

    frozen_clock("2031-10-31T15:30:00+00:00")
    assert promissory_default(organisation_id=organisation.id).done == 0
    assert live_holds(payer) == []
    frozen_clock("2031-10-31T16:30:00+00:00")
    assert promissory_default(organisation_id=organisation.id).done == 1
    before = AuditEntry.objects.count()
    assert promissory_default(organisation_id=organisation.id).done == 0
    assert AuditEntry.objects.count() == before


@pytest.mark.rule("R38", "R41")
def test_every_unused_permit_that_rested_on_the_cover_is_suspended_and_a_used_one_is_not(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock(BEFORE)
    payer = a_payer("30000.00", exams={"PRELIM": 1, "PREFINAL": 3, "ORAL": 3, "FINAL": 4})
    payer.pays("10000.00")
    promises(payer, 3)
    promises(payer, 4, due_on=date(2031, 12, 31))
    assert payer.permits() == {"PRELIM": "ISSUED", "PREFINAL": "ISSUED", "ORAL": "ISSUED", "FINAL": "ISSUED"}
    used = payer.enrolment.permits.get(exam_period__code="ORAL")
    used.state, used.used_at = "USED", clock.now()
    used.save(update_fields=["state", "used_at"])

    frozen_clock("2031-10-31T16:30:00+00:00")
    promissory_default(organisation_id=organisation.id)

    assert payer.permits() == {"PRELIM": "ISSUED", "PREFINAL": "SUSPENDED", "ORAL": "USED", "FINAL": "SUSPENDED"}


@pytest.mark.rule("R38")
def test_money_taken_back_from_a_month_with_a_broken_promise_holds_again(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    payer = a_broken_promise(frozen_clock, organisation)
    bounced = payer.pays("5000.00", method="CHECK", reference="CHQ-9")
    assert live_holds(payer) == []

    reverse(a_member(CASHIER_SUPERVISOR), payment_id=payment_id_of(bounced), kind="BOUNCED", reason="Bank sent it back")

    [hold] = live_holds(payer)
    assert [cause.split(":")[0] for cause in hold.causes] == ["NOTE"]


@pytest.mark.rule("R27")
def test_the_balance_of_a_term_that_is_over_holds_enrolment_until_it_is_paid(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    payer = an_old_debt(frozen_clock)
    assert live_holds(payer) == []

    promissory_default(organisation_id=organisation.id)

    [hold] = live_holds(payer)
    assert (hold.blocks, hold.causes) == (["DOCUMENT_RELEASE", "ENROL"], [f"BALANCE:{payer.enrolment.id}"])
    assert hold.reason == "The balance of 2031-1 is not paid."
    payer.pays("4999.99")
    assert live_holds(payer) == [hold]
    payer.pays("0.01")
    assert live_holds(payer) == []


@pytest.mark.rule("R27")
def test_a_term_that_runs_and_one_that_is_paid_hold_nobody(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock(BEFORE)
    running, paid = a_payer("30000.00"), a_payer("30000.00", number="260002")
    paid.pays("30000.00")
    assert promissory_default(organisation_id=organisation.id).done == 0

    frozen_clock("2031-12-31T15:00:00+00:00")
    assert promissory_default(organisation_id=organisation.id).done == 0
    frozen_clock("2031-12-31T16:30:00+00:00")
    assert promissory_default(organisation_id=organisation.id).done == 1
    assert (len(live_holds(running)), live_holds(paid)) == (1, [])


@pytest.mark.rule("R27")
def test_closing_a_term_holds_who_still_owes_of_it(frozen_clock: Callable[[str], None]) -> None:
    frozen_clock(BEFORE)
    payer = a_payer("30000.00")
    term = payer.enrolment.term
    term.state = "GRADING"
    term.save(update_fields=["state"])

    move_term(an_administrator(), term_id=term.id, state="CLOSED")

    assert [hold.causes for hold in live_holds(payer)] == [[f"BALANCE:{payer.enrolment.id}"]]


@pytest.mark.rule("R27", "R59")
def test_up_to_the_limit_of_the_college_nobody_is_held(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    payer = an_old_debt(frozen_clock)
    change(an_administrator(), OLD_BALANCE_LIMIT, 5_000_00, None, "Small debts wait")
    assert promissory_default(organisation_id=organisation.id).done == 0

    change(an_administrator(), OLD_BALANCE_LIMIT, 4_999_99, None, "They wait no longer")
    promissory_default(organisation_id=organisation.id)
    assert len(live_holds(payer)) == 1

    payer.pays("0.01")
    assert live_holds(payer) == []


@pytest.mark.rule("R27")
def test_an_approved_note_lifts_the_hold_of_an_old_balance(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    payer = an_old_debt(frozen_clock)
    promissory_default(organisation_id=organisation.id)

    promises(payer, 6, due_on=date(2032, 2, 15))

    assert live_holds(payer) == []
    assert promissory_default(organisation_id=organisation.id).done == 0
    frozen_clock("2032-02-15T16:30:00+00:00")
    promissory_default(organisation_id=organisation.id)
    [hold] = live_holds(payer)
    assert sorted(cause.split(":")[0] for cause in hold.causes) == ["BALANCE", "NOTE"]


@pytest.mark.rule("R21", "R27")
def test_an_administrator_lifts_it_for_good_and_on_the_record(
    organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    payer = an_old_debt(frozen_clock)
    promissory_default(organisation_id=organisation.id)
    [hold] = live_holds(payer)
    with pytest.raises(Forbidden), transaction.atomic():
        release_hold(a_member(CASHIER_SUPERVISOR), hold_id=hold.id, reason="The family pays in March")
    with pytest.raises(Invalid), transaction.atomic():
        release_hold(an_administrator(), hold_id=hold.id, reason="Yes, do")
    assert live_holds(payer) == [hold]

    release_hold(an_administrator(), hold_id=hold.id, reason="The family pays in March")

    override = Override.objects.get()
    assert (override.kind, override.subject_id, override.reason) == (
        "FINANCIAL_HOLD", hold.id, "The family pays in March",
    )  # fmt: skip
    assert promissory_default(organisation_id=organisation.id).done == 0
    assert live_holds(payer) == []


@pytest.mark.rule("R27")
def test_money_taken_back_and_a_term_that_became_dearer_hold_at_once(frozen_clock: Callable[[str], None]) -> None:
    frozen_clock(BEFORE)
    bounced, dearer = a_payer("30000.00"), a_payer("30000.00", number="260002")
    payment = bounced.pays("30000.00", method="CHECK", reference="CHQ-1")
    dearer.pays("30000.00")
    frozen_clock(AFTER)

    reverse(a_member(CASHIER_SUPERVISOR), payment_id=payment_id_of(payment), kind="BOUNCED", reason="Bank sent it back")
    revise_plan(
        a_member(CASHIER_SUPERVISOR, "registrar"), invoice_id=dearer.invoice.id, new_total=Money(30_100_00, "PHP"),
        reason="A laboratory fee was forgotten",
    )  # fmt: skip

    assert [hold.causes for hold in live_holds(dearer)] == [[f"BALANCE:{dearer.enrolment.id}"]]
    [hold] = live_holds(bounced)
    assert sorted(cause.split(":")[0] for cause in hold.causes) == ["BALANCE", "MONTH1"]
    bounced.pays("5000.00")
    assert [cause.split(":")[0] for cause in Hold.objects.get(id=hold.id).causes] == ["BALANCE"]


@pytest.mark.rule("R27", "R33")
def test_what_is_owed_of_a_closed_term_can_be_paid_and_a_paid_one_takes_no_more(
    frozen_clock: Callable[[str], None],
) -> None:
    payer = an_old_debt(frozen_clock)
    term = payer.enrolment.term
    term.state = "CLOSED"
    term.save(update_fields=["state"])
    later = on_plan(payer.student, a_term("2031-2"), "30000.00", cashier=payer.cashier)
    assert later.pays("1000.00").plan.term_code == "2031-2"

    payer.pays("5000.00")

    assert payer.states()[5] == "PAID"
    before = Payment.objects.count()
    with pytest.raises(TermClosed):
        payer.pays("1.00")
    assert Payment.objects.count() == before


def test_two_running_terms_still_ask_for_a_name_and_an_old_debt_does_not_get_in_the_way(
    frozen_clock: Callable[[str], None],
) -> None:
    payer = an_old_debt(frozen_clock)
    term = payer.enrolment.term
    later = on_plan(payer.student, a_term("2031-2"), "30000.00", cashier=payer.cashier)
    with pytest.raises(TermNeeded):
        plan_to_pay(payer.student.id, None)

    term.state = "CLOSED"
    term.save(update_fields=["state"])
    assert plan_to_pay(payer.student.id, None).term_enrolment_id == later.enrolment.id
    TermEnrolment.objects.filter(id=later.enrolment.id).update(state="CANCELLED")
    Invoice.objects.filter(id=later.invoice.id).update(state="CANCELLED")
    assert plan_to_pay(payer.student.id, None).term_enrolment_id == payer.enrolment.id


def test_whoever_owes_nothing_else_pays_without_one_statement_more(frozen_clock: Callable[[str], None]) -> None:
    frozen_clock(BEFORE)
    payer = a_payer("30000.00")
    payer.pays("5000.00")

    with CaptureQueriesContext(connection) as within_a_month:
        payer.pays("100.00")
    with CaptureQueriesContext(connection) as over_the_line:
        payer.pays("4900.00")

    said = [query["sql"] for query in (*within_a_month, *over_the_line)]
    assert not [text for text in said if "NOTE:" in text]
    assert len(over_the_line) == len(within_a_month) + 1
