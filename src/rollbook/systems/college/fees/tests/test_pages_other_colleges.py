"""Another college's cashier, at the same pages, finds nothing of ours (example 39, R1)."""

import pytest
from django.test import Client
from django.urls import reverse

from rollbook.core.identity.examples import a_member, sign_in
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.tests.browsing import text_of

pytestmark = pytest.mark.django_db


def test_pages_of_our_students_and_payments_are_not_there_for_them(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.id):
        payer = a_payer()
        payment_id = payer.pays("5000.00").taken.payment_id
        shift_id = payer.student.id
    theirs = Client()
    sign_in(theirs, a_member(other_organisation, "cashier_supervisor"))

    for name, key in (
        ("fees:pay", payer.student.id),
        ("fees:payment", payment_id),
        ("fees:refund", payment_id),
        ("fees:shift_report", shift_id),
        ("fees:statement", payer.student.id),
    ):
        assert theirs.get(reverse(name, args=[key])).status_code == 404, name
    for name, key in (("fees:print_receipt", payment_id), ("fees:void", payment_id)):
        assert (
            theirs.post(reverse(name, args=[key]), {"reason": "Because we want to", "paper": "a5"}).status_code == 404
        )
    assert "Nobody matches" in text_of(theirs.post(reverse("fees:find"), {"text": "260001"}))
    assert "260001" not in text_of(theirs.get(reverse("fees:payments")))
    with tenant_scope(organisation.id):
        assert payer.months()[0] == "5000.00"
