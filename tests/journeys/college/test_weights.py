"""What travels for a first visit: every page of the counter is light enough for a bad line."""

import pytest

from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.billing.models import Payment, Shift
from rollbook.systems.college.exams.models import ExamPermit
from tests.journeys.support import first_load

pytestmark = pytest.mark.journey

#: Bytes of text and script of a first load, compressed as they travel.
MOST = 150_000


def test_first_loads_stay_under_150_kilobytes(site, browser, college):
    with tenant_scope(college.organisation_id):
        payment, shift = Payment.objects.first(), Shift.objects.first()
        code = ExamPermit.objects.first().code
    student = college.student_named("Dela Cruz", "Juan")
    visits = [
        (college.other_cashier, "/cashier/"),
        (college.other_cashier, f"/cashier/students/{student.id}/"),
        (college.other_cashier, "/cashier/payments/"),
        (college.other_cashier, f"/cashier/payments/{payment.id}/"),
        (college.other_cashier, "/cashier/shift/close/"),
        (college.supervisor, f"/cashier/shifts/{shift.id}/"),
        (college.supervisor, "/collections/"),
        (college.supervisor, "/collections/notes/"),
        (college.supervisor, "/collections/bank-files/"),
        (college.supervisor, "/collections/unmatched/"),
        (college.supervisor, "/approvals/"),
        (college.student, "/my/payments/"),
        (college.student, "/my/permits/"),
        (college.registrar, "/students/"),
        (college.registrar, f"/students/{student.id}/"),
        (college.administrator, "/terms/"),
        (college.administrator, "/exams/"),
        (None, f"/verify/{college.slug}/{code}/"),
    ]
    weights = {path: first_load(browser, site, path, member).text_and_script for member, path in visits}
    for path, weight in weights.items():
        print(f"{weight:>8,}  {path}")
    assert {path: weight for path, weight in weights.items() if not 2_000 < weight < MOST} == {}
    assert weights[f"/verify/{college.slug}/{code}/"] < 50_000
