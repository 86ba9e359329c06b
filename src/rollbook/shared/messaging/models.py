"""Notices and who wants them by mail."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from rollbook.core.identity.models import Membership
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.shared.people.models import Person

#: The time in which later notices of the same kind and subject are folded into this one.
_SPAN = Func(F("created_at"), F("fold_until"), function="TSTZRANGE")


class Notice(TenantModel):
    """One thing that one person is told, or one member who is no person of the roll.

    Of the same kind and subject within ten minutes there is one: the later ones are folded into it. PostgreSQL
    holds this itself, whoever writes at the same moment.
    """

    class Mail(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        SENDING = "SENDING", _("Being sent")
        SENT = "SENT", _("Sent")
        NOT_WANTED = "NOT_WANTED", _("Not wanted")
        NO_ADDRESS = "NO_ADDRESS", _("No address")
        FAILED = "FAILED", _("Could not be sent")
        #: The mail server was given the message and its answer never came: never sent again blindly.
        UNKNOWN = "UNKNOWN", _("Perhaps sent")
        FOLDED = "FOLDED", _("Told with another")

    MAIL_TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Mail.WAITING: frozenset({Mail.SENDING, Mail.NOT_WANTED, Mail.NO_ADDRESS}),
        Mail.SENDING: frozenset({Mail.SENT, Mail.WAITING, Mail.FAILED, Mail.UNKNOWN}),
    }
    frozen_fields: ClassVar[tuple[str, ...]] = (
        "recipient", "member", "kind", "subject_id", "dedupe_key", "facts", "folded_into", "fold_until",
    )  # fmt: skip

    recipient = TenantForeignKey(Person, null=True)
    member = TenantForeignKey(Membership, null=True)
    kind = models.CharField(max_length=30)
    #: What it is about: a term enrolment, a section, a document.
    subject_id = models.UUIDField()
    dedupe_key = models.CharField(max_length=120)
    #: Ids, numbers and codes that the words are made from.
    facts = models.JSONField(default=dict)
    fold_until = models.DateTimeField()
    folded_into = TenantForeignKey("self", null=True)
    read_at = models.DateTimeField(null=True)
    mail_state = models.CharField(max_length=10, choices=Mail.choices, default=Mail.WAITING)
    mail_due_at = models.DateTimeField()
    mail_tries = models.PositiveSmallIntegerField(default=0)
    #: When the mail came to the state it is in.
    mail_at = models.DateTimeField(null=True)
    mail_error = models.CharField(max_length=60, blank=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                name="messaging_notice_once", fields=["organisation", "recipient", "kind", "dedupe_key"]
            ),
            ExclusionConstraint(
                name="messaging_notice_folds",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("recipient", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    (_SPAN, RangeOperators.OVERLAPS),
                ],
                condition=Q(folded_into__isnull=True),
            ),
            models.UniqueConstraint(
                name="messaging_notice_member_once", fields=["organisation", "member", "kind", "dedupe_key"]
            ),
            ExclusionConstraint(
                name="messaging_notice_member_folds",
                expressions=[
                    ("organisation", RangeOperators.EQUAL),
                    ("member", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("subject_id", RangeOperators.EQUAL),
                    (_SPAN, RangeOperators.OVERLAPS),
                ],
                condition=Q(folded_into__isnull=True, member__isnull=False),
            ),
            models.CheckConstraint(
                name="messaging_notice_for_one",
                condition=Q(recipient__isnull=True, member__isnull=False)
                | Q(recipient__isnull=False, member__isnull=True),
            ),
            models.CheckConstraint(name="messaging_notice_not_itself", condition=~Q(folded_into=F("id"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                name="messaging_notice_of_person",
                fields=["organisation", "recipient", "-created_at", "-id"],
                condition=Q(folded_into__isnull=True),
            ),
            models.Index(
                name="messaging_notice_unread", fields=["organisation", "recipient"], condition=Q(read_at__isnull=True)
            ),
            models.Index(
                name="messaging_notice_of_member",
                fields=["organisation", "member", "-created_at", "-id"],
                condition=Q(folded_into__isnull=True, member__isnull=False),
            ),
            models.Index(
                name="messaging_notice_member_new",
                fields=["organisation", "member"],
                condition=Q(read_at__isnull=True, member__isnull=False),
            ),
            models.Index(
                name="messaging_notice_folded",
                fields=["organisation", "folded_into"],
                condition=Q(folded_into__isnull=False),
            ),
            models.Index(
                name="messaging_notice_to_mail",
                fields=["organisation", "mail_due_at"],
                condition=Q(mail_state__in=["WAITING", "SENDING"]),
            ),
        ]

    def __str__(self) -> str:
        return self.kind


class MailPreference(TenantModel):
    """Whether a person, or a member who is none, wants mail of one kind. Without a row the kind's own default holds."""

    person = TenantForeignKey(Person, null=True)
    member = TenantForeignKey(Membership, null=True)
    kind = models.CharField(max_length=30)
    by_mail = models.BooleanField()

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(name="messaging_preference_once", fields=["organisation", "person", "kind"]),
            models.UniqueConstraint(name="messaging_preference_member", fields=["organisation", "member", "kind"]),
            models.CheckConstraint(
                name="messaging_preference_of_one",
                condition=Q(person__isnull=True, member__isnull=False) | Q(person__isnull=False, member__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.by_mail}"
