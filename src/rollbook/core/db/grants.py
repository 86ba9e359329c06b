"""What the ordinary role may do: read and write rows, never change the schema or the past."""

import re
from typing import Any

_NAME = re.compile(r"[a-z_][a-z0-9_]*\Z")

GRANT = """
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role};
"""

# Append-only tables lose UPDATE and DELETE, kept ones lose DELETE; partitions are reached only through their parent.
NARROW = """
DO $$
DECLARE t record;
BEGIN
    FOR t IN SELECT c.oid::regclass AS name, g.tgname FROM pg_trigger g JOIN pg_class c ON c.oid = g.tgrelid
             WHERE g.tgname IN ('append_only_rows', 'kept_rows') LOOP
        EXECUTE format('REVOKE DELETE, TRUNCATE ON %s FROM {role}', t.name);
        IF t.tgname = 'append_only_rows' THEN EXECUTE format('REVOKE UPDATE ON %s FROM {role}', t.name); END IF;
    END LOOP;
    FOR t IN SELECT c.oid::regclass AS name FROM pg_class c
             WHERE c.relispartition AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace LOOP
        EXECUTE format('REVOKE ALL ON %s FROM {role}', t.name);
    END LOOP;
END $$;
"""


def grant_ordinary_role(cursor: Any, role: str) -> None:
    """Give the ordinary role its rights on everything that stands; run by the owner after migrations."""
    if not _NAME.match(role):
        raise ValueError("A role name is made of lower-case letters, digits and underscores.")
    cursor.execute(GRANT.format(role=role) + NARROW.format(role=role))
