from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of payments, newest first, reads along its index instead of sorting every payment of a college."""

    atomic = False

    dependencies = [
        ("billing", "0003_receipt_printed_at"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(fields=["organisation", "received_at", "id"], name="billing_payment_newest"),
        ),
    ]
