"""Applying and admitting at the same moment (example 40). Each control takes the guard away and must go wrong."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection, connections

from rollbook.core.identity.models import Membership
from rollbook.core.money import Money
from rollbook.core.numbering.models import NumberSeries
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.shared.admissions import selectors
from rollbook.shared.admissions import services as admissions
from rollbook.shared.admissions.models import Application, Notice
from rollbook.shared.billing.models import Invoice
from rollbook.shared.files.tests.conftest import folder
from rollbook.shared.people.models import Person
from rollbook.systems.college.admission import services
from rollbook.systems.college.admission.examples import (
    P5,
    a_draft,
    a_ready_application,
    an_admission_officer,
    an_applicant,
    open_admission,
)
from rollbook.systems.college.admission.services import PlanTerms
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.records.models import Student
from tests.races.together import together

__all__ = ["folder"]

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]), pytest.mark.race,
    pytest.mark.usefixtures("folder"),
]  # fmt: skip

ONE_LIVE = "admissions_one_live"


def _submitting(organisation: Organisation, application: Application) -> Callable[[], Any]:
    def act() -> Any:
        with tenant_scope(organisation.id):
            return admissions.submit(an_applicant(), application_id=application.id, has_consented=True)

    return act


def _drafts(organisation: Organisation, count: int) -> list[Application]:
    with tenant_scope(organisation.id):
        open_admission()
        return [a_draft("Juana@example.test" if number % 2 else "juana@EXAMPLE.test") for number in range(count)]


@pytest.mark.example("college", 40)
@pytest.mark.rule("R5")
def test_two_submissions_with_one_address_give_one_application(organisation: Organisation) -> None:
    drafts = _drafts(organisation, 8)

    outcome = together([_submitting(organisation, draft) for draft in drafts])

    assert outcome.failures == []
    with tenant_scope(organisation.id):
        live = Application.objects.get(state="SUBMITTED")
        assert NumberSeries.objects.get(key__startswith="application:").last_value == 1
        assert Notice.objects.filter(kind="STANDS_ALREADY", application=live).count() == 7
        assert Notice.objects.filter(kind="RECEIVED").count() == 1


@pytest.fixture
def without_the_index(organisation: Organisation) -> Iterator[None]:
    """The database's promise of one live application per address, taken away for a moment."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [ONE_LIVE])
        (definition,) = cursor.fetchone()
        cursor.execute(f'DROP INDEX "{ONE_LIVE}"')
    yield
    with tenant_scope(organisation.id):
        # What the control let in cannot stay beside the index.
        Application.objects.filter(state="SUBMITTED").update(state="WITHDRAWN")
    with connections["owner"].cursor() as cursor:
        cursor.execute(definition)


def test_control_without_the_index_one_address_applies_twice(
    organisation: Organisation, without_the_index: None
) -> None:
    drafts = _drafts(organisation, 2)

    together([_submitting(organisation, draft) for draft in drafts])

    with tenant_scope(organisation.id):
        assert Application.objects.filter(state="SUBMITTED").count() == 2


def _admitting(organisation: Organisation, application_id: Any, officer: Actor, plan: PlanTerms = P5) -> Any:
    def act() -> Any:
        with tenant_scope(organisation.id):
            return services.admit(officer, application_id=application_id, plan=plan).result_id

    return act


@pytest.mark.example("college", 40)
@pytest.mark.rule("R7", "R8")
def test_two_officers_who_admit_at_once_make_one_student_with_one_number(organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        open_admission()
        application = a_ready_application()
        officers = [an_admission_officer() for _ in range(6)]

    outcome = together([_admitting(organisation, application.id, officer) for officer in officers])

    assert outcome.failures == []
    assert len(set(outcome.answers)) == 1
    with tenant_scope(organisation.id):
        assert (Student.objects.count(), Person.objects.count(), TermEnrolment.objects.count()) == (1, 1, 1)
        assert NumberSeries.objects.get(key__startswith="student:").last_value == 1
        assert Invoice.objects.count() == 1
        assert Membership.objects.filter(roles__contains=["student"]).count() == 1


def test_control_without_the_lock_two_officers_collide(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(organisation.id):
        open_admission()
        application = a_ready_application()
        officers = [an_admission_officer() for _ in range(2)]
    barrier = threading.Barrier(2)

    def unlocked(application_id: Any) -> Application:
        found = Application.objects.get(id=application_id)
        barrier.wait(timeout=20)
        return found

    monkeypatch.setattr(selectors, "get_for_update", unlocked)
    outcome = together([_admitting(organisation, application.id, officer) for officer in officers])

    with tenant_scope(organisation.id):
        went_well = not outcome.failures and Student.objects.count() == 1 and Person.objects.count() == 1
    assert not went_well


#: More than an invoice of twelve months can hold: the plan fails in the database after everything else stands.
IMPOSSIBLE = PlanTerms(monthly=Money(4_000_000_000_000_000_000, "PHP"), instalments=6)


@pytest.mark.example("college", 40)
@pytest.mark.rule("R7")
def test_a_conversion_that_fails_at_the_plan_leaves_no_user_and_no_number_while_others_go_through(
    organisation: Organisation,
) -> None:
    with tenant_scope(organisation.id):
        open_admission()
        officer = an_admission_officer()
        failing = [a_ready_application(f"f{n}@example.test", given_name=f"Fay{n}") for n in "abc"]
        passing = [a_ready_application(f"p{n}@example.test", given_name=f"Pia{n}") for n in "abc"]

    outcome = together(
        [_admitting(organisation, each.id, officer, IMPOSSIBLE) for each in failing]
        + [_admitting(organisation, each.id, officer) for each in passing]
    )

    assert (len(outcome.failures), len(outcome.answers)) == (3, 3)
    with tenant_scope(organisation.id):
        numbers = sorted(Student.objects.values_list("student_number", flat=True))
        assert [number[-4:] for number in numbers] == ["0001", "0002", "0003"]
        assert NumberSeries.objects.get(key__startswith="student:").last_value == 3
        assert Person.objects.count() == 3
        addresses = Membership.objects.filter(roles__contains=["student"]).values_list("user__email", flat=True)
        assert sorted(addresses) == ["pa@example.test", "pb@example.test", "pc@example.test"]
        assert {each.state for each in Application.objects.filter(id__in=[row.id for row in failing])} == {"SUBMITTED"}


def test_control_without_one_transaction_a_failed_conversion_uses_a_number_up(
    organisation: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with tenant_scope(organisation.id):
        open_admission()
        officer = an_admission_officer()
        application = a_ready_application()
    plan = services._plan

    def after_a_commit(*args: Any) -> Any:
        # What each step would do if it committed by itself.
        connection.connection.commit()
        return plan(*args)

    monkeypatch.setattr(services, "_plan", after_a_commit)
    outcome = together([_admitting(organisation, application.id, officer, IMPOSSIBLE)])

    assert len(outcome.failures) == 1
    with tenant_scope(organisation.id):
        assert NumberSeries.objects.get(key__startswith="student:").last_value == 1
        assert Student.objects.count() == 1
        assert Invoice.objects.count() == 0
