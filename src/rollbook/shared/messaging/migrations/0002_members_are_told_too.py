"""A notice may be for a member who is no person of the roll; whatever is told is told to exactly one of the two."""

import django.contrib.postgres.constraints
from django.db import migrations, models

import rollbook.core.db.operations
import rollbook.core.tenancy.fields


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0006_forgotten_accounts"),
        ("messaging", "0001_initial"),
        ("people", "0001_initial"),
        ("rollbook_db", "0001_guards"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="mailpreference",
            name="member",
            field=rollbook.core.tenancy.fields.TenantForeignKey(
                db_index=False, null=True, related_name="+", to="identity.membership"
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="member",
            field=rollbook.core.tenancy.fields.TenantForeignKey(
                db_index=False, null=True, related_name="+", to="identity.membership"
            ),
        ),
        migrations.AlterField(
            model_name="mailpreference",
            name="person",
            field=rollbook.core.tenancy.fields.TenantForeignKey(
                db_index=False, null=True, related_name="+", to="people.person"
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="recipient",
            field=rollbook.core.tenancy.fields.TenantForeignKey(
                db_index=False, null=True, related_name="+", to="people.person"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("folded_into__isnull", True), ("member__isnull", False)),
                fields=["organisation", "member", "-created_at", "-id"],
                name="messaging_notice_of_member",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("member__isnull", False), ("read_at__isnull", True)),
                fields=["organisation", "member"],
                name="messaging_notice_member_new",
            ),
        ),
        migrations.AddConstraint(
            model_name="mailpreference",
            constraint=models.UniqueConstraint(
                fields=("organisation", "member", "kind"), name="messaging_preference_member"
            ),
        ),
        migrations.AddConstraint(
            model_name="mailpreference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("member__isnull", False), ("person__isnull", True)),
                    models.Q(("member__isnull", True), ("person__isnull", False)),
                    _connector="OR",
                ),
                name="messaging_preference_of_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("organisation", "member", "kind", "dedupe_key"), name="messaging_notice_member_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("folded_into__isnull", True), ("member__isnull", False)),
                expressions=[
                    ("organisation", "="),
                    ("member", "="),
                    ("kind", "="),
                    ("subject_id", "="),
                    (models.Func(models.F("created_at"), models.F("fold_until"), function="TSTZRANGE"), "&&"),
                ],
                name="messaging_notice_member_folds",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("member__isnull", False), ("recipient__isnull", True)),
                    models.Q(("member__isnull", True), ("recipient__isnull", False)),
                    _connector="OR",
                ),
                name="messaging_notice_for_one",
            ),
        ),
        rollbook.core.db.operations.IsolateTable(
            name="MailPreference",
            restricted_as="",
        ),
        rollbook.core.db.operations.IsolateTable(
            name="Notice",
            restricted_as="",
        ),
        rollbook.core.db.operations.FreezeColumns(
            name="Notice",
            fields=["recipient", "member", "kind", "subject_id", "dedupe_key", "facts", "folded_into", "fold_until"],
        ),
    ]
