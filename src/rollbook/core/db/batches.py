"""Batches right after a load: what the planner cannot know yet must not cost hours."""

from django.db import connection


def join_whole_sets() -> None:
    """For the rest of the transaction, join sets with sets, never row by row.

    Statistics know nothing of an organisation whose rows came a moment ago: the planner takes it for one row, and
    would read everything once for each row of the batch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
