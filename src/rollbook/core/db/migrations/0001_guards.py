"""The trigger functions that keep append-only and frozen rows as they were recorded."""

from django.db import migrations

from rollbook.core.db.sql import DROP_GUARD_FUNCTIONS, GUARD_FUNCTIONS


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunSQL(GUARD_FUNCTIONS, DROP_GUARD_FUNCTIONS)]
