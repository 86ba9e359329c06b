"""Making the partitions of the coming months, and putting away those of long ago."""

from datetime import date, timedelta

from django.db import connection

from rollbook.core import clock

MONTHS_AHEAD = 3
#: Months that ended longer ago are read rarely.
COLD_AFTER = timedelta(days=730)


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


def archive_partitions() -> list[str]:
    """Put the months away that ended two years ago; answers what was moved. Done again it moves nothing.

    They are read and proved as before. Nothing of the trail is ever removed by the system.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT rollbook_audit_archive_partitions(%s)", [clock.now().date() - COLD_AFTER])
        return list(cursor.fetchone()[0])
