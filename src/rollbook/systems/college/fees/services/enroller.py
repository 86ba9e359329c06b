"""What a student file does above the records: enrolments and plans, in a fixed number of statements."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db.models import QuerySet

from rollbook.core.permissions.actor import Actor
from rollbook.shared.billing.models import Payment
from rollbook.shared.billing.services.cancellation import cancel_unpaid_invoices
from rollbook.systems.college.enrolment.models import TermEnrolment
from rollbook.systems.college.enrolment.services import NewEnrolment, cancel_in_bulk, open_term_enrolments_in_bulk
from rollbook.systems.college.fees.services.plans import NewPlan, open_plans_in_bulk
from rollbook.systems.college.records.importing import EnrolmentWanted

Pair = tuple[UUID, UUID]


class PlanEnroller:
    """Enrols the students of a file and opens their plans."""

    def standing(self, pairs: Sequence[Pair]) -> set[Pair]:
        """Which of these (student, term) are enrolled already."""
        wanted = set(pairs)
        found = _live(pairs).values_list("student_id", "term_id")
        return {pair for pair in found if pair in wanted}

    def enrol(self, actor: Actor, wanted: Sequence[EnrolmentWanted]) -> Mapping[str, int]:
        """Enrol them all; those whose row names a plan get it."""
        enrolment_ids = open_term_enrolments_in_bulk(
            actor,
            [
                NewEnrolment(
                    student_id=row.student_id,
                    term_id=row.term_id,
                    programme_id=row.programme_id,
                    year_level=row.year_level,
                )
                for row in wanted
            ],
        )
        plans = [
            NewPlan(
                term_enrolment_id=enrolment_id,
                person_id=row.person_id,
                total_minor=row.plan.total_minor,
                instalments=row.plan.instalments,
                first_due_on=row.plan.first_due_on,
                description=f"Plan of {row.term_code}",
            )
            for enrolment_id, row in zip(enrolment_ids, wanted, strict=True)
            if row.plan
        ]
        open_plans_in_bulk(actor, plans)
        return {"enrolments": len(enrolment_ids), "plans": len(plans)}

    def in_use(self, pairs: Sequence[Pair], student_ids: Sequence[UUID]) -> list[str]:
        """Why these enrolments cannot be taken back: somebody has paid into them."""
        invoices = _exactly(pairs).filter(invoice__isnull=False).values("invoice_id")
        paid = Payment.objects.filter(invoice_id__in=invoices).count()
        return [f"{paid} payments were recorded on plans of this file"] if paid else []

    def take_back(self, actor: Actor, pairs: Sequence[Pair], reason: str) -> None:
        """Cancel these enrolments and what they owe."""
        enrolments = list(_exactly(pairs).filter(invoice__isnull=False).values_list("id", "invoice_id"))
        cancel_unpaid_invoices(actor, [invoice_id for _, invoice_id in enrolments], reason=reason)
        cancel_in_bulk(actor, list(_exactly(pairs).values_list("id", flat=True)), reason=reason)


def _live(pairs: Sequence[Pair]) -> "QuerySet[TermEnrolment]":
    found: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        student_id__in=[student_id for student_id, _ in pairs], term_id__in={term_id for _, term_id in pairs}
    ).exclude(state=TermEnrolment.State.CANCELLED)
    return found


def _exactly(pairs: Sequence[Pair]) -> "QuerySet[TermEnrolment]":
    """The live enrolments of exactly these pairs: a student of the file may be enrolled in another term, too."""
    wanted = set(pairs)
    rows = _live(pairs).values_list("id", "student_id", "term_id")
    found: QuerySet[TermEnrolment] = TermEnrolment.objects.filter(
        id__in=[row_id for row_id, student_id, term_id in rows if (student_id, term_id) in wanted]
    )
    return found
