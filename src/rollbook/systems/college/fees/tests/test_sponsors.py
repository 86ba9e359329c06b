"""Sponsors: what they answer for covers months, and what they pay lands on the students' plans (R43)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.services import decide
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.shared.billing.models import Payment, Receipt
from rollbook.shared.billing.selectors import instalment_states, prove_books
from rollbook.systems.college.examples import a_cashier, a_registrar, a_stranger
from rollbook.systems.college.fees.errors import (
    EndedAlready,
    NothingToPayFor,
    NotOffered,
    SponsoredAlready,
    SponsorPaysMore,
)
from rollbook.systems.college.fees.examples import Payer, a_payer
from rollbook.systems.college.fees.examples_of_schedules import a_sponsor, a_supervisor, decided
from rollbook.systems.college.fees.models import Sponsor, SponsorPayment, Sponsorship
from rollbook.systems.college.fees.reads.sponsors import statement
from rollbook.systems.college.fees.services.plans import revise_plan
from rollbook.systems.college.fees.services.sponsors import (
    ShareWanted,
    SponsorFacts,
    SponsorPaid,
    add_sponsor,
    change_sponsor,
    end_sponsorship,
    record_sponsor_payment,
    request_sponsorship,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

REASON = "Letter of guarantee received"
FULL = ShareWanted(share="FULL", letter="LG-1")
HALF = ShareWanted(share="PERCENT", percent=Decimal(50), letter="LG-2")


def sponsored(payer: Payer, wanted: ShareWanted = FULL, sponsor: Sponsor | None = None) -> Sponsorship:
    sponsor = sponsor or Sponsor.objects.first() or a_sponsor()
    decided(
        request_sponsorship(
            a_cashier(), term_enrolment_id=payer.enrolment.id, sponsor_id=sponsor.id, wanted=wanted, reason=REASON
        )
    )
    found: Sponsorship = Sponsorship.objects.get(term_enrolment_id=payer.enrolment.id, state="ACTIVE")
    return found


def pays(amount: str, payer: Payer, reference: str = "TRF-1") -> SponsorPaid:
    return record_sponsor_payment(
        a_supervisor(), sponsor_id=Sponsor.objects.get().id, term_id=payer.enrolment.term_id,
        amount=Money.parse(amount, "PHP"), method="BANK_TRANSFER", external_reference=reference,
    )  # fmt: skip


@pytest.mark.rule("R43")
def test_a_full_sponsor_covers_every_month_and_opens_every_exam_on_that_basis() -> None:
    payer = a_payer()

    sponsored(payer)

    assert payer.states() == ["COVERED"] * 6
    assert set(payer.permits().values()) == {"ISSUED"}
    assert set(payer.enrolment.permits.values_list("basis", flat=True)) == {"SPONSOR"}
    payer.enrolment.refresh_from_db()
    assert payer.enrolment.state == "ACTIVE"


@pytest.mark.rule("R43")
def test_half_a_term_covers_the_first_three_months_and_the_student_pays_the_rest() -> None:
    payer = a_payer()

    sponsored(payer, HALF)

    assert payer.states() == ["COVERED"] * 3 + ["UNPAID"] * 3
    assert sorted(payer.permits()) == ["MIDTERM", "PREFINAL", "PRELIM"]


def test_a_share_that_ends_inside_a_month_leaves_that_month_open() -> None:
    payer = a_payer()
    sponsored(payer, ShareWanted(share="FIXED", amount_minor=12_000_00, letter="LG-3"))
    assert payer.states() == ["COVERED"] * 2 + ["UNPAID"] * 4


def test_the_cover_moves_along_when_the_plan_is_revised() -> None:
    payer = a_payer()
    sponsorship = sponsored(payer, ShareWanted(share="FIXED", amount_minor=12_000_00, letter="LG-3"))
    revise_plan(
        a_supervisor(), invoice_id=payer.invoice.id, new_total=Money(18_000_00, "PHP"), reason="Fees were lowered"
    )
    assert sponsorship.share == "FIXED"
    assert payer.states() == ["COVERED"] * 4 + ["UNPAID"] * 2


def test_what_the_sponsor_pays_lands_month_by_month_with_a_receipt_for_each_student() -> None:
    first, second = a_payer(number="260001"), a_payer(number="260002")
    sponsored(first)
    sponsored(second)

    paid = pays("40000.00", first)

    assert len(paid.payment_ids) == Receipt.objects.count() == SponsorPayment.objects.count() == 2
    assert first.months() == ["5000.00"] * 6
    assert second.months() == ["5000.00"] * 2 + ["0.00"] * 4
    assert list(Payment.objects.order_by("external_reference").values_list("external_reference", flat=True)) == [
        "TRF-1 1/2", "TRF-1 2/2",
    ]  # fmt: skip
    rows = statement(a_supervisor(), Sponsor.objects.get().id, first.enrolment.term_id)
    assert [(row.student_number, row.share_minor, row.paid_minor, row.open_minor) for row in rows] == [
        ("260001", 30_000_00, 30_000_00, 0), ("260002", 30_000_00, 10_000_00, 20_000_00),
    ]  # fmt: skip
    assert prove_books().is_right


def test_what_the_student_paid_already_is_not_asked_of_the_sponsor() -> None:
    payer = a_payer()
    payer.pays("20000.00")
    sponsored(payer, HALF)
    rows = statement(a_supervisor(), Sponsor.objects.get().id, payer.enrolment.term_id)
    assert [(row.share_minor, row.open_minor) for row in rows] == [(15_000_00, 10_000_00)]


def test_a_sponsor_never_pays_more_than_it_answers_for() -> None:
    payer = a_payer()
    sponsored(payer, HALF)
    with pytest.raises(SponsorPaysMore):
        pays("15000.01", payer)
    assert not Payment.objects.exists()
    pays("15000.00", payer)
    with pytest.raises(NothingToPayFor):
        pays("1.00", payer, "TRF-2")


def test_cash_and_transfers_without_a_reference_are_refused() -> None:
    payer = a_payer()
    sponsored(payer)
    named = {"sponsor_id": Sponsor.objects.get().id, "term_id": payer.enrolment.term_id, "amount": Money(100, "PHP")}
    with pytest.raises(Invalid):
        record_sponsor_payment(a_supervisor(), method="CASH", external_reference="X", **named)  # type: ignore[arg-type]
    with pytest.raises(Invalid):
        record_sponsor_payment(a_supervisor(), method="CHECK", external_reference=" ", **named)  # type: ignore[arg-type]
    assert not Payment.objects.exists()


def test_a_sponsorship_that_ends_uncovers_the_months_and_suspends_what_rested_on_them() -> None:
    payer = a_payer()
    sponsorship = sponsored(payer)

    end_sponsorship(a_supervisor(), sponsorship_id=sponsorship.id, reason="The agency took its letter back")

    assert payer.states() == ["UNPAID"] * 6
    assert set(payer.permits().values()) == {"SUSPENDED"}
    rows = statement(a_supervisor(), sponsorship.sponsor_id, payer.enrolment.term_id)
    assert [(row.share_minor, row.open_minor) for row in rows] == [(0, 0)]
    with pytest.raises(EndedAlready):
        end_sponsorship(a_supervisor(), sponsorship_id=sponsorship.id, reason="The agency took its letter back")


def test_a_month_that_a_note_covers_stays_the_notes() -> None:
    payer = a_payer()
    payer.pays("5000.00")
    from rollbook.shared.billing.models import Instalment

    Instalment.objects.filter(invoice=payer.invoice, number=2).update(cover="PROMISSORY")
    sponsorship = sponsored(payer)
    end_sponsorship(a_supervisor(), sponsorship_id=sponsorship.id, reason="The agency took its letter back")
    assert [part.cover for part in instalment_states(payer.invoice.id)] == ["", "PROMISSORY", "", "", "", ""]


def test_one_sponsor_at_a_time_and_only_one_that_is_kept() -> None:
    payer = a_payer()
    sponsored(payer)
    with pytest.raises(SponsoredAlready):
        sponsored(payer, HALF, a_sponsor("OTHER"))
    with pytest.raises(NotOffered):
        sponsored(a_payer(number="260002"), HALF, a_sponsor("GONE", is_active=False))
    assert Sponsorship.objects.count() == 1


def test_nobody_accepts_the_sponsor_they_proposed() -> None:
    payer, supervisor = a_payer(), a_supervisor()
    request = request_sponsorship(
        supervisor, term_enrolment_id=payer.enrolment.id, sponsor_id=a_sponsor().id, wanted=FULL, reason=REASON
    )
    with pytest.raises(SelfApproval):
        decide(supervisor, request.id, approve=True)
    assert payer.states() == ["UNPAID"] * 6


def test_cashiers_and_strangers_neither_keep_sponsors_nor_record_what_they_pay() -> None:
    payer = a_payer()
    sponsorship = sponsored(payer)
    for actor in (a_cashier(), a_stranger(), a_registrar()):
        with pytest.raises(Forbidden):
            add_sponsor(actor, code="X", facts=SponsorFacts(name="X"))
        with pytest.raises(Forbidden):
            end_sponsorship(actor, sponsorship_id=sponsorship.id, reason="The agency took its letter back")
        with pytest.raises(Forbidden):
            record_sponsor_payment(
                actor, sponsor_id=sponsorship.sponsor_id, term_id=payer.enrolment.term_id,
                amount=Money(100, "PHP"), method="CHECK", external_reference="X",
            )  # fmt: skip


def test_a_sponsor_is_added_and_changed() -> None:
    made = add_sponsor(a_supervisor(), code="CHED", facts=SponsorFacts(name="Commission on Higher Education"))
    changed = change_sponsor(
        a_supervisor(), sponsor_id=made.id, is_active=False, expected_version=1,
        facts=SponsorFacts(name="Commission", contact_email="desk@example.test"),
    )  # fmt: skip
    assert (changed.name, changed.is_active, changed.version) == ("Commission", False, 2)


@pytest.mark.parametrize(
    "wanted",
    [
        ShareWanted(share="FULL", letter=" "), ShareWanted(share="PERCENT", letter="L"),
        ShareWanted(share="PERCENT", letter="L", percent=Decimal(101)), ShareWanted(share="ALL", letter="L"),
        ShareWanted(share="FIXED", letter="L"), ShareWanted(share="FULL", letter="L", amount_minor=5),
    ],
)  # fmt: skip
def test_a_share_that_cannot_be_meant_is_refused(wanted: ShareWanted) -> None:
    with pytest.raises(Invalid):
        request_sponsorship(
            a_cashier(), term_enrolment_id=a_payer().enrolment.id, sponsor_id=a_sponsor().id, wanted=wanted,
            reason=REASON,
        )  # fmt: skip


def test_the_database_wants_two_people_and_one_running_sponsor() -> None:
    payer, one = a_payer(), new_id()
    sponsored(payer)
    other = a_sponsor("OTHER")

    def attack(**fields: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Sponsorship.objects.create(
                sponsor=other, term_enrolment=payer.enrolment, letter="L",
                **({"share": "FULL", "requested_by": one, "approved_by": new_id()} | fields),
            )  # fmt: skip

    attack()
    attack(approved_by=one, state="ENDED", ended_at=payer.enrolment.created_at)
    attack(share="PERCENT", state="ENDED", ended_at=payer.enrolment.created_at)
