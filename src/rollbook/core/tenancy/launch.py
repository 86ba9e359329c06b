"""Is every organisation's record behind its wall? The row security items of the launch checklist."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

from django.apps import apps
from django.conf import settings

from rollbook.core import clock
from rollbook.core.db.attempts import answers_of
from rollbook.core.db.catalogue import quoted, select, tenant_tables, value
from rollbook.core.readiness import (
    Context,
    Outcome,
    SafeOn,
    Severity,
    failed,
    none_found,
    passed,
    register_item,
)
from rollbook.core.tenancy.models import Campus, Organisation
from rollbook.core.tenancy.scope import tenant_scope

REPAIR = "Run `rollbook migrate`; a table that was made by hand needs a migration with IsolateTable, or has to go."
#: Views, SECURITY DEFINER functions and summaries that were reviewed and may stay as they are.
REVIEWED: frozenset[str] = frozenset()

UNPROTECTED = """
SELECT c.relname,
       CASE WHEN NOT c.relrowsecurity THEN 'row security is off'
            WHEN NOT c.relforcerowsecurity THEN 'not forced on the owner'
            ELSE 'no policy for ' || (SELECT string_agg(command, ', ') FROM unnest(ARRAY['r', 'a', 'w', 'd']) command
                  WHERE NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
                                       AND p.polcmd::text IN ('*', command)))
       END
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(tables)s)
   AND (NOT c.relrowsecurity OR NOT c.relforcerowsecurity OR EXISTS (
        SELECT 1 FROM unnest(ARRAY['r', 'a', 'w', 'd']) command
         WHERE NOT EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive
                              AND p.polcmd::text IN ('*', command))))
 ORDER BY c.relname
"""


def _tables_of_models() -> set[str]:
    return {
        model._meta.db_table
        for model in apps.get_models(include_auto_created=True)
        if getattr(model, "belongs_to_organisation", False)
    }


@register_item(
    id="PLT-RLS-01",
    stages=("PRE", "DAY", "H", "Q"),
    severity=Severity.BLOCKER,
    title="Row security is enabled and forced on every tenant table",
    how="The catalogue of PostgreSQL is read: every table with an organisation must have row security enabled, "
    "forced on its owner too, and a policy for each command.",
    remedy=REPAIR,
    evidence=("policies",),
    is_waivable=False,
)
def row_security_is_forced(_context: Context) -> Outcome:
    tables = tenant_tables(with_partitions=True)
    missing = sorted(_tables_of_models() - set(tables))
    found = [f"{table} ({why})" for table, why in select(UNPROTECTED, {"tables": tables})]
    found += [f"{table} (has no organisation in the database)" for table in missing]
    policies = value("SELECT count(*) FROM pg_policy")
    return none_found(found, examined=len(tables), what="tenant tables without forced row security", policies=policies)


@contextmanager
def two_marked_organisations() -> Iterator[tuple[Organisation, Organisation]]:
    """Two organisations that exist in this transaction only, which is taken back."""
    made = []
    for letter in "ab":
        mark = uuid.uuid4().hex[:12]
        made.append(
            Organisation.objects.create(
                slug=f"marker-{letter}-{mark}", name="Marker", system="college", currency="XTS", timezone="UTC"
            )
        )
    yield made[0], made[1]


#: Refused by a policy or a missing privilege, or by a guard of ours: nothing of another's was touched.
WALL = frozenset({"42501", "RB001", "no rows"})


@register_item(
    id="PLT-RLS-02",
    stages=("PRE", "Q"),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    tries_writing=True,
    timeout=timedelta(seconds=30),
    needs=("PLT-RLS-01",),
    title="Nobody reads or writes a row of another organisation, table by table and command by command",
    how="Two marked organisations are made; on every tenant table select, insert, update and delete are tried "
    "as one of them, as the other, and as nobody. Everything is taken back.",
    remedy="Compare the named table's policies with those of the others (`\\d` in psql), and run `rollbook migrate`.",
    evidence=("cells", "roles", "commands"),
    is_waivable=False,
)
def matrix_of_roles_and_tables(_context: Context) -> Outcome:
    tables = tenant_tables()
    found: list[str] = []
    with two_marked_organisations() as (first, second):
        for role, scope, other in (("a member", first, second), ("another member", second, first)):
            with tenant_scope(scope.pk):
                found += _wrong_cells(tables, role, scope.pk, other.pk)
        found += _wrong_cells(tables, "nobody", None, first.pk)
    cells = len(tables) * 3 * 4
    return none_found(
        found,
        examined=cells,
        what="cells that differ from the matrix",
        cells=cells,
        roles=["a member", "another member", "nobody"],
        commands=["select", "insert", "update", "delete"],
    )


def _wrong_cells(tables: list[str], role: str, scope: UUID | None, other: UUID) -> list[str]:
    own = f"'{scope}'" if scope else "NULL"
    attempts: dict[str, str] = {}
    for table in tables:
        name, foreign = quoted(table), f"organisation_id IS DISTINCT FROM {own}"
        attempts |= {
            f"{table}, {role}, select": f"SELECT 1 FROM {name} WHERE {foreign} LIMIT 1",
            # The policy is asked before NOT NULL is: another SQLSTATE means that the row got past the wall.
            f"{table}, {role}, insert": f"INSERT INTO {name} (organisation_id) VALUES ('{other}')",
            f"{table}, {role}, update": f"UPDATE {name} SET organisation_id = organisation_id WHERE {foreign}",
            f"{table}, {role}, delete": f"DELETE FROM {name} WHERE {foreign}",
        }
    return [f"{cell}: {answer or 'was allowed'}" for cell, answer in answers_of(attempts).items() if answer not in WALL]


ROLES = """
SELECT r.rolname, r.rolsuper, r.rolbypassrls, r.rolcanlogin
  FROM pg_roles r WHERE (r.rolsuper OR r.rolbypassrls) AND r.rolname NOT LIKE 'pg\\_%%'
