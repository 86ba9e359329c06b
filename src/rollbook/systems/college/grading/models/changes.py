"""Changes of finalised grades, and archived terms that were reopened for one."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rollbook.core.approvals.models import ApprovalRequest
from rollbook.core.identity.models import User
from rollbook.core.tenancy.fields import TenantForeignKey
from rollbook.core.tenancy.models import TenantModel
from rollbook.systems.college.catalogue.models import Term
from rollbook.systems.college.grading.models.sheets import GradeRecord

LEAST_REASON, LONGEST_REASON = 10, 500


class GradeChange(TenantModel):
    """A request to change a finalised grade. Somebody else than who asked approves it; the old value stays readable."""

    frozen_fields: ClassVar[tuple[str, ...]] = (
        "id", "organisation", "created_at", "record", "from_symbol", "from_numeric", "to_symbol", "to_numeric",
        "reason", "evidence_file_id", "evidence_note", "proposed_by", "request",
    )  # fmt: skip

    record = TenantForeignKey(GradeRecord, related_name="changes")
    from_symbol = models.CharField(max_length=8)
    from_numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    to_symbol = models.CharField(max_length=8)
    to_numeric = models.DecimalField(max_digits=4, decimal_places=2, null=True)
    reason = models.CharField(max_length=LONGEST_REASON)
    #: The paper that proves it, among the stored files.
    evidence_file_id = models.UUIDField(null=True)
    #: Where it can be seen, if it is not a stored file, such as "class record, page 4".
    evidence_note = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Where it waits for the second person; its state is the state of this change.
    request = TenantForeignKey(ApprovalRequest)
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="college_change_two_people",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_by=F("proposed_by"))),
            ),
            models.CheckConstraint(name="college_change_has_reason", condition=Q(reason__regex=r"^.{10}")),
            models.CheckConstraint(name="college_change_changes", condition=~Q(to_symbol=F("from_symbol"))),
            models.CheckConstraint(
                name="college_change_has_evidence",
                condition=Q(evidence_file_id__isnull=False) | ~Q(evidence_note=""),
            ),
            models.UniqueConstraint(name="college_change_request_unique", fields=["organisation", "request"]),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_change_newest", fields=["organisation", "-created_at", "id"]),
            models.Index(name="college_change_of_record", fields=["organisation", "record"]),
        ]

    def __str__(self) -> str:
        return f"{self.from_symbol} → {self.to_symbol}"


class TermReopening(TenantModel):
    """An administrator opened an archived term for changes of grades, until a day and for a reason."""

    append_only: ClassVar[bool] = True

    term = TenantForeignKey(Term, related_name="reopenings")
    until = models.DateField()
    reason = models.CharField(max_length=LONGEST_REASON)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        base_manager_name = "objects"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(name="college_reopening_has_reason", condition=Q(reason__regex=r"^.{10}")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(name="college_reopening_by_term", fields=["organisation", "term", "until"]),
        ]

    def __str__(self) -> str:
        return f"{self.term_id} until {self.until}"
