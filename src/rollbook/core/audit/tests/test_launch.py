"""The item about the audit trail is made to fail by breaking the trail."""

from datetime import timedelta

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.audit import launch
from rollbook.core.audit.examples import seal_all
from rollbook.core.audit.models import AuditEntry
from rollbook.core.audit.services import record
from rollbook.core.permissions.actor import Actor
from rollbook.core.readiness import State
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tests.attacks import as_owner, outcome_of

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.usefixtures("attack"),
]


@pytest.fixture(autouse=True)
def home(settings, tmp_path) -> None:
    settings.HOME = tmp_path


def an_entry(organisation: Organisation) -> None:
    with tenant_scope(organisation.pk):
        record(Actor.system(organisation.pk, job="test"), "test.sample", organisation)


def test_a_whole_trail_passes(organisation: Organisation) -> None:
    an_entry(organisation)
    seal_all(organisation)

    outcome = outcome_of(launch.trail_holds)

    assert outcome.state is State.PASS, outcome
    assert outcome.evidence["attempts"] == {"update": "42501", "delete": "42501", "truncate": "42501"}
    assert outcome.evidence["sealed_entries"] >= 1


def test_a_trail_that_can_be_changed_is_found() -> None:
    role = connection.settings_dict["USER"]
    as_owner(
        f"GRANT UPDATE ON audit_auditentry TO {role}",
        "CREATE OR REPLACE FUNCTION rollbook_refuse_change() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN coalesce(NEW, OLD); END'",
    )

    outcome = outcome_of(launch.trail_holds)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 1, "= 0")
    assert outcome.evidence["found"] == ["update was allowed"]


def test_an_entry_that_was_altered_after_its_seal_is_found(organisation: Organisation) -> None:
    an_entry(organisation)
    seal_all(organisation)
    as_owner(
        "ALTER TABLE audit_auditentry NO FORCE ROW LEVEL SECURITY",
        "ALTER TABLE audit_auditentry DISABLE TRIGGER append_only_rows",
        "UPDATE audit_auditentry SET reason = 'nothing happened' WHERE action = 'test.sample'",
        "ALTER TABLE audit_auditentry FORCE ROW LEVEL SECURITY",
    )

    outcome = outcome_of(launch.trail_holds)

    assert outcome.state is State.FAIL
    assert f"{organisation.slug}: The entry " in str(outcome.evidence["found"])
    assert "was changed." in str(outcome.evidence["found"])


def test_entries_that_wait_for_a_seal_too_long_are_found(organisation: Organisation) -> None:
    an_entry(organisation)
    with clock.frozen_at(clock.now() + timedelta(hours=2)):
        outcome = outcome_of(launch.trail_holds)

    assert outcome.state is State.FAIL
    assert f"{organisation.slug}: entries wait for a seal since" in str(outcome.evidence["found"])


def test_the_sample_act_does_not_stay(organisation: Organisation) -> None:
    outcome_of(launch.trail_holds)

    with tenant_scope(organisation.pk):
        assert not AuditEntry.objects.filter(action="launch.sample").exists()
