"""Permits follow money: issued, suspended, restored under the same code, whoever moves the money and however."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from rollbook.core import clock
from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Instalment
from rollbook.shared.billing.services.notes import approve_note, default_notes, request_note
from rollbook.shared.billing.services.payments import take_payment
from rollbook.shared.billing.services.reversals import reverse_payment
from rollbook.systems.college.examples import a_member, a_plan, a_student, an_administrator, an_enrolment
from rollbook.systems.college.exams.models import ExamPeriod, ExamPermit
from rollbook.systems.college.exams.services import (
    apply_settlement,
    apply_settlement_in_bulk,
    prepare_exam_periods,
)


@pytest.fixture
def system(tenant):
    return Actor.system(tenant.id, job="test")


@pytest.fixture
def enrolment(tenant, frozen_clock):
    enrolment = an_enrolment()
    prepare_exam_periods(an_administrator(), term_id=enrolment.term_id, template="STANDARD_4")
    return enrolment


def follow(system, enrolment, noted=None):
    def followed(landed):
        if landed.settled_through != landed.settled_before:
            changes = apply_settlement(
                system, term_enrolment_id=enrolment.id, settled_through=landed.settled_through, at=landed.at
            )
            if noted is not None:
                noted.append(changes)
        return {}

    return followed


def pay(system, enrolment, minor, noted=None):
    return take_payment(
        system, invoice_id=enrolment.invoice_id, amount=Money(minor, "PHP"), method="CASH",
        on_landed=follow(system, enrolment, noted),
    )  # fmt: skip


def states(enrolment):
    rows = ExamPermit.objects.filter(term_enrolment=enrolment).order_by("exam_period__position")
    return dict(rows.values_list("exam_period__code", "state"))


def settle(system, enrolment, months):
    return apply_settlement(system, term_enrolment_id=enrolment.id, settled_through=months, at=clock.now())


@pytest.mark.rule("R41")
def test_paying_into_the_second_month_opens_the_first_exam_only(system, enrolment):
    """The permits of example 4."""
    a_plan(enrolment)
    noted = []

    pay(system, enrolment, 8_000_00, noted)
    assert states(enrolment) == {"PRELIM": "ISSUED"}
    pay(system, enrolment, 2_000_00, noted)
    assert states(enrolment) == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED"}
    assert [[permit["exam"] for permit in changes.issued] for changes in noted] == [["PRELIM"], ["MIDTERM"]]


def test_one_centavo_short_of_a_month_opens_nothing(system, enrolment):
    """The permits of example 7."""
    a_plan(enrolment, 32_000_00)

    pay(system, enrolment, 16_000_00)

    assert states(enrolment) == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED"}


@pytest.mark.rule("R41")
def test_a_bounced_payment_suspends_and_paying_again_brings_the_same_code_back(system, enrolment):
    """The permits of example 13."""
    a_plan(enrolment)
    bounced = pay(system, enrolment, 8_000_00)
    pay(system, enrolment, 2_000_00)
    codes = dict(ExamPermit.objects.values_list("exam_period__code", "code"))

    reverse_payment(
        system, payment_id=bounced.payment_id, kind="BOUNCED", reason="Cheque 1182 bounced",
        on_landed=follow(system, enrolment),
    )  # fmt: skip
    assert states(enrolment) == {"PRELIM": "SUSPENDED", "MIDTERM": "SUSPENDED"}

    noted = []
    pay(system, enrolment, 3_000_00, noted)
    assert states(enrolment) == {"PRELIM": "ISSUED", "MIDTERM": "SUSPENDED"}
    assert noted[0].restored == [{"exam": "PRELIM", "code": codes["PRELIM"]}]
    assert dict(ExamPermit.objects.values_list("exam_period__code", "code")) == codes


@pytest.mark.rule("R41")
def test_a_used_permit_is_history_that_money_does_not_change(system, enrolment):
    settle(system, enrolment, 2)
    ExamPermit.objects.filter(exam_period=ExamPeriod.objects.get(code="PRELIM")).update(state="USED")

    settle(system, enrolment, 0)

    assert states(enrolment) == {"PRELIM": "USED", "MIDTERM": "SUSPENDED"}


@pytest.mark.rule("R41")
def test_a_printed_permit_is_suspended_too(system, enrolment):
    settle(system, enrolment, 1)
    ExamPermit.objects.update(state="PRINTED")

    settle(system, enrolment, 0)

    assert states(enrolment) == {"PRELIM": "SUSPENDED"}


@pytest.mark.rule("R38", "R43")
def test_a_promise_opens_the_exam_on_its_own_basis_and_a_broken_one_closes_it(system, enrolment, frozen_clock):
    """The permits of example 15."""
    frozen_clock(datetime(2031, 8, 1, tzinfo=UTC))
    a_plan(enrolment)
    pay(system, enrolment, 10_000_00)
    due_on = Instalment.objects.get(invoice=enrolment.invoice_id, number=3).due_on
    note = request_note(system, invoice_id=enrolment.invoice_id, number=3, reason="Salary comes on the 30th")
    approve_note(a_member("cashier_supervisor"), note_id=note.id, on_landed=follow(system, enrolment))
    assert list(
        ExamPermit.objects.order_by("exam_period__position").values_list("exam_period__code", "basis", "state")
    ) == [("PRELIM", "PAID", "ISSUED"), ("MIDTERM", "PAID", "ISSUED"), ("PREFINAL", "PROMISSORY", "ISSUED")]

    frozen_clock(datetime(2031, due_on.month, due_on.day, 15, 59, 59, tzinfo=UTC))
    assert default_notes(system, on_landed=follow(system, enrolment)) == 0
    frozen_clock(datetime(2031, due_on.month, due_on.day, 16, 0, 0, tzinfo=UTC))
    assert default_notes(system, on_landed=follow(system, enrolment)) == 1
    assert states(enrolment) == {"PRELIM": "ISSUED", "MIDTERM": "ISSUED", "PREFINAL": "SUSPENDED"}

    pay(system, enrolment, 5_000_00)
    prefinal = ExamPermit.objects.get(exam_period__code="PREFINAL")
    assert (prefinal.state, prefinal.basis) == ("ISSUED", "PAID")


@pytest.mark.rule("R43")
def test_a_sponsors_cover_opens_exams_as_sponsored(system, enrolment):
    a_plan(enrolment)
    Instalment.objects.filter(invoice=enrolment.invoice_id, number__lte=4).update(cover="SPONSOR")

    settle(system, enrolment, 4)

    assert set(ExamPermit.objects.values_list("basis", flat=True)) == {"SPONSOR"}
    assert ExamPermit.objects.count() == 4


def test_the_same_settlement_twice_is_the_same_as_once(system, enrolment):
    first = settle(system, enrolment, 2)
    second = settle(system, enrolment, 2)

    assert (first.count, second.count) == (2, 0)
    assert ExamPermit.objects.count() == 2


def test_one_statement_whatever_happens(system, enrolment, django_assert_num_queries):
    for months in (3, 3, 4):
        with django_assert_num_queries(1):
            settle(system, enrolment, months)


def test_nothing_is_issued_in_a_term_without_exams(system, tenant):
    enrolment = an_enrolment()

    assert settle(system, enrolment, 6).count == 0


def test_the_year_of_a_code_is_the_local_one(system, enrolment, frozen_clock):
    frozen_clock(datetime(2031, 12, 31, 16, 0, tzinfo=UTC))

    assert settle(system, enrolment, 1).issued[0]["code"].startswith("PRM-2032-")


def test_a_file_gives_the_same_rows_as_single_acts(system, enrolment, django_assert_max_num_queries):
    at = clock.now()
    plans = [(0, 3), (2, 0), (3, 1), (4, 4), (0, 0), (1, 4)]
    singles = [an_enrolment(a_student(f"31100{number}", given_name="Ana")) for number in range(len(plans))]
    batch = [an_enrolment(a_student(f"31200{number}", given_name="Ben")) for number in range(len(plans))]
    for each in (*singles, *batch):
        a_plan(each)
    Instalment.objects.filter(invoice__in=[singles[5].invoice_id, batch[5].invoice_id], number=3).update(
        cover="PROMISSORY"
    )
    for group in (singles, batch):
        for each, (before, _) in zip(group, plans, strict=True):
            apply_settlement(system, term_enrolment_id=each.id, settled_through=before, at=at)
        prelim = ExamPeriod.objects.get(code="PRELIM")
        ExamPermit.objects.filter(term_enrolment=group[3], exam_period=prelim).update(state="USED")
    later = at + timedelta(hours=1)

    one_by_one = [
        apply_settlement(system, term_enrolment_id=each.id, settled_through=after, at=later)
        for each, (_, after) in zip(singles, plans, strict=True)
    ]
    with django_assert_max_num_queries(8):
        together = apply_settlement_in_bulk(
            system, [(each.id, after) for each, (_, after) in zip(batch, plans, strict=True)], at=later
        )

    def rows(group):
        fields = (
            "exam_period_id", "state", "basis", "instalment_number", "mapping_version", "issued_at", "suspended_at",
            "printed_at", "prints", "created_at", "limited_from",
        )  # fmt: skip
        return [
            list(ExamPermit.objects.filter(term_enrolment=each).order_by("exam_period__position").values_list(*fields))
            for each in group
        ]

    assert rows(batch) == rows(singles)
    assert len(together.issued) == sum(len(changes.issued) for changes in one_by_one) == 6
    assert len(together.suspended) == sum(len(changes.suspended) for changes in one_by_one) == 4
    assert ExamPermit.objects.values("code").distinct().count() == ExamPermit.objects.count()


def test_an_empty_file_asks_nothing(system, tenant, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert apply_settlement_in_bulk(system, [], at=clock.now()).count == 0


@pytest.mark.rule("R41")
def test_one_permit_per_exam_and_its_code_are_kept_by_the_database(system, enrolment, attack):
    settle(system, enrolment, 1)
    permit = ExamPermit.objects.get()

    with pytest.raises(IntegrityError, match="college_permit_unique"), transaction.atomic():
        ExamPermit.objects.create(
            term_enrolment=enrolment, exam_period_id=permit.exam_period_id, code="PRM-2031-00000000", basis="PAID",
            instalment_number=1, mapping_version=1, issued_at=clock.now(),
        )  # fmt: skip
    for change in ({"code": "PRM-2031-11111111"}, {"state": "USED", "code": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            ExamPermit.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ExamPermit.objects.all().delete()
    permit.refresh_from_db()
    assert permit.state == "ISSUED"
