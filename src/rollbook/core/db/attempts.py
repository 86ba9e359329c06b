"""Trying statements that should be refused: all in one round trip, and each taken back at once."""

import json
from collections.abc import Mapping

from django.db import connection

#: Raised by ourselves to take back a statement that went through; its message is how many rows it touched.
_TAKEN_BACK = "RB999"

_TRY = f"""
DO $$
DECLARE
    attempt record;
    touched bigint;
    answers jsonb := '{{}}';
BEGIN
    FOR attempt IN SELECT key, value FROM jsonb_each_text(current_setting('rollbook.attempts')::jsonb) LOOP
        BEGIN
            EXECUTE attempt.value;
            GET DIAGNOSTICS touched = ROW_COUNT;
            RAISE EXCEPTION '%', CASE WHEN touched = 0 THEN 'no rows' ELSE '' END USING ERRCODE = '{_TAKEN_BACK}';
        EXCEPTION WHEN OTHERS THEN
            answers := answers || jsonb_build_object(
                attempt.key, CASE WHEN SQLSTATE = '{_TAKEN_BACK}' THEN SQLERRM ELSE SQLSTATE END);
        END;
    END LOOP;
    PERFORM set_config('rollbook.attempts', answers::text, true);
END $$
"""  # noqa: S608 - our own code


def answers_of(attempts: Mapping[str, str]) -> dict[str, str]:
    """How the database answers each statement: the SQLSTATE of its refusal, "no rows", or "" when it went through."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('rollbook.attempts', %s, true)", [json.dumps(dict(attempts))])
        cursor.execute(_TRY)
        cursor.execute("SELECT current_setting('rollbook.attempts')")
        answers: dict[str, str] = json.loads(cursor.fetchone()[0])
    return answers