"""


@register_item(
    id="PLT-RLS-03",
    stages=("PRE", "Q"),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    title="Service roles see only what their job needs",
    how="Every role that can sign in to this database is listed; none but the first superuser and a backup role "
    "passes row security, and only the ordinary role has sessions that serve.",
    remedy="Run `ALTER ROLE <name> NOBYPASSRLS;` as the superuser, and give each service the ordinary role.",
    evidence=("serving_roles", "roles_with_access"),
)
def service_roles_are_narrow(_context: Context) -> Outcome:
    ordinary = str(value("SELECT current_user"))
    found = [
        f"{name} passes row security"
        for name, is_super, bypasses, can_login in select(ROLES)
        if bypasses and not is_super and can_login and "backup" not in name
    ]
    access = [
        row[0]
        for row in select(
            "SELECT rolname FROM pg_roles WHERE rolcanlogin AND has_database_privilege(rolname, current_database(),"
            " 'CONNECT') ORDER BY rolname"
        )
    ]
    serving = [
        row[0]
        for row in select(
            "SELECT DISTINCT usename FROM pg_stat_activity WHERE datname = current_database() AND usename IS NOT NULL"
            " AND application_name LIKE 'rollbook%%' AND state IS NOT NULL"
        )
    ]
    owner = str(settings.DATABASES.get("owner", {}).get("USER", ""))
    found += [f"{name} serves instead of {ordinary}" for name in serving if name not in (ordinary, owner)]
    return none_found(
        found, examined=len(access), what="service roles with too much", serving_roles=serving, roles_with_access=access
    )


PUBLIC_GRANTS = """
SELECT 'schema ' || n.nspname || ' (' || g.privilege_type || ')'
  FROM pg_namespace n, aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) g
 WHERE g.grantee = 0 AND n.nspname = 'public'
