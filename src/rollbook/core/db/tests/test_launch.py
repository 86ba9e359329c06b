"""Each schema item is made to fail by breaking what it looks at."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection

from rollbook.core import clock
from rollbook.core.audit.services import record
from rollbook.core.db import launch
from rollbook.core.permissions.actor import Actor
from rollbook.core.readiness import Outcome, State
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tests.attacks import as_owner, as_superuser, outcome_of

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.usefixtures("attack"),
]

ITEMS = [
    launch.schema_equals_manifest,
    launch.indexes_are_sound,
    launch.triggers_fire,
    launch.constraints_hold,
    launch.statistics_are_fresh,
    launch.time_limits_are_set,
    launch.partitions_are_ahead,
    launch.no_corruption,
]


class TakenBack(Exception):
    """Ends a transaction without keeping it."""


def assert_fails(outcome: Outcome, *words: str, count: int | None = None) -> None:
    assert outcome.state is State.FAIL, outcome
    assert outcome.value is not None
    assert outcome.limit
    if count is not None:
        assert outcome.value == count, outcome
    for word in words:
        assert word in str(outcome.evidence["found"]), outcome


def test_on_an_untouched_installation_every_item_passes() -> None:
    outcomes = {item.id: outcome_of(item) for item in ITEMS}

    assert {item_id: outcome.summary for item_id, outcome in outcomes.items() if outcome.state is not State.PASS} == {}


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("ALTER TABLE tenancy_campus ADD COLUMN note text", "tenancy_campus.note is not declared"),
        ("ALTER TABLE tenancy_campus DROP COLUMN timezone", "tenancy_campus.timezone is missing"),
        (
            "ALTER TABLE tenancy_campus ALTER COLUMN name TYPE text",
            "tenancy_campus.name is text, not character varying(200)",
        ),
        (
            "ALTER TABLE tenancy_campus ALTER COLUMN name DROP NOT NULL",
            "tenancy_campus.name may be empty, unlike declared",
        ),
        ("CREATE TABLE forgotten (id integer)", "table forgotten is not declared"),
        ("ALTER TABLE tenancy_campus RENAME TO tenancy_site", "table tenancy_campus is missing"),
    ],
)
def test_every_difference_from_the_declared_schema_is_named(attack: str, said: str) -> None:
    as_owner(attack)

    assert_fails(outcome_of(launch.schema_equals_manifest), said)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("DROP INDEX jobs_jobrun_recent", "jobs_jobrun_recent on jobs_jobrun is missing"),
        (
            "CREATE INDEX campus_by_name ON tenancy_campus (name)",
            "campus_by_name on tenancy_campus begins with name, not the organisation",
        ),
    ],
)
def test_a_missing_or_misplaced_index_is_named(attack: str, said: str) -> None:
    as_owner(attack)

    assert_fails(outcome_of(launch.indexes_are_sound), said, count=1)


def test_an_invalid_index_is_named() -> None:
    with as_superuser("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'jobs_jobrun_recent'::regclass"):
        assert_fails(outcome_of(launch.indexes_are_sound), "jobs_jobrun_recent on jobs_jobrun is invalid", count=1)


def test_an_index_that_was_never_used_is_listed_once_statistics_are_old() -> None:
    outcome = outcome_of(launch.indexes_are_sound, now=clock.now() + timedelta(days=31))

    assert outcome.state is State.PASS
    assert isinstance(outcome.evidence["unused"], list)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        ("DROP TRIGGER kept_rows ON tenancy_organisation", "kept_rows on tenancy_organisation is missing"),
        (
            "ALTER TABLE tenancy_organisation DISABLE TRIGGER frozen_columns",
            "frozen_columns on tenancy_organisation is switched off",
        ),
    ],
)
def test_a_missing_or_disabled_trigger_is_named(attack: str, said: str) -> None:
    as_owner(attack)

    assert_fails(outcome_of(launch.triggers_fire), said)


def test_a_guard_that_does_not_fire_is_found_by_trying(organisation: Organisation) -> None:
    role = connection.settings_dict["USER"]
    as_owner(
        f"GRANT DELETE ON tenancy_organisation TO {role}",
        "CREATE OR REPLACE FUNCTION rollbook_refuse_frozen() RETURNS trigger LANGUAGE plpgsql"
        " AS 'BEGIN RETURN coalesce(NEW, OLD); END'",
    )

    outcome = outcome_of(launch.triggers_fire)

    assert_fails(outcome, "tenancy_organisation lets a row be removed")
    assert Organisation.objects.filter(pk=organisation.pk).exists()


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (
            "ALTER TABLE tenancy_campus ADD COLUMN twin_id uuid; "
            "CREATE UNIQUE INDEX campus_id ON tenancy_campus (id); "
            "ALTER TABLE tenancy_campus ADD CONSTRAINT loose FOREIGN KEY (twin_id) REFERENCES tenancy_campus (id)",
            "loose on tenancy_campus does not carry the organisation",
        ),
        (
            "ALTER TABLE tenancy_organisation DROP CONSTRAINT tenancy_organisation_slug_is_lower",
            "tenancy_organisation_slug_is_lower on tenancy_organisation is missing",
        ),
        (
            "ALTER TABLE tenancy_campus ADD CONSTRAINT later CHECK (code <> '') NOT VALID",
            "later on tenancy_campus is not validated",
        ),
        (
            "ALTER TABLE identity_tokenuse DROP CONSTRAINT identity_tokenuse_token_id_same_tenant",
            "identity_tokenuse_token_id_same_tenant on identity_tokenuse is missing",
        ),
        (
            "ALTER TABLE tenancy_campus ADD CONSTRAINT along FOREIGN KEY (organisation_id)"
            " REFERENCES tenancy_organisation (id) ON DELETE CASCADE",
            "along on tenancy_campus deletes along",
        ),
    ],
)
def test_a_missing_or_loose_constraint_is_named(attack: str, said: str) -> None:
    as_owner(*attack.split("; "))

    assert_fails(outcome_of(launch.constraints_hold), said, count=1)


def test_a_large_table_that_was_never_analysed_is_named(organisation: Organisation) -> None:
    as_owner("ALTER TABLE tenancy_campus SET (autovacuum_enabled = false)")
    with tenant_scope(organisation.pk):
        Campus.objects.bulk_create([Campus(code=f"C{n:05d}", name="Many") for n in range(10_001)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute("SELECT 1")

    assert_fails(outcome_of(launch.statistics_are_fresh), "tenancy_campus (never)", count=1)

    as_owner("ANALYZE tenancy_campus")
    assert outcome_of(launch.statistics_are_fresh).state is State.PASS
    assert_fails(
        outcome_of(launch.statistics_are_fresh, now=clock.now() + timedelta(days=8)), "tenancy_campus (20", count=1
    )


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("statement_timeout = '0'", "statement_timeout is not set"),
        ("statement_timeout = '2min'", "statement_timeout is 120000 ms, more than 30000 ms"),
        ("lock_timeout = '0'", "lock_timeout is not set"),
        ("idle_in_transaction_session_timeout = '1h'", "idle_in_transaction_session_timeout is 3600000 ms"),
    ],
)
def test_a_time_limit_that_is_missing_or_wide_is_named(setting: str, said: str) -> None:
    role, database = connection.settings_dict["USER"], connection.settings_dict["NAME"]
    with as_superuser(f'ALTER ROLE {role} IN DATABASE "{database}" SET {setting}'):
        connection.close()  # limits are taken when a role enters
        assert_fails(outcome_of(launch.time_limits_are_set), said, count=1)


def test_a_missing_partition_is_named() -> None:
    outcome = outcome_of(launch.partitions_are_ahead, now=clock.now() + timedelta(days=3650))

    assert_fails(outcome, "audit_auditentry has none for")


def test_rows_in_the_default_partition_are_found(organisation: Organisation) -> None:
    with clock.frozen_at(clock.now() + timedelta(days=36_500)), tenant_scope(organisation.pk):
        record(Actor.system(organisation.pk, job="test"), "test.far_away", organisation)

    assert_fails(outcome_of(launch.partitions_are_ahead), "audit_auditentry has rows in its default partition", count=1)


def test_rows_that_were_taken_back_are_not_counted(organisation: Organisation) -> None:
    far_away = clock.now() + timedelta(days=36_500)
    with clock.frozen_at(far_away), suppress(TakenBack), tenant_scope(organisation.pk):
        record(Actor.system(organisation.pk, job="test"), "test.far_away", organisation)
        raise TakenBack

    assert outcome_of(launch.partitions_are_ahead).state is State.PASS


def test_checksums_that_are_off_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = {"SHOW data_checksums": "off"}
    real = launch.value
    monkeypatch.setattr(launch, "value", lambda statement: answers.get(statement) or real(statement))

    outcome = outcome_of(launch.no_corruption)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 0, "= 1")


def test_a_page_that_failed_its_checksum_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    real = launch.value
    monkeypatch.setattr(launch, "value", lambda statement: 2 if "checksum_failures" in statement else real(statement))

    outcome = outcome_of(launch.no_corruption)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 2, "= 0")
