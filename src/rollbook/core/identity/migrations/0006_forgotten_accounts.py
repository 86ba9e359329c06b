"""An account may be let go of for good, with the person it was of; then it stays out of use."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("identity", "0005_wide_counters")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="forgotten_at",
            field=models.DateTimeField(null=True, help_text="When the account was anonymised with its person."),
        ),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                name="identity_membership_forgotten_stays_out",
                condition=models.Q(forgotten_at__isnull=True) | models.Q(is_active=False, login_name__isnull=True),
            ),
        ),
    ]