UNION ALL
SELECT 'table ' || c.relname || ' (' || g.privilege_type || ')'
  FROM pg_class c, aclexplode(coalesce(c.relacl, acldefault('r', c.relowner))) g
 WHERE g.grantee = 0 AND c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'function ' || p.proname
  FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
 WHERE g.grantee = 0 AND p.pronamespace = 'public'::regnamespace
   -- An extension's own functions compute and read no table; they belong to the superuser.
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e')
UNION ALL
SELECT 'database (' || g.privilege_type || ')'
  FROM pg_database d, aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) g
 WHERE g.grantee = 0 AND d.datname = current_database() AND g.privilege_type IN ('CREATE', 'TEMPORARY')
"""


@register_item(
    id="PLT-RLS-06",
    stages=("PRE", "Q"),
    severity=Severity.BLOCKER,
    title="PUBLIC has no rights",
    how="The rights of PUBLIC on the schema, its tables and functions, and on the database are listed.",
    remedy="Run `rollbook migrate`: it takes from PUBLIC what it need not have. What was granted by hand: "
    "`REVOKE ALL ON … FROM PUBLIC;` as the owner.",
    evidence=(),
    is_waivable=False,
)
def public_has_no_rights(_context: Context) -> Outcome:
    found = [row[0] for row in select(PUBLIC_GRANTS)]
    examined = value("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") + value(
        "SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    return none_found(found, examined=examined, what="rights of PUBLIC")


OWNED = """
SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
 WHERE c.relnamespace = 'public'::regnamespace AND r.rolname = current_user
"""


@register_item(
    id="PLT-RLS-07",
    stages=("PRE", "Q"),
    severity=Severity.BLOCKER,
    title="Only one superuser, and the application is not it",
    how="The roles of the server are read, and what the role that serves may do: no superuser, no passing of row "
    "security, no tables of its own, no right to create any.",
    remedy="Run `rollbook migrate`; a second superuser: `ALTER ROLE <name> NOSUPERUSER;`.",
    evidence=("superusers", "runtime_role"),
    is_waivable=False,
)
def one_superuser(_context: Context) -> Outcome:
    role = str(value("SELECT current_user"))
    superusers = [name for name, is_super, _, _ in select(ROLES) if is_super]
    found = [f"superuser {name}" for name in sorted(superusers)[1:]] if len(superusers) > 1 else []
    row = select(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, has_schema_privilege(oid, 'public', 'CREATE')"
        "  FROM pg_roles WHERE rolname = current_user"
    )[0]
    powers = ("is a superuser", "passes row security", "creates roles", "creates databases", "creates tables")
    found += [f"{role} {power}" for power, has in zip(powers, row, strict=True) if has]
    if owned := value(OWNED):
        found.append(f"{role} owns {owned} tables or indexes")
    return none_found(
        found, examined=1 + len(superusers), what="powers nobody should have", superusers=len(superusers),
        runtime_role=role,
    )  # fmt: skip


LEAKY = """
SELECT 'view ' || c.relname FROM pg_class c
 WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
   AND NOT coalesce(c.reloptions @> ARRAY['security_invoker=true'] OR c.reloptions @> ARRAY['security_invoker=on']
                    OR c.reloptions @> ARRAY['security_invoker=1'], false)
UNION ALL
SELECT 'materialised view ' || c.relname FROM pg_class c
 WHERE c.relkind = 'm' AND c.relnamespace = 'public'::regnamespace AND has_table_privilege(c.oid, 'SELECT')
UNION ALL
SELECT 'function ' || p.proname || ' (SECURITY DEFINER without a fixed search_path)' FROM pg_proc p
 WHERE p.prosecdef AND p.pronamespace = 'public'::regnamespace
   AND NOT EXISTS (SELECT 1 FROM unnest(p.proconfig) setting WHERE setting LIKE 'search_path=%%')
