"""Does the database keep its own promises? The schema and data items of the launch checklist."""

from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction

from rollbook.core.db import manifest
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
    warned,
)
from rollbook.core.tenancy.models import Organisation
from rollbook.core.tenancy.scope import tenant_scope

MIGRATE = "Run `rollbook migrate`."
#: Libraries' own tables whose deletion may take rows along.
CASCADES_ALLOWED = frozenset({"procrastinate_events", "procrastinate_periodic_defers"})


@register_item(
    id="PLT-DB-02",
    stages=("PRE", "DAY", "H"),
    severity=Severity.BLOCKER,
    title="The schema equals the declared manifest",
    how="Every table and column that the models declare is held against the catalogue of PostgreSQL: presence, "
    "type, and whether it may be empty.",
    remedy="Run `rollbook migrate`; what was changed by hand has to become a migration or be undone.",
    evidence=("tables", "columns"),
)
def schema_equals_manifest(_context: Context) -> Outcome:
    standing = manifest.standing_tables()
    found = manifest.differences()
    columns = sum(len(table) for table in standing.values())
    return none_found(
        found,
        examined=len(standing),
        what="differences from the declared schema",
        tables=len(standing),
        columns=columns,
    )


INDEXES = """
SELECT t.relname, i.relname, x.indisvalid AND x.indisready, coalesce(s.idx_scan, 0), x.indisunique,
       (SELECT a.attname FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = x.indkey[0])
  FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
  LEFT JOIN pg_stat_user_indexes s ON s.indexrelid = i.oid
 WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition
"""


@register_item(
    id="PLT-DB-04",
    stages=("PRE", "DAY"),
    severity=Severity.BLOCKER,
    title="All indexes exist, are valid and used",
    how="Declared indexes are held against the catalogue; invalid ones, and indexes of tenant tables that do not "
    "begin with the organisation, are listed. Unused ones are named once statistics are 30 days old.",
    remedy="Run `rollbook migrate`; an invalid index: `REINDEX INDEX CONCURRENTLY <name>;` as the owner.",
    evidence=("indexes", "unused", "statistics_since"),
)
def indexes_are_sound(context: Context) -> Outcome:
    rows = select(INDEXES)
    standing = {(table, name) for table, name, *_ in rows}
    tenants = set(tenant_tables())
    found = [f"{name} on {table} is missing" for table, name in sorted(manifest.declared_indexes() - standing)]
    found += [f"{name} on {table} is invalid" for table, name, is_valid, *_ in rows if not is_valid]
    found += [
        f"{name} on {table} begins with {first or 'an expression'}, not the organisation"
        for table, name, _, _, _, first in rows
        if table in tenants and first != "organisation_id"
    ]
    since = value("SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()")
    return none_found(
        found,
        examined=len(rows),
        what="missing, invalid or misplaced indexes",
        indexes=len(rows),
        unused=_unused(rows, since, context.now),
        statistics_since=since,
    )


def _unused(rows: list[Any], since: datetime | None, now: datetime) -> list[str]:
    if since is None or now - since < timedelta(days=30):
        return []
    return sorted(name for _, name, _, scans, is_unique, _ in rows if not scans and not is_unique)


TRIGGERS = """
SELECT c.relname, g.tgname, g.tgenabled::text FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
 WHERE NOT g.tgisinternal AND c.relnamespace = 'public'::regnamespace AND NOT c.relispartition
"""
REMOVE_ONE = "DELETE FROM {name} WHERE ctid = (SELECT ctid FROM {name} LIMIT 1)"
#: How a guard answers: our own SQLSTATE, or a privilege that is not there.
GUARDED = frozenset({"RB001", "42501"})


@register_item(
    id="PLT-DB-06",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    run=SafeOn.STAGING,
    tries_writing=True,
    timeout=timedelta(seconds=30),
    title="All triggers are present, enabled and fire",
    how="Declared guards are held against the catalogue; on every guarded table that has a row, its removal is "
    "tried in its organisation and taken back.",
    remedy="Run `rollbook migrate`; a disabled trigger: `ALTER TABLE <table> ENABLE TRIGGER <name>;` as the owner.",
    evidence=("triggers", "tried", "without_rows"),
)
def triggers_fire(_context: Context) -> Outcome:
    rows = select(TRIGGERS)
    standing = {(table, name) for table, name, _ in rows}
    guards = manifest.declared_guards()
    found = [f"{name} on {table} is missing" for table, name in sorted(guards - standing)]
    found += [f"{name} on {table} is switched off" for table, name, enabled in rows if enabled not in ("O", "A")]
    tables = sorted({table for table, _ in guards & standing})
    answers = _answers_to_removal(tables)
    found += [
        f"{table} lets a row be removed ({answer or 'removed'})"
        for table, answer in answers.items()
        if answer not in GUARDED
    ]
    return none_found(
        found,
        examined=len(rows),
        what="triggers that do not guard",
        triggers=len(rows),
        tried=len(answers),
        without_rows=len(tables) - len(answers),
    )


