"""Each row security item is made to fail by breaking what it looks at."""

import pytest
from django.db import connection

from rollbook.core.db.catalogue import value
from rollbook.core.readiness import Outcome, State
from rollbook.core.tenancy import launch
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope
from rollbook.core.tests.attacks import as_owner, as_superuser, outcome_of

pytestmark = [
    pytest.mark.django_db(transaction=True, databases=["default", "owner"]),
    pytest.mark.usefixtures("attack"),
]

ITEMS = [
    launch.row_security_is_forced,
    launch.matrix_of_roles_and_tables,
    launch.service_roles_are_narrow,
    launch.public_has_no_rights,
    launch.one_superuser,
    launch.nothing_leaks_rows,
    launch.without_scope_nothing,
    launch.canary,
]


def assert_fails(outcome: Outcome, count: int, *words: str) -> None:
    assert (outcome.state, outcome.value) == (State.FAIL, count), outcome
    assert outcome.limit == "= 0"
    for word in words:
        assert word in outcome.summary, outcome.summary


def test_on_an_untouched_installation_every_item_passes() -> None:
    outcomes = {item.id: outcome_of(item) for item in ITEMS}

    assert {item_id: outcome.summary for item_id, outcome in outcomes.items() if outcome.state is not State.PASS} == {}


@pytest.mark.example("launch", 5)
def test_a_tenant_table_made_without_row_security_is_named() -> None:
    as_owner("CREATE TABLE loose_notes (organisation_id uuid NOT NULL, id uuid PRIMARY KEY)")

    outcome = outcome_of(launch.row_security_is_forced)

    assert_fails(outcome, 1, "loose_notes (row security is off)")
    assert outcome.evidence["found"] == ["loose_notes (row security is off)"]


@pytest.mark.parametrize(
    ("attack", "why"),
    [
        ("ALTER TABLE tenancy_campus DISABLE ROW LEVEL SECURITY", "row security is off"),
        ("ALTER TABLE tenancy_campus NO FORCE ROW LEVEL SECURITY", "not forced on the owner"),
        ("DROP POLICY same_organisation ON tenancy_campus", "no policy for r, a, w, d"),
        ("ALTER TABLE tenancy_campus RENAME COLUMN organisation_id TO org", "has no organisation in the database"),
    ],
)
def test_every_way_of_taking_the_wall_down_is_seen(attack: str, why: str) -> None:
    as_owner(attack)

    assert_fails(outcome_of(launch.row_security_is_forced), 1, f"tenancy_campus ({why})")


@pytest.mark.example("launch", 6)
def test_one_wrong_cell_of_the_matrix_is_named(organisation: Organisation, other_organisation: Organisation) -> None:
    with tenant_scope(other_organisation.pk):
        Campus.objects.create(code="X", name="Theirs")
    as_owner(
        "DROP POLICY same_organisation ON tenancy_campus",
        "CREATE POLICY too_wide ON tenancy_campus FOR SELECT USING (true)",
    )

    outcome = outcome_of(launch.matrix_of_roles_and_tables)

    # Read by both members and by nobody; writing is still refused.
    assert_fails(outcome, 3, "tenancy_campus, a member, select: was allowed")
    tables = value(
        "SELECT count(*) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'"
        " WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace"
    )
    assert outcome.evidence["cells"] == tables * 3 * 4


def test_a_policy_that_lets_rows_be_offered_to_others_is_seen() -> None:
    as_owner(
        "DROP POLICY same_organisation ON tenancy_campus",
        "CREATE POLICY too_wide ON tenancy_campus FOR INSERT WITH CHECK (true)",
    )

    outcome = outcome_of(launch.matrix_of_roles_and_tables)

    assert_fails(outcome, 3, "tenancy_campus, a member, insert: 23502")


def test_a_role_that_passes_row_security_is_named() -> None:
    with as_superuser("CREATE ROLE careless_reports LOGIN BYPASSRLS", undo=("DROP ROLE careless_reports",)):
        outcome = outcome_of(launch.service_roles_are_narrow)

    assert_fails(outcome, 1, "careless_reports passes row security")


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        ("GRANT SELECT ON tenancy_campus TO PUBLIC", "table tenancy_campus (SELECT)"),
        ("GRANT USAGE ON SCHEMA public TO PUBLIC", "schema public (USAGE)"),
        ("GRANT EXECUTE ON FUNCTION rollbook_refuse_change() TO PUBLIC", "function rollbook_refuse_change"),
    ],
)
def test_a_right_of_public_is_named(attack: str, named: str) -> None:
    as_owner(attack)

    assert_fails(outcome_of(launch.public_has_no_rights), 1, named)


def test_a_second_superuser_is_named() -> None:
    with as_superuser("CREATE ROLE zz_second SUPERUSER", undo=("DROP ROLE zz_second",)):
        outcome = outcome_of(launch.one_superuser)

    assert_fails(outcome, 1, "superuser zz_second")


def test_a_serving_role_that_may_create_tables_is_named() -> None:
    role = connection.settings_dict["USER"]
    as_owner(f"GRANT CREATE ON SCHEMA public TO {role}")

    assert_fails(outcome_of(launch.one_superuser), 1, f"{role} creates tables")


@pytest.mark.parametrize(
    ("attack", "named"),
    [
        ("CREATE VIEW all_campuses AS SELECT * FROM tenancy_campus", "view all_campuses"),
        (
            "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
            "function peek (SECURITY DEFINER without a fixed search_path)",
        ),
    ],
)
def test_a_view_or_function_that_could_leak_is_named(attack: str, named: str) -> None:
    as_owner(attack)

    assert_fails(outcome_of(launch.nothing_leaks_rows), 1, named)


def test_a_materialised_view_that_the_serving_role_reads_is_named() -> None:
    role = connection.settings_dict["USER"]
    as_owner(
        "CREATE MATERIALIZED VIEW sums AS SELECT 1 AS one", f"GRANT SELECT ON sums TO {role}",
    )  # fmt: skip

    assert_fails(outcome_of(launch.nothing_leaks_rows), 1, "materialised view sums")


def test_a_table_that_shows_rows_without_an_organisation_is_named(organisation: Organisation) -> None:
    with tenant_scope(organisation.pk):
        Campus.objects.create(code="X", name="Ours")
    as_owner("ALTER TABLE tenancy_campus DISABLE ROW LEVEL SECURITY")

    assert_fails(
        outcome_of(launch.without_scope_nothing), 2, "tenancy_campus shows rows", "tenancy_campus takes rows (23502)"
    )


def test_the_canary_is_seen_when_the_wall_is_down() -> None:
    as_owner("ALTER TABLE tenancy_campus DISABLE ROW LEVEL SECURITY")

    outcome = outcome_of(launch.canary)

    assert (outcome.state, outcome.value, outcome.limit) == (State.FAIL, 4, "= 0")
    assert "plain SQL, its id, a join, counting" in outcome.summary


def test_nothing_of_the_trials_stays() -> None:
    before = Organisation.objects.count()
    for item in ITEMS:
        outcome_of(item)

    assert Organisation.objects.count() == before