"""


@register_item(
    id="PLT-RLS-08",
    stages=("PRE", "Q"),
    severity=Severity.BLOCKER,
    title="Views, functions and summaries cannot leak rows",
    how="Views without security_invoker, functions that run as their definer without a fixed search_path, and "
    "materialised views that the serving role can read are listed.",
    remedy="Make the view WITH (security_invoker = true), set the function's search_path, or replace the "
    "materialised view by a tenant table.",
    evidence=("reviewed",),
)
def nothing_leaks_rows(_context: Context) -> Outcome:
    found = [row[0] for row in select(LEAKY) if row[0] not in REVIEWED]
    examined = value(
        "SELECT (SELECT count(*) FROM pg_proc WHERE pronamespace = 'public'::regnamespace)"
        " + (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    )
    return none_found(found, examined=examined, what="views and functions that leak", reviewed=sorted(REVIEWED))


@register_item(
    id="PLT-RLS-09",
    stages=("PRE", "ON"),
    severity=Severity.BLOCKER,
    tries_writing=True,
    timeout=timedelta(seconds=30),
    title="A connection without an organisation sees nothing",
    how="Outside any tenant scope every tenant table is read, and a row is offered to each; all is taken back.",
    remedy=REPAIR,
    evidence=("tables", "writes_refused"),
)
def without_scope_nothing(_context: Context) -> Outcome:
    tables = tenant_tables(with_partitions=False)
    stranger = uuid.uuid4()
    reads = answers_of({table: f"SELECT 1 FROM {quoted(table)} LIMIT 1" for table in tables})
    writes = answers_of(
        {table: f"INSERT INTO {quoted(table)} (organisation_id) VALUES ('{stranger}')" for table in tables}
    )
    found = [f"{table} shows rows" for table, answer in reads.items() if answer not in WALL]
    found += [f"{table} takes rows ({answer or 'inserted'})" for table, answer in writes.items() if answer not in WALL]
    return none_found(
        found,
        examined=len(tables),
        what="tables open without an organisation",
        tables=len(tables),
        writes_refused=sum(answer in WALL for answer in writes.values()),
    )


@register_item(
    id="PLT-RLS-10",
    stages=("ON",),
    severity=Severity.BLOCKER,
    tries_writing=True,
    interval=timedelta(minutes=5),
    title="Two sealed organisations never meet",
    how="Two marked organisations are made, a marker is stored in one, and the other asks for it through the "
    "records, through plain SQL, and by its id. All is taken back.",
    remedy="Stop the web and worker processes (`rollbook down`), restore the policies with `rollbook migrate`, and "
    "follow the incident plan: records of one organisation may have been shown to another.",
    evidence=("asked",),
)
def canary(_context: Context) -> Outcome:
    hits: list[str] = []
    with two_marked_organisations() as (first, second):
        with tenant_scope(second.pk):
            marker = Campus.objects.create(code="CANARY", name="Marker", created_at=clock.now())
            if not Campus.objects.filter(pk=marker.pk).exists():
                return failed("The marker could not be stored.", value=0, limit="= 1", unit="markers")
        with tenant_scope(first.pk):
            asked = {
                "records": Campus.objects.filter(code="CANARY").exists(),
                "plain SQL": bool(select("SELECT 1 FROM tenancy_campus WHERE code = 'CANARY'")),
                "its id": bool(select("SELECT 1 FROM tenancy_campus WHERE id = %s", [marker.pk])),
                "a join": bool(
                    select(
                        "SELECT 1 FROM tenancy_organisation o JOIN tenancy_campus c ON c.organisation_id = o.id"
                        " WHERE o.id = %s",
                        [second.pk],
                    )
                ),
                "counting": bool(value("SELECT count(*) FROM tenancy_campus WHERE organisation_id = %s", [second.pk])),
            }
            hits = [way for way, was_seen in asked.items() if was_seen]
    if hits:
        return failed(
            f"The marker was seen through {', '.join(hits)}.", value=len(hits), limit="= 0", unit="hits", asked=asked
        )
    return passed(
        f"Asked in {len(asked)} ways, the marker was never seen.", value=0, limit="= 0", unit="hits", asked=asked
    )
