"""The papers of a request are stored files that belong to it; the column that could name one of them goes."""

from django.db import migrations

import rollbook.core.db.operations

#: As in the model without the column that goes: a guard that still names it would keep it.
FROZEN = [
    "id", "organisation", "created_at", "student", "kind", "from_date", "to_date", "reason", "is_confidential",
    "requested_by", "requested_on",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("college_records", "0008_held_for_money")]

    operations = [
        rollbook.core.db.operations.FreezeColumns(name="StatusRequest", fields=FROZEN),
        migrations.RemoveField(model_name="statusrequest", name="document_id"),
    ]
