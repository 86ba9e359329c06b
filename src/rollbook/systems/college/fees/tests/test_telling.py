"""Who paid is told once, when the receipt is drawn, with the permits that the payment opened."""

from datetime import timedelta

import pytest

from rollbook.core import clock
from rollbook.core.tenancy.models import Organisation
from rollbook.shared.billing.models import Receipt
from rollbook.shared.messaging.models import Notice
from rollbook.systems.college.fees import jobs
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.jobs import render_receipts
from rollbook.systems.college.fees.services.telling import NEWS_FOR

pytestmark = [pytest.mark.django_db]


def test_a_payment_at_the_counter_is_told_when_its_receipt_is_drawn(tenant: Organisation) -> None:
    payer = a_payer()
    payer.pays("5000.00")
    second = payer.pays("100.00")
    assert not Notice.objects.exists()

    render_receipts(organisation_id=tenant.id)
    render_receipts(organisation_id=tenant.id)

    told = Notice.objects.filter(recipient_id=payer.student.person_id)
    assert sorted(told.values_list("kind", flat=True)) == ["PAYMENT", "PAYMENT", "PERMIT"]
    assert told.get(kind="PERMIT").facts == {"exams": ["PRELIM"]}
    assert second.taken.receipt_number in told.filter(kind="PAYMENT").values_list("facts__receipt_number", flat=True)


def test_a_minute_draws_so_many_the_newest_first(tenant: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "MOST_DRAWN", 2)
    payer = a_payer()
    numbers = [payer.pays("100.00").taken.receipt_number for _ in range(3)]

    render_receipts(organisation_id=tenant.id)
    assert set(Receipt.objects.filter(rendered_at__isnull=True).values_list("number", flat=True)) == {numbers[0]}
    render_receipts(organisation_id=tenant.id)
    assert not Receipt.objects.filter(rendered_at__isnull=True).exists()


def test_money_of_long_ago_is_nobodys_news(tenant: Organisation) -> None:
    payer = a_payer()
    payer.pays("5000.00", received_at=clock.now() - NEWS_FOR - timedelta(hours=1))

    render_receipts(organisation_id=tenant.id)

    assert not Notice.objects.exists()
