"""A student of one college does not exist for another (example 39, R1)."""

import pytest
from django.db import connection

from rollbook.core.money import Money
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.systems.college.fees.errors import StudentNotFound
from rollbook.systems.college.fees.examples import a_payer
from rollbook.systems.college.fees.selectors import account, find_students
from rollbook.systems.college.fees.services.payments import record_payment

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