def _answers_to_removal(tables: list[str]) -> dict[str, str]:
    """The SQLSTATE with which the removal of one row is refused, for every table that has a row."""
    tenants = set(tenant_tables())
    scopes = [row[0] for row in select("SELECT id FROM tenancy_organisation WHERE is_active ORDER BY id LIMIT 5")]
    answers: dict[str, str] = {}
    for scope in (None, *scopes):
        left = [table for table in tables if table not in answers and (scope is not None) == (table in tenants)]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL app.organisation = '{scope or ''}'")
            given = answers_of({table: REMOVE_ONE.format(name=quoted(table)) for table in left})
            cursor.execute("SET LOCAL app.organisation = ''")
        answers |= {table: answer for table, answer in given.items() if answer != "no rows"}
    return answers


LOOSE_REFERENCES = """
SELECT c.conrelid::regclass::text, c.conname FROM pg_constraint c
 WHERE c.contype = 'f' AND c.connamespace = 'public'::regnamespace AND c.conparentid = 0
   AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.conrelid AND attname = 'organisation_id')
   AND EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = c.confrelid AND attname = 'organisation_id')
   AND NOT EXISTS (
       SELECT 1 FROM unnest(c.conkey, c.confkey) AS pair (here, there)
         JOIN pg_attribute h ON h.attrelid = c.conrelid AND h.attnum = pair.here AND h.attname = 'organisation_id'
         JOIN pg_attribute t ON t.attrelid = c.confrelid AND t.attnum = pair.there AND t.attname = 'organisation_id')
"""
CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, convalidated, contype::text, confdeltype::text FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
"""


@register_item(
    id="PLT-DB-07",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Constraints say the rules in the database too",
    how="Declared checks and references are held against the catalogue. A reference between tenant tables carries "
    "the organisation on both sides, all are validated, and no deletion takes rows along unseen.",
    remedy="Run `rollbook migrate`; a reference made by hand becomes a TenantForeignKey; one not validated: "
    "`ALTER TABLE <table> VALIDATE CONSTRAINT <name>;` as the owner.",
    evidence=("constraints", "references"),
)
def constraints_hold(_context: Context) -> Outcome:
    rows = select(CONSTRAINTS)
    standing = {(table.strip('"'), name) for table, name, *_ in rows}
    declared = manifest.declared_checks() | manifest.declared_references()
    found = [f"{name} on {table} is missing" for table, name in sorted(declared - standing)]
    found += [f"{name} on {table} does not carry the organisation" for table, name in select(LOOSE_REFERENCES)]
    found += [f"{name} on {table} is not validated" for table, name, is_valid, *_ in rows if not is_valid]
    found += [
        f"{name} on {table} deletes along"
        for table, name, _, kind, on_delete in rows
        if kind == "f" and on_delete == "c" and table not in CASCADES_ALLOWED
    ]
    return none_found(
        found, examined=len(rows), what="constraints missing or loose", constraints=len(rows),
        references=len(manifest.declared_references()),
    )  # fmt: skip


BIG_TABLES = """
SELECT relname, n_live_tup, greatest(last_analyze, last_autoanalyze) FROM pg_stat_user_tables
 WHERE schemaname = 'public' ORDER BY n_live_tup DESC
"""
BIG = 10_000


@register_item(
    id="PLT-DB-08",
    stages=("PRE", "ON"),
    severity=Severity.WARNING,
    title="Statistics are fresh",
    how="The last analysis of every table with more than 10,000 rows is read.",
    remedy="Run `rollbook manage dbshell` as the owner and `ANALYZE;`, then see why autovacuum does not.",
    evidence=("large_tables",),
)
def statistics_are_fresh(context: Context) -> Outcome:
    rows = select(BIG_TABLES)
    large = [(name, analysed) for name, count, analysed in rows if count > BIG]
    found = [
        f"{name} ({'never' if analysed is None else analysed.date().isoformat()})"
        for name, analysed in large
        if analysed is None or context.now - analysed > timedelta(days=7)
    ]
    return none_found(
        found, examined=len(rows), what="large tables not analysed for 7 days", large_tables=[name for name, _ in large]
    )


LIMITS_MS = {"statement_timeout": 30_000, "lock_timeout": 5_000, "idle_in_transaction_session_timeout": 30_000}
CANCELLED = "57014"


@register_item(
    id="PLT-DB-11",
    stages=("PRE",),
    severity=Severity.BLOCKER,
    title="Idle, statement and lock time limits are set",
    how="The limits with which the serving role enters are read, then a sleeping statement is cancelled by one.",
    remedy="Run `rollbook migrate`: it sets the limits on the ordinary role (statement 30 s, lock 5 s, idle 30 s).",
    evidence=("limits_ms", "sleep_was_cancelled"),
)
def time_limits_are_set(_context: Context) -> Outcome:
    # reset_val: what the role entered with; this check itself runs under a shorter limit.
    limits = {
        name: int(milliseconds)
        for name, milliseconds in select(
            "SELECT name, reset_val FROM pg_settings WHERE name = ANY (%s)", [list(LIMITS_MS)]
        )
    }
    found = [
        f"{name} is {'not set' if not limits.get(name) else f'{limits[name]} ms, more than {most} ms'}"
        for name, most in LIMITS_MS.items()
        if not 0 < limits.get(name, 0) <= most
    ]
    was_cancelled = _sleep_is_cancelled()
    if not was_cancelled:
        found.append("a sleeping statement was not cancelled")
    return none_found(
        found, examined=len(limits), what="time limits missing", limits_ms=limits, sleep_was_cancelled=was_cancelled
    )


def _sleep_is_cancelled() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '50ms'")
            cursor.execute("SELECT pg_sleep(1)")
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", "") == CANCELLED
    return False


PARTITIONED = """
SELECT p.partrelid::regclass::text,
       array(SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
              WHERE i.inhparent = p.partrelid),
       p.partdefid, coalesce((SELECT pg_relation_size(p.partdefid) WHERE p.partdefid <> 0), 0)
  FROM pg_partitioned_table p JOIN pg_class t ON t.oid = p.partrelid
 WHERE t.relnamespace = 'public'::regnamespace
