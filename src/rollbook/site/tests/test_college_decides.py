"""What holds in a college until somebody decides otherwise, and what nobody deletes (R59, R63)."""

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from rollbook.core.identity.models import User
from rollbook.core.policies.errors import NotAPolicyValue
from rollbook.core.policies.register import policies
from rollbook.core.policies.services import change, get
from rollbook.core.tenancy.models import Organisation
from rollbook.systems.college.catalogue.models import Programme, Term
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.examples import a_member, a_student, an_enrolment
from rollbook.systems.college.records.models import Student

DEFAULTS: dict[str, Any] = {
    "college.admission_open": False,
    "college.admission_mode": "REVIEW",
    "college.fees.instalments": 6,
    "college.fees.plan_mode": "COMMITMENT",
    "college.fees.receipt_title": "OFFICIAL_RECEIPT",
    "college.fees.receipt_series": "MAIN",
    "college.fees.variance_tolerance": 100_00,
    "college.fees.old_balance_limit": 0,
    "college.max_units": 30,
    "college.summer_max_units": 9,
    "college.picking_hours": 72,
    "college.waitlist_hours": 24,
    "college.seat_hold_min": 10,
    "college.inc_months_major": 6,
    "college.inc_months_minor": 12,
    "college.inc_outcome": "FAILED",
    "college.grade_scale": "PH_5",
    "college.repeat_policy": "ALL",
    "college.gpa_places_stored": 4,
    "college.gpa_places_shown": 2,
    "college.exam_policy": "ENFORCE",
    "college.exam_template": "STANDARD_4",
    "college.absolute_max_units": 36,
    "college.retention_years": 10,
    "core.audit.retention_years": 7,
    "core.identity.impersonation": True,
}


@pytest.mark.rule("R59")
@pytest.mark.django_db
@pytest.mark.parametrize(("key", "value"), DEFAULTS.items())
def test_a_new_college_begins_with_the_usual_settings(tenant: Organisation, key: str, value: Any) -> None:
    assert get(key) == value


@pytest.mark.rule("R59", "R60")
@pytest.mark.django_db
@pytest.mark.parametrize(("key", "years"), [("college.retention_years", 9), ("core.audit.retention_years", 6)])
def test_records_and_the_trail_are_never_kept_for_less_than_the_law_asks(
    tenant: Organisation, key: str, years: int
) -> None:
    with pytest.raises(NotAPolicyValue):
        change(a_member("administrator"), key, years, None, "Room is scarce")

    assert get(key) == years + 1


@pytest.mark.rule("R33", "R59")
def test_the_order_in_which_money_fills_months_is_no_setting() -> None:
    assert [key for key in policies("college") if "allocation" in key or "waterfall" in key] == []


@pytest.mark.rule("R63")
@pytest.mark.django_db
@pytest.mark.parametrize("table", ["college_records_student", "college_catalogue_term", "college_catalogue_programme"])
def test_a_student_a_term_and_a_programme_that_others_rest_on_stay(tenant: Organisation, table: str) -> None:
    an_enrolment(a_student("310001"))

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE organisation_id = %s", [tenant.id])

    assert [kind.objects.count() for kind in (Student, Term, Programme, TermEnrolment)] == [1, 1, 1, 1]


@pytest.mark.rule("R63")
@pytest.mark.django_db
def test_a_user_who_is_a_member_stays(tenant: Organisation) -> None:
    member = a_member("registrar")

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM identity_user WHERE id = %s", [member.user_id])
        connection.check_constraints()

    assert User.objects.filter(id=member.user_id).exists()
