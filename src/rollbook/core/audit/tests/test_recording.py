"""Entries are written with the act, one statement each, and say who, what, why and from where."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from rollbook.core import clock, ids
from rollbook.core.audit.examples import a_payment, an_actor
from rollbook.core.audit.models import AccessEntry, AuditEntry
from rollbook.core.audit.rules import MASKED
from rollbook.core.audit.services import (
    AUDIT_COLUMNS,
    AUDIT_PLACEHOLDERS,
    audit_row,
    audit_values,
    record,
    record_access,
    record_many,
    record_refusal,
    record_rows,
)
from rollbook.core.errors import Forbidden
from rollbook.core.permissions.actor import Actor
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope

pytestmark = pytest.mark.django_db


@pytest.mark.rule("R60")
def test_an_entry_says_who_did_what_to_which_record_why_and_from_where(tenant: Organisation, frozen_clock: Any) -> None:
    impersonator = ids.new_id()
    actor = an_actor(tenant, impersonator_id=impersonator)
    target = a_payment()

    with CaptureQueriesContext(connection) as statements:
        record(
            actor, "billing.payment_voided", target, reason="Typed twice", before={"state": "COMPLETED"},
            after={"state": "VOIDED"}, amount_minor=500_00, pin="1234",
        )  # fmt: skip

    entry = AuditEntry.objects.get()
    assert len(statements) == 1
    assert (entry.organisation_id, entry.at) == (tenant.id, clock.now())
    assert (entry.actor_kind, entry.user_id, entry.impersonator_id) == ("user", actor.user_id, impersonator)
    assert (entry.action, entry.target_type, entry.target_id) == ("billing.payment_voided", *target)
    assert entry.reason == "Typed twice"
    assert entry.changes == {"state": {"before": "COMPLETED", "after": "VOIDED"}}
    assert entry.facts == {"amount_minor": 50000, "pin": MASKED}
    assert (entry.request_id, entry.ip, entry.user_agent) == ("req-1", "203.0.113.7", "Firefox")


def test_work_of_the_system_names_its_job(tenant: Organisation) -> None:
    record(Actor.system(tenant.id, job="fees.mark_overdue"), "fees.overdue_marked", a_payment())

    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.user_id, entry.job) == ("system", None, "fees.mark_overdue")


def test_a_token_and_a_support_access_are_named(tenant: Organisation) -> None:
    token, access = ids.new_id(), ids.new_id()

    record(an_actor(tenant, kind="token", token_id=token, support_access_id=access), "x.done", a_payment())

    assert AuditEntry.objects.get().facts == {"token_id": str(token), "support_access_id": str(access)}


def test_a_record_is_its_own_target(tenant: Organisation) -> None:
    campus = Campus.objects.create(code="MAIN", name="Main")

    record(an_actor(tenant), "tenancy.campus_opened", campus)

    assert AuditEntry.objects.get(target_type="tenancy.campus").target_id == campus.id


@pytest.mark.rule("R60")
def test_an_act_that_is_undone_leaves_no_entry(organisation: Organisation) -> None:
    def act_and_fail() -> None:
        with tenant_scope(organisation.id):
            record(an_actor(organisation), "x.done", a_payment())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        act_and_fail()

    with tenant_scope(organisation.id):
        assert not AuditEntry.objects.exists()


def test_text_that_postgresql_cannot_keep_does_not_stop_the_act(tenant: Organisation) -> None:
    actor = an_actor(tenant, user_agent="a\x00" + "b" * 500, request_id="r" * 200, ip="i" * 60)

    record(actor, "x.done", a_payment(), reason="sp\x00oiled", note="\x00\\u0000")

    entry = AuditEntry.objects.get()
    assert entry.reason == "spoiled"
    assert entry.facts == {"note": "\\u0000"}
    assert entry.user_agent == "a" + "b" * 199


def test_another_organisation_sees_nothing_of_it(organisation: Organisation, other_organisation: Organisation) -> None:
    with tenant_scope(organisation.id):
        record(an_actor(organisation), "x.done", a_payment())

    with tenant_scope(other_organisation.id):
        assert AuditEntry.objects.count() == 0
    with tenant_scope(organisation.id):
        assert AuditEntry.objects.count() == 1


def test_many_acts_at_once_leave_the_same_entries_as_one_by_one(tenant: Organisation, frozen_clock: Any) -> None:
    actor = an_actor(tenant, kind="token", token_id=ids.new_id())
    targets = [a_payment() for _ in range(3)]

    for number, target in enumerate(targets):
        record(actor, "x.one", target, row=number)
    record_rows([audit_row(actor, "x.rows", target, row=number) for number, target in enumerate(targets)])
    record_many(actor, "x.many", "billing.payment", [t[1] for t in targets], facts=[{"row": n} for n in range(3)])
    with connection.cursor() as cursor:
        for number, target in enumerate(targets):
            cursor.execute(
                f"INSERT INTO audit_auditentry ({', '.join(AUDIT_COLUMNS)}) SELECT {AUDIT_PLACEHOLDERS} RETURNING id",
                audit_values(actor, "x.sql", target, row=number),
            )

    said = [name for name in AUDIT_COLUMNS if name not in ("id", "action")]
    one, *others = (
        list(AuditEntry.objects.filter(action=action).order_by("target_id").values(*said))
        for action in ("x.one", "x.rows", "x.many", "x.sql")
    )
    assert len(one) == 3
    assert others == [one, one, one]


def test_five_thousand_and_one_rows_take_two_statements(tenant: Organisation) -> None:
    rows = [audit_row(an_actor(tenant), "x.rows", a_payment()) for _ in range(5_001)]

    with CaptureQueriesContext(connection) as statements:
        record_rows(rows)

    assert len(statements) == 2
    assert AuditEntry.objects.count() == 5_001


@pytest.mark.rule("R60")
def test_a_refused_attempt_is_on_the_record_after_its_rollback(organisation: Organisation) -> None:
    actor = an_actor(organisation)
    payment_id = ids.new_id()
    try:
        with tenant_scope(organisation.id):
            record(actor, "x.done", a_payment())
            raise Forbidden(permission="billing.void", target_type="billing.payment", target_id=payment_id)
    except Forbidden as refusal:
        record_refusal(actor, refusal, "POST /api/v1/payments/void")

    with tenant_scope(organisation.id):
        entry = AuditEntry.objects.get()
    assert (entry.action, entry.target_type, entry.target_id) == ("refused.forbidden", "billing.payment", payment_id)
    assert entry.reason.startswith("Your role does not allow this.")
    assert entry.facts["attempt"] == "POST /api/v1/payments/void"
    assert entry.facts["status"] == 403
    assert entry.facts["refusal"]["permission"] == "billing.void"


def test_a_read_of_a_restricted_record_says_whose_it_is_and_what_for(tenant: Organisation) -> None:
    person_id = ids.new_id()

    record_access(
        an_actor(tenant), ("records.certificate", ids.new_id()), "Permit without payment", person_id=person_id
    )

    entry = AccessEntry.objects.get(person_id=person_id)
    assert entry.purpose == "Permit without payment"
    assert entry.target_type == "records.certificate"


def test_the_number_of_the_transaction_is_the_databases_own(tenant: Organisation) -> None:
    record(an_actor(tenant), "x.done", a_payment())
    with connection.cursor() as cursor, transaction.atomic():
        record(an_actor(tenant), "x.done", a_payment())
        cursor.execute("SELECT pg_current_xact_id()::text::bigint")
        own = cursor.fetchone()[0]

    assert set(AuditEntry.objects.values_list("transaction_number", flat=True)) == {own}


def test_ids_sort_by_the_moment_of_the_act(tenant: Organisation) -> None:
    for _ in range(5):
        record(an_actor(tenant), "x.done", a_payment())

    by_id: list[UUID] = list(AuditEntry.objects.order_by("id").values_list("id", flat=True))
    assert by_id == list(AuditEntry.objects.order_by("at").values_list("id", flat=True))
