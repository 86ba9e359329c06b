"""Frozen SQL helpers for migrations: keys, references, row policies and guards of tenant tables."""

import hashlib

ORGANISATION_IS_CURRENT = "organisation_id = nullif(current_setting('app.organisation', true), '')::uuid"

GUARD_FUNCTIONS = """
CREATE OR REPLACE FUNCTION rollbook_refuse_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % is refused', TG_ARGV[0], TG_OP USING ERRCODE = 'RB001';
END $$;
CREATE OR REPLACE FUNCTION rollbook_refuse_frozen() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
    RAISE EXCEPTION '% keeps what was recorded: % of it is refused', TG_ARGV[0], TG_OP USING ERRCODE = 'RB001';
END $$;
REVOKE ALL ON FUNCTION rollbook_refuse_change(), rollbook_refuse_frozen() FROM PUBLIC;
"""

DROP_GUARD_FUNCTIONS = "DROP FUNCTION rollbook_refuse_change(); DROP FUNCTION rollbook_refuse_frozen();"


def constraint_name(*parts: str) -> str:
    """A stable name of at most 63 characters."""
    name = "_".join(parts)
    if len(name) <= 63:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[:54]}_{digest}"


def composite_key(table: str) -> str:
    """Make (organisation_id, id) the primary key, whatever Django made it. Running it again changes nothing."""
    return f"""
    DO $$
    DECLARE present text; columns text[];
    BEGIN
        SELECT c.conname, array(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(attnum, place)
                                JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum ORDER BY k.place)
          INTO present, columns FROM pg_constraint c WHERE c.conrelid = '"{table}"'::regclass AND c.contype = 'p';
        IF columns[1:1] IS DISTINCT FROM ARRAY['organisation_id'] THEN
            IF present IS NOT NULL THEN EXECUTE format('ALTER TABLE "{table}" DROP CONSTRAINT %I', present); END IF;
            ALTER TABLE "{table}" ADD CONSTRAINT "{constraint_name(table, "pkey")}" PRIMARY KEY (organisation_id, id);
        END IF;
    END $$;
    """


def same_tenant_reference(table: str, column: str, remote_table: str) -> str:
    """Let `column` point only at a row of the same organisation."""
    name = constraint_name(table, column, "same_tenant")
    return f"""
    ALTER TABLE "{table}" DROP CONSTRAINT IF EXISTS "{name}";
    ALTER TABLE "{table}" ADD CONSTRAINT "{name}"
        FOREIGN KEY (organisation_id, "{column}") REFERENCES "{remote_table}" (organisation_id, id);
    """


def row_policies(table: str, restricted_as: str = "") -> str:
    """Enable and force row security; a restricted table also asks for the grant of its kind."""
    statements = f"""
    ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;
    ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;
    DROP POLICY IF EXISTS same_organisation ON "{table}";
    CREATE POLICY same_organisation ON "{table}" USING ({ORGANISATION_IS_CURRENT}) WITH CHECK ({ORGANISATION_IS_CURRENT});
    """
    if restricted_as:
        granted = f"'{restricted_as}' = ANY (string_to_array(current_setting('app.grants', true), ','))"
        statements += f"""
        DROP POLICY IF EXISTS restricted_record ON "{table}";
        CREATE POLICY restricted_record ON "{table}" AS RESTRICTIVE USING ({granted}) WITH CHECK ({granted});
        """
    return statements


def append_only(table: str, logical_name: str) -> str:
    """Refuse UPDATE, DELETE and TRUNCATE, also to the owner."""
    return f"""
    CREATE TRIGGER append_only_rows BEFORE UPDATE OR DELETE ON "{table}"
        FOR EACH ROW EXECUTE FUNCTION rollbook_refuse_change('{logical_name}');
    CREATE TRIGGER append_only_table BEFORE TRUNCATE ON "{table}"
        FOR EACH STATEMENT EXECUTE FUNCTION rollbook_refuse_change('{logical_name}');
    """


def frozen_columns(table: str, logical_name: str, columns: list[str]) -> str:
    """Refuse DELETE and TRUNCATE, and any UPDATE that changes one of `columns`."""
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)
    return f"""
    DROP TRIGGER IF EXISTS frozen_columns ON "{table}";
    DROP TRIGGER IF EXISTS kept_rows ON "{table}";
    DROP TRIGGER IF EXISTS kept_table ON "{table}";
    CREATE TRIGGER frozen_columns BEFORE UPDATE ON "{table}"
        FOR EACH ROW WHEN ({changed}) EXECUTE FUNCTION rollbook_refuse_frozen('{logical_name}');
    CREATE TRIGGER kept_rows BEFORE DELETE ON "{table}"
        FOR EACH ROW EXECUTE FUNCTION rollbook_refuse_frozen('{logical_name}');
    CREATE TRIGGER kept_table BEFORE TRUNCATE ON "{table}"
        FOR EACH STATEMENT EXECUTE FUNCTION rollbook_refuse_frozen('{logical_name}');
    """
