"""Making the partitions of the coming months."""

from datetime import date

from django.db import connection

from rollbook.core import clock

MONTHS_AHEAD = 3


def ensure_partitions(months_ahead: int = MONTHS_AHEAD) -> list[str]:
    """Make what is missing of this month and the coming ones; answers what was made.

    Entries of a month without a partition lie in the default one: nothing is lost, they are only found
    more slowly.
    """
    today = clock.now().date()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rollbook_audit_make_partitions(%s, %s)",
            [date(today.year, today.month, 1), months_ahead + 1],
        )
        return list(cursor.fetchone()[0])