"""
MONTHS_AHEAD = 3


@register_item(
    id="PLT-DB-13",
    stages=("PRE", "ON"),
    severity=Severity.BLOCKER,
    title="Partitions are configured and created ahead",
    how="Every partitioned table must have a partition for this month and the next three, and nothing in its default one.",
    remedy="Run `rollbook migrate`, and see that the worker runs: it makes partitions ahead each week.",
    evidence=("tables", "months"),
)
def partitions_are_ahead(context: Context) -> Outcome:
    rows = select(PARTITIONED)
    months = _months_from(context.now)
    found: list[str] = []
    for table, bounds, default_part, default_size in rows:
        found += [f"{table} has none for {month}" for month in months if not _is_covered(month, bounds)]
        # What was written and taken back leaves a file with nothing in it.
        if default_size and _has_rows(table, default_part):
            found.append(f"{table} has rows in its default partition")
    return none_found(
        found,
        examined=len(rows),
        what="partitions missing or overflowing",
        tables=[row[0] for row in rows],
        months=months,
    )


def _has_rows(table: str, part: int) -> bool:
    """Whether any organisation has a row in one part of a table."""
    for organisation_id in Organisation.objects.values_list("id", flat=True):
        statement = f"SELECT 1 FROM {quoted(table)} WHERE organisation_id = %s AND tableoid = %s LIMIT 1"
        with tenant_scope(organisation_id):
            if select(statement, [organisation_id, part]):
                return True
    return False


def _months_from(now: datetime) -> list[str]:
    first = now.year * 12 + now.month - 1
    return [f"{month // 12}-{month % 12 + 1:02d}-01" for month in range(first, first + MONTHS_AHEAD + 1)]


def _is_covered(month: str, bounds: list[str]) -> bool:
    for bound in bounds:
        quotes = [part[:10] for part in bound.split("'")[1::2]]
        if len(quotes) == 2 and quotes[0] <= month < quotes[1]:
            return True
    return False


@register_item(
    id="PLT-DB-17",
    stages=("PRE", "H", "ON"),
    severity=Severity.BLOCKER,
    title="No corruption",
    how="Page checksums must be on and the server's counter of failures at 0; the present moment's transaction "
    "numbers must be far from their end.",
    remedy="Checksums off: stop the server and run `pg_checksums --enable`. Failures counted: stop writing, keep the "
    "data folder as it is, and restore the last good backup beside it.",
    evidence=("checksums", "failures", "age_share"),
)
def no_corruption(_context: Context) -> Outcome:
    checksums = value("SHOW data_checksums")
    failures = value(
        "SELECT coalesce(sum(checksum_failures), 0)::int FROM pg_stat_database WHERE datname = current_database()"
    )
    age = value("SELECT round(age(datfrozenxid) / 20000000.0, 2) FROM pg_database WHERE datname = current_database()")
    facts = {"checksums": checksums, "failures": failures, "age_share": f"{age} %"}
    if checksums != "on":
        return failed("Page checksums are off: corruption would go unseen.", value=0, limit="= 1", unit="on", **facts)
    if failures:
        return failed(f"{failures} pages failed their checksum.", value=failures, limit="= 0", unit="pages", **facts)
    if age > 50:
        return warned("Old rows are not frozen in time.", value=age, limit="≤ 50", unit="%", **facts)
    return passed("Checksums are on and none ever failed.", value=0, limit="= 0", unit="pages", **facts)
