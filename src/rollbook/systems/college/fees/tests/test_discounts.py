"""Discounts that two people give, and what they do to a plan (R37)."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from rollbook.core.approvals.errors import SelfApproval
from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.approvals.services import decide
from rollbook.core.errors import Forbidden, Invalid
from rollbook.core.ids import new_id
from rollbook.core.money import Money
from rollbook.shared.billing.errors import ReasonTooShort
from rollbook.shared.billing.selectors import credit_of_customer, prove_books
from rollbook.systems.college.enrolment.examples import a_taker
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_cashier, a_registrar, a_stranger, an_administrator
from rollbook.systems.college.fees.errors import (
    ChangedMeanwhile,
    CodeTaken,
    EndedAlready,
    GivenAlready,
    NotByDiscount,
    NotOffered,
    StudentNotFound,
)
from rollbook.systems.college.fees.examples_of_schedules import (
    a_discount,
    a_schedule,
    a_supervisor,
    decided,
    dues_of,
)
from rollbook.systems.college.fees.models import Assessment, Discount, DiscountGrant
from rollbook.systems.college.fees.services.assessments import assess
from rollbook.systems.college.fees.services.discounts import (
    DiscountTerms,
    add_discount,
    change_discount,
    request_discount,
    request_end,
)
from rollbook.systems.college.fees.services.plans import open_plan
from rollbook.systems.college.fees.tests.test_assessments import income, pays, seven_subjects, takes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tenant")]

REASON = "Top of the class last year"


@pytest.fixture
def taker() -> TermEnrolment:
    seven_subjects()
    a_schedule()
    enrolment = a_taker()
    assess(a_registrar(), term_enrolment_id=enrolment.id)
    return enrolment


def asked(enrolment: TermEnrolment, discount: Discount) -> ApprovalRequest:
    return request_discount(a_cashier(), term_enrolment_id=enrolment.id, discount_id=discount.id, reason=REASON)


def test_a_discount_that_a_supervisor_gives_lowers_the_open_months_and_shows_in_the_books(taker: TermEnrolment) -> None:
    decided(asked(taker, a_discount()))

    latest = Assessment.objects.order_by("-number").first()
    assert latest is not None
    assert (latest.charges_minor, latest.concessions_minor, latest.owed_minor) == (19_500_50, 9_750_25, 9_750_25)
    assert sum(dues_of(taker)) == 9_750_25
    assert income() == {"4000": 19_500_50, "4900": -9_750_25}
    grant = DiscountGrant.objects.get()
    assert (grant.percent, grant.reason, grant.requested_by != grant.approved_by) == (Decimal(50), REASON, True)
    assert prove_books().is_right


def test_until_somebody_decides_nothing_changes(taker: TermEnrolment) -> None:
    asked(taker, a_discount())
    assert sum(dues_of(taker)) == 19_500_50
    assert not DiscountGrant.objects.exists()


def test_nobody_gives_the_discount_they_asked_for(taker: TermEnrolment) -> None:
    supervisor, discount = a_supervisor(), a_discount()
    request = request_discount(supervisor, term_enrolment_id=taker.id, discount_id=discount.id, reason=REASON)
    with pytest.raises(SelfApproval):
        decide(supervisor, request.id, approve=True)
    assert not DiscountGrant.objects.exists()


@pytest.mark.rule("R37")
def test_a_scholarship_given_late_is_never_lost_but_becomes_credit(taker: TermEnrolment) -> None:
    pays(taker, "19500.50")

    decided(asked(taker, a_discount("FULL", method="PERCENT", percent=Decimal(100))))

    assert sum(dues_of(taker)) == 0
    assert credit_of_customer(taker.student.person_id, "PHP") == Money(19_500_50, "PHP")
    assert prove_books().is_right


def test_several_discounts_come_off_in_their_order_and_follow_the_classes(taker: TermEnrolment) -> None:
    decided(asked(taker, a_discount("SIBLING", method="FIXED", amount_minor=500_00, position=2)))
    decided(asked(taker, a_discount("TUITION", categories=["TUITION"], position=1)))

    takes(taker, "GE 1", "GE 2")

    latest = Assessment.objects.order_by("-number").first()
    assert latest is not None
    assert [line["minor"] for line in latest.lines] == [3_900_00, 3_450_50, -1_950_00, -500_00]
    assert sum(dues_of(taker)) == 4_900_50


def test_a_full_scholarship_settles_every_month_and_opens_the_term() -> None:
    seven_subjects()
    a_schedule()
    enrolment = a_taker()
    TermEnrolment.objects.filter(id=enrolment.id).update(state="PENDING_PAYMENT")
    decided(asked(enrolment, a_discount("FULL", method="PERCENT", percent=Decimal(100))))

    assess(a_registrar(), term_enrolment_id=enrolment.id)

    enrolment.refresh_from_db()
    assert (enrolment.state, sum(dues_of(enrolment))) == ("ACTIVE", 0)


def test_a_discount_that_ends_is_owed_again(taker: TermEnrolment) -> None:
    decided(asked(taker, a_discount()))
    grant = DiscountGrant.objects.get()

    decided(request_end(a_cashier(), grant_id=grant.id, reason="The average fell below the limit"))

    grant.refresh_from_db()
    assert grant.state == "ENDED"
    assert sum(dues_of(taker)) == 19_500_50
    assert income() == {"4000": 19_500_50, "4900": 0}
    with pytest.raises(EndedAlready):
        request_end(a_cashier(), grant_id=grant.id, reason="The average fell below the limit")


def test_the_same_discount_is_given_once(taker: TermEnrolment) -> None:
    discount = a_discount()
    first, second = asked(taker, discount), asked(taker, discount)
    decided(first)
    with pytest.raises(GivenAlready):
        decided(second)
    with pytest.raises(GivenAlready):
        asked(taker, discount)
    assert sum(dues_of(taker)) == 9_750_25


def test_what_is_not_offered_too_short_a_reason_or_an_agreed_sum_is_refused(taker: TermEnrolment) -> None:
    with pytest.raises(NotOffered):
        asked(taker, a_discount("OLD", is_active=False))
    with pytest.raises(ReasonTooShort):
        request_discount(a_cashier(), term_enrolment_id=taker.id, discount_id=a_discount("A").id, reason="ok")
    agreed = a_taker("310077")
    open_plan(a_registrar(), term_enrolment_id=agreed.id, total=Money(30_000_00, "PHP"))
    with pytest.raises(NotByDiscount):
        asked(agreed, a_discount("B"))
    assert not ApprovalRequest.objects.exists()


def test_strangers_ask_for_nothing_and_an_unknown_student_is_not_found(taker: TermEnrolment) -> None:
    discount = a_discount()
    with pytest.raises(Forbidden):
        request_discount(a_stranger(), term_enrolment_id=taker.id, discount_id=discount.id, reason=REASON)
    with pytest.raises(StudentNotFound):
        request_discount(a_cashier(), term_enrolment_id=new_id(), discount_id=discount.id, reason=REASON)


def test_what_was_given_stays_as_it_was_given_when_the_discount_changes(taker: TermEnrolment) -> None:
    discount = add_discount(an_administrator(), code="ACAD", terms=DiscountTerms(name="Half", percent=Decimal(50)))
    decided(asked(taker, discount))

    change_discount(
        an_administrator(), discount_id=discount.id, terms=DiscountTerms(name="Tenth", percent=Decimal(10)),
        is_active=True, expected_version=1,
    )  # fmt: skip
    takes(taker, "GE 1")

    assert sum(dues_of(taker)) == (1_950_00 + 3_450_50) // 2
    with pytest.raises(ChangedMeanwhile):
        change_discount(
            an_administrator(), discount_id=discount.id, terms=DiscountTerms(name="X", percent=Decimal(1)),
            is_active=True, expected_version=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    "terms",
    [
        {}, {"percent": Decimal(10), "amount_minor": 5}, {"percent": Decimal(101)}, {"amount_minor": 0},
        {"percent": Decimal(5), "categories": ("SHOES",)}, {"percent": Decimal(5), "name": " "},
    ],
)  # fmt: skip
def test_a_discount_that_cannot_be_meant_is_refused(terms: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        add_discount(an_administrator(), code="ODD", terms=DiscountTerms(**({"name": "Odd"} | terms)))  # type: ignore[arg-type]
    assert not Discount.objects.exists()


def test_a_code_is_used_once_whatever_its_case() -> None:
    a_discount("Acad")
    with pytest.raises(CodeTaken):
        add_discount(an_administrator(), code="ACAD", terms=DiscountTerms(name="Half", percent=Decimal(50)))


def test_the_database_wants_two_people_and_one_measure(taker: TermEnrolment) -> None:
    discount, one = a_discount(), new_id()
    measures: dict[str, object] = {"method": "PERCENT", "percent": Decimal(50)}

    def attack(**fields: object) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            DiscountGrant.objects.create(
                term_enrolment=taker, discount=discount, code="X", name="X", position=1, reason=REASON,
                **({"requested_by": one, "approved_by": new_id()} | measures | fields),
            )  # fmt: skip

    attack(approved_by=one)
    attack(percent=Decimal(101))
    attack(amount_minor=5)
    attack(state="ENDED")
