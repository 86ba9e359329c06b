"""A student of one college does not exist for another (example 39, R1)."""

from collections.abc import Callable

import pytest
from django.db import connection

from rollbook.core.money import Money
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.fees.errors import StudentNotFound
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.selectors import account, find_students
from rollbook.systems.college.fees.services.debts import follow_debts
from rollbook.systems.college.fees.services.payments import record_payment
from rollbook.systems.college.records.models import Hold

pytestmark = pytest.mark.django_db


@pytest.mark.example("college", 39)
def test_another_colleges_cashier_finds_nobody_and_pays_nothing(
    organisation: Organisation, other_organisation: Organisation
) -> None:
    with tenant_scope(organisation.id):
        ours = a_payer(number="260777")
        assert [row["student_number"] for row in find_students(ours.cashier, "260777", 20)] == ["260777"]

    with tenant_scope(other_organisation.id):
        theirs = a_payer(number="260001")
        assert find_students(theirs.cashier, "260777", 20) == []
        with pytest.raises(StudentNotFound) as refusal:
            account(theirs.cashier, ours.student.id, None)
        assert refusal.value.status == 404
        with pytest.raises(StudentNotFound):
            record_payment(theirs.cashier, student_id=ours.student.id, amount=Money(100, "PHP"), method="CASH")

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM college_records_student WHERE organisation_id = %s", [organisation.id])
        assert cursor.fetchone() == (0,)


@pytest.mark.rule("R1", "R27")
def test_the_debts_of_one_college_hold_nobody_of_another(
    organisation: Organisation, other_organisation: Organisation, frozen_clock: Callable[[str], None]
) -> None:
    frozen_clock("2031-10-01T00:00:00+00:00")
    for college in (organisation, other_organisation):
        with tenant_scope(college.id):
            a_payer()
    frozen_clock("2032-01-05T00:00:00+00:00")

    with tenant_scope(organisation.id):
        assert follow_debts(Actor.system(organisation.id, job="test")) == 1
        assert Hold.objects.count() == 1
    with tenant_scope(other_organisation.id):
        assert Hold.objects.count() == 0
